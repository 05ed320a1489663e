//! One numbered file of a log and its index, for reading.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::format::{
    FILE_HEADER, INDEX_MARK, LOG_MARK, POINT, Parsed, Point, Record, parse_file_header,
};
use crate::{Error, Result};

/// How much is read at a time: a few dozen records, at least one of any size.
const READ: usize = 64 * 1024;

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
    /// What was read ahead, from `offset` on.
    buffer: Vec<u8>,
    consumed: usize,
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
            buffer: Vec::new(),
            consumed: 0,
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

    /// Reads the next record with its row; `None` at the end for now.
    pub fn next(&mut self) -> Result<Option<(u64, Record<'_>)>> {
        let length = match Record::parse(&self.buffer[self.consumed..]) {
            Parsed::Record(record) => record.length(),
            Parsed::Incomplete | Parsed::Damaged => {
                self.read_ahead()?;
                match Record::parse(&self.buffer) {
                    Parsed::Record(record) => record.length(),
                    Parsed::Incomplete | Parsed::Damaged => return Ok(None),
                }
            }
        };
        let (start, line) = (self.consumed, self.line);
        self.consumed += length;
        self.offset += length as u64;
        self.line += 1;
        match Record::parse(&self.buffer[start..]) {
            Parsed::Record(record) => Ok(Some((line, record))),
            _ => Ok(None),
        }
    }

    /// Fills the buffer from the current place on.
    fn read_ahead(&mut self) -> Result<()> {
        self.consumed = 0;
        self.buffer.resize(READ, 0);
        let count = match self.file.read_at(&mut self.buffer, self.offset) {
            Ok(count) => count,
            Err(error) => {
                self.buffer.clear();
                return Err(Error::io(&self.path, error));
            }
        };
        self.buffer.truncate(count);
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
                let length = record.length();
                self.step_back(length);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Gives back the record that was just read: it is still in the buffer.
    pub fn step_back(&mut self, length: usize) {
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
        let size = self
            .file
            .metadata()
            .map_err(|error| Error::io(&self.path, error))?
            .len();
        if found.offset > size || found.line < self.first_line {
            found = start;
        }
        (self.offset, self.line) = (found.offset, found.line);
        self.buffer.clear();
        self.consumed = 0;
        Ok(())
    }

    /// Goes to the first row.
    pub fn rewind(&mut self) {
        (self.offset, self.line) = (FILE_HEADER as u64, self.first_line);
        self.buffer.clear();
        self.consumed = 0;
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
