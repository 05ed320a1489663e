//! Searching a whole log, in steps: between two of them the search can be given up.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream;
use gantry_log::{Case, Pattern, Query, Reader, Run};
use gantry_wire::gantry::{LogFound, LogRun};

use super::Source;
use super::follower::{Follower, Read};
use crate::engine::BoxStream;
use crate::request::LogSearch;
use crate::{Error, Result};

/// How much is looked at in one step: a few milliseconds of work.
const STEP: u64 = 8 << 20;

/// What a search finds, step by step.
pub(crate) async fn search(
    source: Source<'_>,
    search: LogSearch,
) -> Result<BoxStream<Result<LogFound>>> {
    let pattern = if search.regex {
        Pattern::Regex(&search.text)
    } else {
        Pattern::Text(&search.text)
    };
    let case = if search.match_case {
        Case::Match
    } else {
        Case::Ignore
    };
    let query =
        Query::new(pattern, case).map_err(|error| Error::Invalid(format!("invalid q: {error}")))?;
    let from = search.from.unwrap_or(1).saturating_sub(1);
    let follower = Follower::open(source, search.follow, move |reader| reader.seek_line(from));
    let finder = Finder {
        follower: follower.await?,
        query: Arc::new(Mutex::new(query.of(search.stream))),
        searched: from,
        told_end: false,
    };
    Ok(Box::pin(stream::unfold(
        Some(finder),
        |finder| async move {
            let mut finder = finder?;
            match finder.next().await {
                Ok(Some(found)) => Some((Ok(found), Some(finder))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        },
    )))
}

struct Finder {
    follower: Follower,
    query: Arc<Mutex<Query>>,
    /// The row behind the last that was looked at.
    searched: u64,
    told_end: bool,
}

impl Finder {
    async fn next(&mut self) -> Result<Option<LogFound>> {
        loop {
            let (query, searched) = (Arc::clone(&self.query), self.searched);
            let step = move |reader: &mut Reader| {
                let mut runs = Vec::new();
                let step = {
                    let mut query = query.lock().unwrap_or_else(PoisonError::into_inner);
                    reader.search(&mut query, STEP, &mut runs)?
                };
                Ok((step.next > searched).then_some((step, runs)))
            };
            match self.follower.read(step).await? {
                Read::Some((step, runs)) => {
                    self.searched = step.next;
                    self.told_end = step.at_end;
                    return Ok(Some(LogFound {
                        runs: runs.into_iter().map(numbered).collect(),
                        searched: step.next,
                        at_end: step.at_end,
                    }));
                }
                Read::AtEnd | Read::Ended if !self.told_end => {
                    self.told_end = true;
                    return Ok(Some(LogFound {
                        runs: Vec::new(),
                        searched: self.searched,
                        at_end: true,
                    }));
                }
                Read::AtEnd | Read::Ended => {
                    if self.follower.is_gone() || !self.follower.wait().await {
                        return Ok(None);
                    }
                }
            }
        }
    }
}

/// With rows counted from 1.
fn numbered(run: Run) -> LogRun {
    LogRun(run.line + 1, run.lines, run.finds)
}
