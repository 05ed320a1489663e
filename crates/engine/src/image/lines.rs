//! What Docker's clients are told of a pull or push, for any number of them and from its beginning on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{Stream, stream};
use gantry_wire::Progress;
use tokio::sync::watch;

/// The lines of one operation. Clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Lines(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    lines: Mutex<Vec<Line>>,
    /// The number of the newest line.
    newest: watch::Sender<u64>,
}

#[derive(Debug)]
struct Line {
    number: u64,
    progress: Progress,
}

impl Lines {
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            lines: Mutex::default(),
            newest: watch::Sender::new(0),
        }))
    }

    /// Says something. How far a layer is replaces how far it was: who reads slowly misses steps, and
    /// nothing else.
    pub fn tell(&self, progress: Progress) {
        let mut lines = self.lines();
        if !progress.id.is_empty() {
            lines.retain(|line| {
                line.progress.id != progress.id || line.progress.status != progress.status
            });
        }
        self.0.newest.send_modify(|newest| {
            *newest += 1;
            let number = *newest;
            lines.push(Line { number, progress });
        });
    }

    /// Whether this was said of a layer.
    pub fn told(&self, id: &str, status: &str) -> bool {
        let lines = self.lines();
        lines
            .iter()
            .any(|line| line.progress.id == id && line.progress.status == status)
    }

    /// Everything that was said, then everything as it is said, until the work lets go of its end of
    /// `work`.
    pub fn follow(&self, work: watch::Receiver<()>) -> impl Stream<Item = Progress> + use<> {
        let newest = self.0.newest.subscribe();
        let follower = Follower {
            lines: self.clone(),
            newest,
            work,
            seen: 0,
        };
        stream::unfold(follower, async |mut follower| {
            let line = follower.next().await?;
            Some((line, follower))
        })
    }

    /// The first line after a number.
    fn after(&self, seen: u64) -> Option<(u64, Progress)> {
        let lines = self.lines();
        let line = lines.iter().find(|line| line.number > seen)?;
        Some((line.number, line.progress.clone()))
    }

    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        // Every critical section leaves the list whole, so a panic elsewhere does not spoil it.
        self.0.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Follower {
    lines: Lines,
    newest: watch::Receiver<u64>,
    work: watch::Receiver<()>,
    seen: u64,
}

impl Follower {
    async fn next(&mut self) -> Option<Progress> {
        loop {
            // Looked at before the lines: what is said before the end is not missed.
            let over = self.work.has_changed().is_err();
            self.newest.mark_unchanged();
            if let Some((number, line)) = self.lines.after(self.seen) {
                self.seen = number;
                return Some(line);
            }
            if over {
                return None;
            }
            // Either is a reason to look again, also when it is an end.
            tokio::select! {
                _ = self.newest.changed() => {}
                _ = self.work.changed() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    fn line(id: &str, status: &str, current: u64) -> Progress {
        Progress {
            id: id.to_owned(),
            status: status.to_owned(),
            progress_detail: Some(gantry_wire::ProgressDetail {
                current,
                ..gantry_wire::ProgressDetail::default()
            }),
            ..Progress::default()
        }
    }

    #[tokio::test]
    async fn who_comes_late_hears_everything_once_and_the_newest_of_each_step() {
        let (lines, work) = (Lines::new(), watch::Sender::new(()));
        let early = lines.follow(work.subscribe());
        for current in [1, 2, 3] {
            lines.tell(line("a", "Downloading", current));
        }
        lines.tell(line("a", "Pull complete", 0));
        let late = lines.follow(work.subscribe());
        lines.tell(line("", "Status: done", 0));
        lines.tell(line("", "Status: done", 0));
        drop(work);
        let early: Vec<_> = early.collect().await;
        assert_eq!(early, late.collect::<Vec<_>>().await);
        assert_eq!(early.len(), 4);
        assert_eq!(early[0], line("a", "Downloading", 3));
        assert!(lines.told("a", "Pull complete") && !lines.told("b", "Pull complete"));
    }
}
