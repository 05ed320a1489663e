//! What a window follows: rows as they change, resumable by revision.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use gantry_wire::gantry::{Change, Snapshot, Update};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::Feed;
use crate::{BoxStream, Result};

/// Where one follower is.
struct Follower<S> {
    feed: Feed,
    snapshot: S,
    live: Receiver<Arc<Update>>,
    /// What is sent before the next live update.
    due: VecDeque<Arc<Update>>,
    /// Updates up to here are known to the follower.
    seen: u64,
    /// It lost its place, or never had one.
    lost: bool,
}

impl Feed {
    /// Updates after the revision `from`. A snapshot comes first when `from` is absent, too old or
    /// of another engine, and again whenever the follower fell too far behind.
    ///
    /// `snapshot` gathers everything; rows may be newer than the revision that it is stamped with,
    /// never older.
    pub fn updates<S, F>(&self, from: Option<u64>, snapshot: S) -> BoxStream<Result<Update>>
    where
        S: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<Snapshot>> + Send + 'static,
    {
        let (live, due, lost) = {
            let state = self.state();
            let oldest = state
                .updates
                .front()
                .map_or(state.revision + 1, |update| update.revision);
            let known =
                from.is_some_and(|from| from.saturating_add(1) >= oldest && from <= state.revision);
            let due = state
                .updates
                .iter()
                .filter(|update| known && Some(update.revision) > from)
                .cloned()
                .collect();
            (self.0.updates.subscribe(), due, !known)
        };
        let follower = Follower {
            feed: self.clone(),
            snapshot,
            live,
            due,
            seen: from.unwrap_or(0),
            lost,
        };
        Box::pin(stream::unfold(follower, Follower::next).fuse())
    }
}

impl<S, F> Follower<S>
where
    S: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Result<Snapshot>> + Send + 'static,
{
    async fn next(mut self) -> Option<(Result<Update>, Self)> {
        loop {
            if self.lost {
                return Some(self.start_over().await);
            }
            if let Some(update) = self.due.pop_front() {
                self.seen = update.revision;
                return Some((Ok((*update).clone()), self));
            }
            match self.live.recv().await {
                // A change that the snapshot or the backlog has brought already.
                Ok(update) if update.revision <= self.seen && !is_progress(&update) => {}
                Ok(update) => {
                    self.seen = update.revision;
                    return Some((Ok((*update).clone()), self));
                }
                Err(RecvError::Lagged(_)) => self.lost = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn start_over(mut self) -> (Result<Update>, Self) {
        self.live = self.live.resubscribe();
        let revision = self.feed.revision();
        let gathered = (self.snapshot)().await;
        self.lost = false;
        self.seen = revision;
        let update = gathered.map(|mut snapshot| {
            snapshot.revision = revision;
            Update {
                revision,
                change: Change::Snapshot(Box::new(snapshot)),
            }
        });
        (update, self)
    }
}

/// A task's progress carries the revision of the last change and is never a repetition.
fn is_progress(update: &Update) -> bool {
    matches!(&update.change, Change::Task(task) if !task.state.is_final())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn removed(id: &str) -> Change {
        Change::ContainerRemoved(id.to_owned())
    }

    fn follow(feed: &Feed, from: Option<u64>) -> BoxStream<Result<Update>> {
        feed.updates(from, || async { Ok::<_, Error>(Snapshot::default()) })
    }

    #[tokio::test]
    async fn a_newcomer_gets_a_snapshot_and_then_changes() {
        let feed = Feed::new();
        feed.changed(removed("a"));
        let mut updates = follow(&feed, None);
        let first = updates.next().await.unwrap().unwrap();
        assert!(matches!(first.change, Change::Snapshot(_)));
        assert_eq!(first.revision, feed.revision());
        feed.changed(removed("b"));
        assert_eq!(updates.next().await.unwrap().unwrap().change, removed("b"));
    }

    #[tokio::test]
    async fn a_sleeper_goes_on_from_its_revision() {
        let feed = Feed::new();
        let before = feed.revision();
        feed.changed(removed("a"));
        feed.changed(removed("b"));
        let mut updates = follow(&feed, Some(before));
        assert_eq!(updates.next().await.unwrap().unwrap().change, removed("a"));
        assert_eq!(updates.next().await.unwrap().unwrap().change, removed("b"));
    }

    #[tokio::test]
    async fn a_revision_of_another_engine_means_a_snapshot() {
        let feed = Feed::new();
        for from in [1, u64::MAX - 1, u64::MAX] {
            let first = follow(&feed, Some(from)).next().await.unwrap().unwrap();
            assert!(matches!(first.change, Change::Snapshot(_)));
        }
    }

    #[tokio::test]
    async fn who_falls_too_far_behind_starts_over() {
        let feed = Feed::new();
        let mut updates = follow(&feed, None);
        updates.next().await.unwrap().unwrap();
        for number in 0..=super::super::BACKLOG {
            feed.changed(removed(&number.to_string()));
        }
        let next = updates.next().await.unwrap().unwrap();
        assert!(matches!(next.change, Change::Snapshot(_)));
    }
}
