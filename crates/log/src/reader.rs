//! Reading a log.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::segment::{Segment, list};
use crate::{Entry, Error, Result};

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

    /// The next row, or `None` at the end for now: the same call goes on when more was written.
    pub fn next_entry(&mut self) -> Result<Option<Entry>> {
        if self.segment.is_none() && !self.go_behind(None)? {
            return Ok(None);
        }
        loop {
            if let Some(entry) = self.next_here()? {
                return Ok(Some(entry));
            }
            let Some(number) = self.segment.as_ref().map(|segment| segment.number) else {
                return Ok(None);
            };
            if list(&self.directory)?
                .last()
                .is_none_or(|&last| last <= number)
            {
                return Ok(None);
            }
            // There is a later file. This one got its last row before the later one was made, but
            // perhaps after it was read just now.
            if let Some(entry) = self.next_here()? {
                return Ok(Some(entry));
            }
            if !self.go_behind(Some(number))? {
                return Ok(None);
            }
        }
    }

    /// The next row of the file that is being read.
    fn next_here(&mut self) -> Result<Option<Entry>> {
        let Some(segment) = &mut self.segment else {
            return Ok(None);
        };
        let next = segment.next()?;
        Ok(next.map(|(line, record)| Entry {
            line,
            time: record.time,
            stream: record.stream,
            partial: record.partial,
            bytes: record.bytes.to_owned(),
        }))
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
