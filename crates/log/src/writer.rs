//! Writing a log.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use gantry_file::{Durability, replace};

use crate::format::{FILE_HEADER, INDEX_MARK, LOG_MARK, POINT, Point, Record, file_header};
use crate::segment::{Segment, index_path, list, log_path};
use crate::{Error, MAX_ENTRY, Result, Stream};

/// A point of the index every so many bytes or rows, whichever comes first: that much is read in
/// vain to find a row.
const POINT_EVERY_BYTES: u64 = 64 * 1024;
const POINT_EVERY_LINES: u64 = 256;

/// How much is gathered before it is written without being asked for.
const GATHER: usize = 64 * 1024;

/// When a file of the log is full and how many are kept. The default keeps everything in one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// Bytes after which a new file begins.
    pub max_size: Option<u64>,
    /// How many files are kept; the oldest is removed first. At least one.
    pub max_files: Option<u32>,
}

/// The one writer of a log.
#[derive(Debug)]
pub struct Writer {
    directory: PathBuf,
    rotation: Rotation,
    number: u64,
    log: File,
    index: File,
    /// What the files hold.
    written: Place,
    /// What they will hold once the buffers are written.
    place: Place,
    records: Vec<u8>,
    points: Vec<u8>,
    unfinished: [Unfinished; 2],
}

/// How far a log goes.
#[derive(Clone, Copy, Debug)]
struct Place {
    line: u64,
    offset: u64,
    index_offset: u64,
    /// The latest time of all rows.
    latest: u64,
    /// Rows of stderr in this file.
    stderr: u64,
    last_point: (u64, u64),
}

/// The beginning of a line whose end was not read yet.
#[derive(Debug, Default)]
struct Unfinished {
    bytes: Vec<u8>,
    time: u64,
}

impl Writer {
    /// Opens the log in `directory` (made if missing) for appending. What a writer that was killed
    /// left unfinished at its end is cut off.
    pub fn open(directory: &Path, rotation: Rotation) -> Result<Self> {
        fs::create_dir_all(directory).map_err(|error| Error::io(directory, error))?;
        for number in list(directory)?.into_iter().rev() {
            match Segment::open(directory, number) {
                Ok(Some(segment)) => return Self::resume(directory, rotation, segment),
                Ok(None) => {}
                // Not even the header arrived on the disk.
                Err(Error::Format { .. }) => remove(directory, number)?,
                Err(error) => return Err(error),
            }
        }
        Self::begin(directory, rotation, 0, 0, 0)
    }

    /// Begins a new file.
    fn begin(
        directory: &Path,
        rotation: Rotation,
        number: u64,
        line: u64,
        latest: u64,
    ) -> Result<Self> {
        let index = create(
            &index_path(directory, number),
            file_header(INDEX_MARK, line),
        )?;
        let log = create(&log_path(directory, number), file_header(LOG_MARK, line))?;
        let place = Place::start(line, latest);
        Ok(Self::new(directory, rotation, number, (log, index), place))
    }

    /// Goes on behind the last good record, and completes the index on the way.
    fn resume(directory: &Path, rotation: Rotation, mut segment: Segment) -> Result<Self> {
        let number = segment.number;
        let (log_path, index_path) = (log_path(directory, number), index_path(directory, number));
        let log = open(&log_path)?;
        let header = file_header(INDEX_MARK, segment.first_line);
        let index = match open(&index_path) {
            Ok(index) if has_header(&index, header) => index,
            _ => create(&index_path, header)?,
        };
        let start = last_good_point(&index, &mut segment)?;
        let mut writer = Self::new(directory, rotation, number, (log, index), start);
        while let Some((line, record)) = segment.next()? {
            debug_assert_eq!(line, writer.place.line);
            writer.count(&record);
        }
        writer.written = Place {
            index_offset: start.index_offset,
            ..writer.place
        };
        let cut = |file: &File, path, length| {
            file.set_len(length).map_err(|error| Error::io(path, error))
        };
        cut(&writer.log, log_path, writer.written.offset)?;
        cut(&writer.index, index_path, start.index_offset)?;
        writer.flush()?;
        Ok(writer)
    }

    fn new(
        directory: &Path,
        rotation: Rotation,
        number: u64,
        (log, index): (File, File),
        place: Place,
    ) -> Self {
        Self {
            directory: directory.to_owned(),
            rotation,
            number,
            log,
            index,
            written: place,
            place,
            records: Vec::new(),
            points: Vec::new(),
            unfinished: Default::default(),
        }
    }

    /// The number of the next row.
    pub fn next_line(&self) -> u64 {
        self.place.line
    }

    /// The beginning of a line of this stream whose end was not read yet, and which is in no row.
    pub fn unfinished(&self, stream: Stream) -> &[u8] {
        &self.unfinished[stream as usize].bytes
    }

    /// Takes bytes as they were read from a stream at `time` (nanoseconds since 1970). They reach
    /// the file with the next [`Writer::flush`]; a line without its end waits for that, or until it
    /// is [`MAX_ENTRY`] bytes long.
    pub fn write(&mut self, stream: Stream, time: u64, mut bytes: &[u8]) -> Result<()> {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            self.line(stream, time, &bytes[..end])?;
            bytes = &bytes[end + 1..];
        }
        if !bytes.is_empty() {
            self.keep(stream, time, bytes)?;
        }
        Ok(())
    }

    /// The stream ended: an unfinished line becomes a partial entry.
    pub fn finish(&mut self, stream: Stream) -> Result<()> {
        let Unfinished { bytes, time } = std::mem::take(&mut self.unfinished[stream as usize]);
        if bytes.is_empty() {
            Ok(())
        } else {
            self.row(stream, time, true, &bytes)
        }
    }

    /// Hands everything complete to the kernel. After an error (a full disk, say) the rows since
    /// the last flush are lost, and the log goes on cleanly behind those before.
    pub fn flush(&mut self) -> Result<()> {
        if self.records.is_empty() && self.points.is_empty() {
            return Ok(());
        }
        let log = self.log.write_all_at(&self.records, self.written.offset);
        let index = self
            .index
            .write_all_at(&self.points, self.written.index_offset);
        self.records.clear();
        self.points.clear();
        if let Err(error) = log.and(index) {
            let _ = self.log.set_len(self.written.offset);
            let _ = self.index.set_len(self.written.index_offset);
            self.place = self.written;
            return Err(Error::io(log_path(&self.directory, self.number), error));
        }
        self.written = self.place;
        Ok(())
    }

    /// The end of a line.
    fn line(&mut self, stream: Stream, time: u64, end: &[u8]) -> Result<()> {
        if self.unfinished[stream as usize].bytes.is_empty() && end.len() <= MAX_ENTRY {
            return self.row(stream, time, false, end);
        }
        self.keep(stream, time, end)?;
        let unfinished = &mut self.unfinished[stream as usize];
        let time = if unfinished.bytes.is_empty() {
            time
        } else {
            unfinished.time
        };
        let mut bytes = std::mem::take(&mut unfinished.bytes);
        let result = self.row(stream, time, false, &bytes);
        bytes.clear();
        self.unfinished[stream as usize].bytes = bytes;
        result
    }

    /// A piece of a line whose end is not known. What exceeds an entry becomes partial entries.
    fn keep(&mut self, stream: Stream, time: u64, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let unfinished = &mut self.unfinished[stream as usize];
            if unfinished.bytes.is_empty() {
                unfinished.time = time;
            }
            if unfinished.bytes.len() == MAX_ENTRY {
                let mut full = std::mem::take(&mut unfinished.bytes);
                let begun = unfinished.time;
                let result = self.row(stream, begun, true, &full);
                full.clear();
                self.unfinished[stream as usize].bytes = full;
                result?;
                continue;
            }
            let take = bytes.len().min(MAX_ENTRY - unfinished.bytes.len());
            unfinished.bytes.extend(&bytes[..take]);
            bytes = &bytes[take..];
        }
        Ok(())
    }

    /// Appends one row to the buffers.
    fn row(&mut self, stream: Stream, time: u64, partial: bool, bytes: &[u8]) -> Result<()> {
        if self
            .rotation
            .max_size
            .is_some_and(|max| self.place.offset >= max && self.place.offset > FILE_HEADER as u64)
        {
            self.rotate()?;
        }
        let record = Record {
            time,
            stream,
            partial,
            bytes,
        };
        record.append_to(&mut self.records);
        self.count(&record);
        if self.records.len() >= GATHER {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Counts a row, with a point of the index before it where one is due.
    fn count(&mut self, record: &Record<'_>) {
        let place = &mut self.place;
        let (line, offset) = place.last_point;
        if place.line - line >= POINT_EVERY_LINES || place.offset - offset >= POINT_EVERY_BYTES {
            let point = Point {
                line: place.line,
                offset: place.offset,
                latest_before: place.latest,
                stderr_before: place.stderr,
            };
            self.points.extend(point.to_bytes());
            place.last_point = (place.line, place.offset);
            place.index_offset += POINT as u64;
        }
        place.line += 1;
        place.offset += record.length() as u64;
        place.latest = place.latest.max(record.time);
        place.stderr += u64::from(record.stream == Stream::Stderr);
    }

    /// Goes on in a new file and removes the oldest.
    fn rotate(&mut self) -> Result<()> {
        self.flush()?;
        let next = Self::begin(
            &self.directory,
            self.rotation,
            self.number + 1,
            self.place.line,
            self.place.latest,
        )?;
        let unfinished = std::mem::take(&mut self.unfinished);
        *self = Self { unfinished, ..next };
        let keep = u64::from(self.rotation.max_files.unwrap_or(u32::MAX).max(1));
        let kept_from = (self.number + 1).saturating_sub(keep);
        for number in list(&self.directory)? {
            if number < kept_from {
                remove(&self.directory, number)?;
            }
        }
        Ok(())
    }
}

impl Place {
    fn start(line: u64, latest: u64) -> Self {
        let offset = FILE_HEADER as u64;
        Self {
            line,
            offset,
            index_offset: offset,
            latest,
            stderr: 0,
            last_point: (line, offset),
        }
    }
}

/// The last point of the index that the log confirms, with the segment placed there.
fn last_good_point(index: &File, segment: &mut Segment) -> Result<Place> {
    segment.seek_point(|_| true)?;
    if segment.line() == segment.first_line {
        return Ok(Place::start(segment.first_line, 0));
    }
    // Points are of one size and in order: the one the segment is at is the last whole one.
    let size = index.metadata().map_or(0, |metadata| metadata.len());
    let count = size.saturating_sub(FILE_HEADER as u64) / POINT as u64;
    let index_offset = FILE_HEADER as u64 + count * POINT as u64;
    let mut bytes = [0; POINT];
    let read = index.read_exact_at(&mut bytes, index_offset - POINT as u64);
    let point = Point::from_bytes(&bytes);
    if read.is_err() || (point.line, point.offset) != (segment.line(), segment.offset()) {
        segment.rewind();
        return Ok(Place::start(segment.first_line, 0));
    }
    Ok(Place {
        line: point.line,
        offset: point.offset,
        index_offset,
        latest: point.latest_before,
        stderr: point.stderr_before,
        last_point: (point.line, point.offset),
    })
}

fn has_header(file: &File, header: [u8; FILE_HEADER]) -> bool {
    let mut found = [0; FILE_HEADER];
    file.read_exact_at(&mut found, 0).is_ok() && found == header
}

fn open(path: &Path) -> Result<File> {
    File::options()
        .read(true)
        .write(true)
        .open(path)
        .map_err(|error| Error::io(path, error))
}

/// Makes a file that has its header from the moment it has its name.
fn create(path: &Path, header: [u8; FILE_HEADER]) -> Result<File> {
    let made = replace(path, &header, Durability::Quick);
    made.map_err(|error| Error::io(path, error))
}

fn remove(directory: &Path, number: u64) -> Result<()> {
    for path in [log_path(directory, number), index_path(directory, number)] {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io(path, error));
            }
            _ => {}
        }
    }
    Ok(())
}
