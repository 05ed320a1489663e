//! Looking through a log from one end to the other.

use regex::bytes::{Regex, RegexBuilder};

use crate::format::Record;
use crate::plain::plain;
use crate::{Reader, Result, Stream};

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern<'a> {
    /// The text as it stands.
    Text(&'a str),
    /// A regular expression.
    Regex(&'a str),
}

/// Whether `A` is `a`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// It is, for the letters of ASCII.
    #[default]
    Ignore,
    /// It is not.
    Match,
}

/// Which rows are looked for: those with a find, those of a stream, or both.
///
/// A row is searched as a terminal would show it. What begins in one piece of a line longer than
/// [`crate::MAX_ENTRY`] and ends in the next counts where it ends; longer finds are none.
#[derive(Clone, Debug, Default)]
pub struct Query {
    regex: Option<Regex>,
    stream: Option<Stream>,
    /// The latest piece of a line that goes on, of stdout and of stderr.
    begun: [Vec<u8>; 2],
}

/// The text is no regular expression, or too large a one.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct PatternError(#[from] regex::Error);

impl Query {
    /// Rows that the pattern is found in; an empty one is found in all.
    pub fn new(pattern: Pattern<'_>, case: Case) -> std::result::Result<Self, PatternError> {
        let (text, expression) = match pattern {
            Pattern::Text(text) => (text, regex::escape(text)),
            Pattern::Regex(text) => (text, text.to_owned()),
        };
        let regex = RegexBuilder::new(&expression)
            .case_insensitive(case == Case::Ignore)
            .unicode(false)
            .build();
        // Where letters beyond ASCII stand in classes, the expression is about characters.
        let regex = match regex {
            Err(_) if !expression.is_ascii() => RegexBuilder::new(&expression).build(),
            regex => regex,
        };
        let regex = (!text.is_empty()).then_some(regex).transpose()?;
        Ok(Self {
            regex,
            ..Self::default()
        })
    }

    /// Of those, only the rows of one stream.
    #[must_use]
    pub fn of(mut self, stream: Option<Stream>) -> Self {
        self.stream = stream;
        self
    }

    /// How often it is found in a row; 1 where only the stream matters.
    fn finds(&mut self, record: &Record<'_>) -> u32 {
        if self.stream.is_some_and(|stream| stream != record.stream) {
            return 0;
        }
        let Some(regex) = &self.regex else { return 1 };
        let text = plain(record.bytes);
        let begun = &mut self.begun[usize::from(record.stream == Stream::Stderr)];
        let count = |text: &[u8], from: usize| {
            let finds = regex.find_iter(text);
            let finds = finds.filter(|find| !find.is_empty() && find.end() > from);
            finds.count() as u32
        };
        if begun.is_empty() && !record.partial {
            return count(&text, 0);
        }
        let from = begun.len();
        begun.extend_from_slice(&text);
        let finds = count(begun, from);
        begun.drain(..if record.partial { from } else { begun.len() });
        finds
    }
}

/// Neighbouring rows that have as many finds each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first row.
    pub line: u64,
    /// How many rows.
    pub lines: u64,
    /// How many finds in each.
    pub finds: u32,
}

/// How far a search came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Searched {
    /// The first row that was not looked at.
    pub next: u64,
    /// There is no such row yet.
    pub at_end: bool,
}

impl Reader {
    /// Looks at about `bytes` of the log from the current place on and appends what it finds to
    /// `runs`; the next call goes on. Lines of one piece are not copied,
    /// so this runs at the speed of memory.
    pub fn search(
        &mut self,
        query: &mut Query,
        bytes: u64,
        runs: &mut Vec<Run>,
    ) -> Result<Searched> {
        let mut looked_at = 0;
        let mut next = self.next_line();
        while looked_at < bytes {
            let Some((line, record)) = self.next_record()? else {
                return Ok(Searched { next, at_end: true });
            };
            next = line + 1;
            looked_at += record.length() as u64;
            let finds = query.finds(&record);
            if finds == 0 {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run.finds == finds && run.line + run.lines == line => run.lines += 1,
                _ => runs.push(Run {
                    line,
                    lines: 1,
                    finds,
                }),
            }
        }
        Ok(Searched {
            next,
            at_end: false,
        })
    }
}
