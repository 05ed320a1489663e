//! One numbered file of a log and its index, for reading.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::format::{
    FILE_HEADER, INDEX_MARK, LOG_MARK, POINT, Parsed, Point, Record, parse_file_header,
};
use crate::{Error, Result, Stream};

/// How much is read at first: a few dozen records, at least one of any size. Reading on doubles it,
/// so that a whole log is read in few calls.
const READ: usize = 64 * 1024;
const MOST_READ: usize = 1024 * 1024;

pub fn log_path(directory: &Path, number: u64) -> PathBuf {
    directory.join(format!("log.{number}"))
}

pub fn index_path(directory: &Path, number: u64) -> PathBuf {
    directory.join(format!("index.{number}"))
}

/// The numbers of the files that are there, ascending.
pub fn list(directory: &Path) -> Result<Vec<u64>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io(directory, error)),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let name = entry
            .map_err(|error| Error::io(directory, error))?
            .file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("log."));
        numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// A log file, open, with a place in it.
#[derive(Debug)]
pub struct Segment {
    pub number: u64,
    pub first_line: u64,
    path: PathBuf,
    index_path: PathBuf,
    file: File,
    /// Where the next record is, and its row.
    offset: u64,
    line: u64,
    /// Rows of stderr before that.
    stderr: u64,
    /// What was read ahead, from `offset` on.
    buffer: Vec<u8>,
    consumed: usize,
    /// The length of the record at the current place, once it was checked.
    whole: Option<usize>,
    /// How much is read next.
    ahead: usize,
}

impl Segment {
    /// Opens a file at its first record; `None` if it is not there (any more).
    pub fn open(directory: &Path, number: u64) -> Result<Option<Self>> {
        let path = log_path(directory, number);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(path, error)),
        };
        let mut header = [0; FILE_HEADER];
        let first_line = match file.read_exact_at(&mut header, 0) {
            Ok(()) => parse_file_header(LOG_MARK, &header),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(error) => return Err(Error::io(path, error)),
        };
        let Some(first_line) = first_line else {
            return Err(Error::Format { path });
        };
        let index_path = index_path(directory, number);
        Ok(Some(Self {
            number,
            first_line,
            path,
            index_path,
            file,
            offset: FILE_HEADER as u64,
            line: first_line,
            stderr: 0,
            buffer: Vec::new(),
            consumed: 0,
            whole: None,
            ahead: READ,
        }))
    }

    /// The row of the next record.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Where the next record begins in the file.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Rows of stderr in this file before the next record.
    pub fn stderr(&self) -> u64 {
        self.stderr
    }

    /// The file's size in bytes.
    pub fn size(&self) -> Result<u64> {
        let metadata = self.file.metadata();
        Ok(metadata
            .map_err(|error| Error::io(&self.path, error))?
            .len())
    }

    /// Whether there is a next record; `false` at the end for now.
    pub fn has_record(&mut self) -> Result<bool> {
        if self.whole_record().is_none() {
            self.read_ahead()?;
        }
        Ok(self.whole_record().is_some())
    }

    /// Reads the next record with its row; `None` at the end for now.
    pub fn next(&mut self) -> Result<Option<(u64, Record<'_>)>> {
        if !self.has_record()? {
            return Ok(None);
        }
        let (start, line) = (self.consumed, self.line);
        let Some(length) = self.whole else {
            return Ok(None);
        };
        self.whole = None;
        self.consumed += length;
        self.offset += length as u64;
        self.line += 1;
        let record = Record::read(&self.buffer[start..self.consumed]);
        self.stderr += u64::from(record.stream == Stream::Stderr);
        Ok(Some((line, record)))
    }

    /// The length of the record at the current place, if all of it was read. It is checked once.
    fn whole_record(&mut self) -> Option<usize> {
        if self.whole.is_none()
            && let Parsed::Record(record) = Record::parse(&self.buffer[self.consumed..])
        {
            self.whole = Some(record.length());
        }
        self.whole
    }

    /// Fills the buffer from the current place on.
    fn read_ahead(&mut self) -> Result<()> {
        self.consumed = 0;
        self.buffer.resize(self.ahead, 0);
        let count = match self.file.read_at(&mut self.buffer, self.offset) {
            Ok(count) => count,
            Err(error) => {
                self.buffer.clear();
                return Err(Error::io(&self.path, error));
            }
        };
        self.buffer.truncate(count);
        self.ahead = if count == self.ahead {
            (2 * count).min(MOST_READ)
        } else {
            READ
        };
        Ok(())
    }

    /// Goes to a row of this file, or to the end if it is not there yet.
    pub fn seek_line(&mut self, line: u64) -> Result<()> {
        self.seek_point(|point| point.line <= line)?;
        while self.line < line && self.next()?.is_some() {}
        Ok(())
    }

    /// Goes behind the last row.
    pub fn seek_end(&mut self) -> Result<()> {
        self.seek_point(|_| true)?;
        while self.next()?.is_some() {}
        Ok(())
    }

    /// Goes to the first row that is not earlier than `time`, or to the end; whether there is one.
    pub fn seek_since(&mut self, time: u64) -> Result<bool> {
        self.seek_point(|point| point.latest_before < time)?;
        while let Some((_, record)) = self.next()? {
            if record.time >= time {
                let (length, stream) = (record.length(), record.stream);
                self.step_back(length, stream);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Gives back the record that was just read: it is still in the buffer.
    fn step_back(&mut self, length: usize, stream: Stream) {
        self.stderr -= u64::from(stream == Stream::Stderr);
        self.whole = Some(length);
        self.consumed -= length;
        self.offset -= length as u64;
        self.line -= 1;
    }

    /// Goes to the last point of the index for which `before` holds, by binary search.
    pub fn seek_point(&mut self, before: impl Fn(&Point) -> bool) -> Result<()> {
        let start = Point {
            line: self.first_line,
            offset: FILE_HEADER as u64,
            latest_before: 0,
            stderr_before: 0,
        };
        let mut found = start;
        if let Some((index, count)) = self.open_index()? {
            let (mut low, mut high) = (0, count);
            while low < high {
                let middle = low.midpoint(high);
                let point = read_point(&index, middle)
                    .map_err(|error| Error::io(&self.index_path, error))?;
                if before(&point) {
                    found = point;
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
        }
        // An index that promises more than the log holds was written by a writer that lost the log.
        if found.offset > self.size()? || found.line < self.first_line {
            found = start;
        }
        self.go_to(found);
        Ok(())
    }

    /// Goes to the first row.
    pub fn rewind(&mut self) {
        self.go_to(Point {
            line: self.first_line,
            offset: FILE_HEADER as u64,
            latest_before: 0,
            stderr_before: 0,
        });
    }

    fn go_to(&mut self, point: Point) {
        (self.offset, self.line, self.stderr) = (point.offset, point.line, point.stderr_before);
        self.buffer.clear();
        self.consumed = 0;
        self.whole = None;
        self.ahead = READ;
    }

    /// The index and how many points it has; `None` if there is none, which only makes seeking slow.
    fn open_index(&self) -> Result<Option<(File, u64)>> {
        let index = match File::open(&self.index_path) {
            Ok(index) => index,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(&self.index_path, error)),
        };
        let mut header = [0; FILE_HEADER];
        if index.read_exact_at(&mut header, 0).is_err()
            || parse_file_header(INDEX_MARK, &header) != Some(self.first_line)
        {
            return Ok(None);
        }
        let size = index
            .metadata()
            .map_err(|error| Error::io(&self.index_path, error))?
            .len();
        Ok(Some((index, (size - FILE_HEADER as u64) / POINT as u64)))
    }
}

fn read_point(index: &File, number: u64) -> io::Result<Point> {
    let mut bytes = [0; POINT];
    index.read_exact_at(&mut bytes, FILE_HEADER as u64 + number * POINT as u64)?;
    Ok(Point::from_bytes(&bytes))
}
