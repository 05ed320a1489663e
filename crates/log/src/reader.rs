//! Reading a log.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::format::Record;
use crate::segment::{Segment, list};
use crate::{Entry, Error, Result, Stream};

/// What a log holds, as far as its index tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// The first row that is kept.
    pub first: u64,
    /// The row behind the last.
    pub end: u64,
    /// How many of the kept rows are of stderr.
    pub stderr: u64,
    /// What the files take.
    pub bytes: u64,
}

/// A place in a log, moving forward.
#[derive(Debug)]
pub struct Reader {
    directory: PathBuf,
    /// The file that is being read; `None` before the log has any.
    segment: Option<Segment>,
}

impl Reader {
    /// Opens the log in `directory` at its first row. A directory that does not exist (yet) reads
    /// as an empty log.
    pub fn open(directory: &Path) -> Result<Self> {
        Ok(Self {
            directory: directory.to_owned(),
            segment: None,
        })
    }

    /// The directory to watch (inotify: create and modify) to learn of new rows.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What is there now. The place of reading does not change.
    pub fn extent(&self) -> Result<Extent> {
        let mut extent = Extent::default();
        let mut first = None;
        for number in list(&self.directory)? {
            let Some(mut segment) = self.open_segment(number)? else {
                continue;
            };
            segment.seek_end()?;
            first.get_or_insert(segment.first_line);
            extent.end = segment.line();
            extent.stderr += segment.stderr();
            extent.bytes += segment.size()?;
        }
        extent.first = first.unwrap_or(0);
        Ok(extent)
    }

    /// The rows that are there now. The place of reading does not change.
    pub fn lines(&self) -> Result<Range<u64>> {
        let segments = list(&self.directory)?;
        let mut first = None;
        let mut end = None;
        // The first and the last file that are still there and readable.
        for &number in &segments {
            if let Some(segment) = self.open_segment(number)? {
                first = Some(segment.first_line);
                break;
            }
        }
        for &number in segments.iter().rev() {
            if let Some(mut segment) = self.open_segment(number)? {
                segment.seek_end()?;
                end = Some(segment.line());
                break;
            }
        }
        let first = first.unwrap_or(0);
        Ok(first..end.unwrap_or(first))
    }

    /// The row that is read next; 0 before the first was read.
    pub fn next_line(&self) -> u64 {
        self.segment.as_ref().map_or(0, Segment::line)
    }

    /// The next row, or `None` at the end for now: the same call goes on when more was written.
    pub fn next_entry(&mut self) -> Result<Option<Entry>> {
        self.next_entry_of(None)
    }

    /// The next row of one stream, or of any.
    pub fn next_entry_of(&mut self, stream: Option<Stream>) -> Result<Option<Entry>> {
        while let Some((line, record)) = self.next_record()? {
            if stream.is_none_or(|stream| stream == record.stream) {
                return Ok(Some(Entry {
                    line,
                    time: record.time,
                    stream: record.stream,
                    partial: record.partial,
                    bytes: record.bytes.to_owned(),
                }));
            }
        }
        Ok(None)
    }

    /// The same without a copy.
    pub(crate) fn next_record(&mut self) -> Result<Option<(u64, Record<'_>)>> {
        if self.segment.is_none() && !self.go_behind(None)? {
            return Ok(None);
        }
        while let Some(number) = self.segment.as_ref().map(|segment| segment.number) {
            if self.has_record()? {
                break;
            }
            if list(&self.directory)?
                .last()
                .is_none_or(|&last| last <= number)
            {
                return Ok(None);
            }
            // There is a later file. This one got its last row before the later one was made, but
            // perhaps after it was read just now.
            if self.has_record()? {
                break;
            }
            if !self.go_behind(Some(number))? {
                return Ok(None);
            }
        }
        match &mut self.segment {
            Some(segment) => segment.next(),
            None => Ok(None),
        }
    }

    fn has_record(&mut self) -> Result<bool> {
        match &mut self.segment {
            Some(segment) => segment.has_record(),
            None => Ok(false),
        }
    }

    /// Goes to row `line`, or to the first one kept if rotation removed it.
    pub fn seek_line(&mut self, line: u64) -> Result<()> {
        self.segment = None;
        for number in list(&self.directory)?.into_iter().rev() {
            let Some(segment) = self.open_segment(number)? else {
                continue;
            };
            let here = segment.first_line <= line;
            self.segment = Some(segment);
            if here {
                break;
            }
        }
        match &mut self.segment {
            Some(segment) => segment.seek_line(line),
            None => Ok(()),
        }
    }

    /// Goes to the first of the last `count` rows.
    pub fn seek_tail(&mut self, count: u64) -> Result<()> {
        let lines = self.lines()?;
        self.seek_line(lines.end.saturating_sub(count).max(lines.start))
    }

    /// Goes to the first row of `time` (nanoseconds since 1970) or later.
    pub fn seek_since(&mut self, time: u64) -> Result<()> {
        // The later file is the one to look in if the earlier has nothing that late.
        for number in list(&self.directory)? {
            let Some(mut segment) = self.open_segment(number)? else {
                continue;
            };
            let found = segment.seek_since(time)?;
            self.segment = Some(segment);
            if found {
                break;
            }
        }
        Ok(())
    }

    /// The last `count` rows; reading goes on after them.
    pub fn tail(&mut self, count: u64) -> Result<Vec<Entry>> {
        self.seek_tail(count)?;
        self.take(count)
    }

    /// At most `count` rows from row `from` on; reading goes on after them.
    pub fn range(&mut self, from: u64, count: u64) -> Result<Vec<Entry>> {
        self.seek_line(from)?;
        self.take(count)
    }

    fn take(&mut self, count: u64) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        while (entries.len() as u64) < count {
            match self.next_entry()? {
                Some(entry) => entries.push(entry),
                None => break,
            }
        }
        Ok(entries)
    }

    /// Opens the first file with a higher number; whether there is one.
    fn go_behind(&mut self, number: Option<u64>) -> Result<bool> {
        for next in list(&self.directory)? {
            if number.is_some_and(|number| next <= number) {
                continue;
            }
            if let Some(segment) = self.open_segment(next)? {
                self.segment = Some(segment);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A file without a good header (a power failure) holds no row.
    fn open_segment(&self, number: u64) -> Result<Option<Segment>> {
        match Segment::open(&self.directory, number) {
            Err(Error::Format { .. }) => Ok(None),
            other => other,
        }
    }
}
