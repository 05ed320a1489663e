//! Removals that wait a moment, so that they can be taken back.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gantry_wire::gantry::Removed;
use tokio::sync::oneshot;

use super::new_id;
use crate::{Error, Result};

/// The longest a removal may wait.
const LONGEST: Duration = Duration::from_mins(1);

type Step = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The waiting removals; clones are the same registry.
#[derive(Clone, Default)]
pub(crate) struct Undo(Arc<Mutex<HashMap<String, oneshot::Sender<oneshot::Sender<()>>>>>);

impl Undo {
    /// Runs `remove` after `wait`, or `restore` if it is taken back before.
    ///
    /// Whoever calls has hidden the thing already and written down that it goes: an engine that is
    /// killed meanwhile finishes the removal at its next start.
    pub fn later(
        &self,
        wait: Duration,
        remove: impl Future<Output = ()> + Send + 'static,
        restore: impl Future<Output = ()> + Send + 'static,
    ) -> Removed {
        let wait = wait.min(LONGEST);
        let token = new_id();
        let (take_back, taken_back) = oneshot::channel();
        self.waiting().insert(token.clone(), take_back);
        let (this, key) = (self.clone(), token.clone());
        let (remove, restore): (Step, Step) = (Box::pin(remove), Box::pin(restore));
        tokio::spawn(async move {
            if let Ok(Ok(answer)) = tokio::time::timeout(wait, taken_back).await {
                restore.await;
                let _ = answer.send(());
            } else {
                this.waiting().remove(&key);
                remove.await;
            }
        });
        let until =
            jiff::Timestamp::now() + jiff::SignedDuration::from_millis(wait.as_millis() as i64);
        Removed {
            undo: Some(token),
            lines: Vec::new(),
            until: Some(until),
        }
    }

    /// Takes a removal back; returns when the thing is there again.
    pub async fn undo(&self, token: &str) -> Result<()> {
        let expired = || Error::NoSuchUndo(token.to_owned());
        let waiting = self.waiting().remove(token).ok_or_else(expired)?;
        let (answer, done) = oneshot::channel();
        waiting.send(answer).map_err(|_| expired())?;
        done.await.map_err(|_| expired())
    }

    /// Lets every waiting removal happen now: the engine leaves.
    pub fn close(&self) {
        self.waiting().clear();
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, oneshot::Sender<oneshot::Sender<()>>>> {
        // Insertions and removals only, so a panic elsewhere does not spoil the map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Undo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Undo({} waiting)", self.waiting().len())
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    fn said(
        words: &mpsc::UnboundedSender<&'static str>,
        word: &'static str,
    ) -> impl Future<Output = ()> + Send + 'static {
        let words = words.clone();
        async move {
            let _ = words.send(word);
        }
    }

    #[tokio::test]
    async fn what_is_taken_back_is_restored_and_only_once() {
        let (words, mut heard) = mpsc::unbounded_channel();
        let undo = Undo::default();
        let removed = undo.later(
            Duration::from_secs(30),
            said(&words, "remove"),
            said(&words, "restore"),
        );
        let token = removed.undo.unwrap();
        undo.undo(&token).await.unwrap();
        assert_eq!(heard.recv().await, Some("restore"));
        assert!(matches!(undo.undo(&token).await, Err(Error::NoSuchUndo(_))));
    }

    #[tokio::test]
    async fn what_is_not_taken_back_is_removed() {
        let (words, mut heard) = mpsc::unbounded_channel();
        let undo = Undo::default();
        undo.later(
            Duration::from_millis(1),
            said(&words, "remove"),
            said(&words, "restore"),
        );
        assert_eq!(heard.recv().await, Some("remove"));
    }
}
