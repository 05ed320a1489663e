//! Work that takes a while, with its progress, its end, and a way to stop it.
//!
//! A task is begun by an operation, reported by a [`TaskHandle`] from the threads that work, and
//! shown to every front door. Reports are frequent and cheap; what is sent to windows is at most
//! one update in [`REPORT_EVERY`] and the last one.

mod handle;
mod undo;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gantry_store::CancelFlag;
use gantry_wire::gantry::{Change, Task, TaskKind};

use crate::feed::Feed;
use crate::{Error, Result};

pub(crate) use handle::{CancelOnDrop, TaskHandle};
pub(crate) use undo::Undo;

/// Progress is told at most this often.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// Finished tasks beyond these are put away, the oldest first.
const KEPT_FINISHED: usize = 50;

/// The engine's tasks; clones are the same registry.
#[derive(Debug, Clone)]
pub(crate) struct Tasks(Arc<Registry>);

#[derive(Debug)]
struct Registry {
    feed: Feed,
    tasks: Mutex<BTreeMap<String, Entry>>,
}

#[derive(Debug)]
struct Entry {
    task: Task,
    cancel: CancelFlag,
}

impl Tasks {
    pub fn new(feed: Feed) -> Self {
        Self(Arc::new(Registry {
            feed,
            tasks: Mutex::default(),
        }))
    }

    /// Begins a task about a file, an image or a container.
    pub fn start(&self, kind: TaskKind, subject: impl Into<String>) -> TaskHandle {
        let task = Task {
            id: new_id(),
            kind,
            subject: subject.into(),
            started: jiff::Timestamp::now(),
            ..Task::default()
        };
        let cancel = CancelFlag::new();
        self.entries().insert(
            task.id.clone(),
            Entry {
                task: task.clone(),
                cancel: cancel.clone(),
            },
        );
        self.0.feed.changed(Change::Task(Box::new(task.clone())));
        self.put_old_away();
        TaskHandle::new(self.clone(), task, cancel)
    }

    /// All tasks that run or have not been put away, oldest first.
    pub fn list(&self) -> Vec<Task> {
        let mut tasks: Vec<_> = self
            .entries()
            .values()
            .map(|entry| entry.task.clone())
            .collect();
        tasks.sort_by_key(|task| task.started);
        tasks
    }

    /// One task.
    pub fn get(&self, id: &str) -> Result<Task> {
        let entries = self.entries();
        let entry = entries
            .get(id)
            .ok_or_else(|| Error::NoSuchTask(id.to_owned()))?;
        Ok(entry.task.clone())
    }

    /// Whether any task runs; an engine with one is not idle.
    pub fn any_running(&self) -> bool {
        self.entries()
            .values()
            .any(|entry| !entry.task.state.is_final())
    }

    /// Cancels a running task, which then cleans up and ends; puts a finished one away.
    pub fn cancel(&self, id: &str) -> Result<()> {
        let mut entries = self.entries();
        let entry = entries
            .get(id)
            .ok_or_else(|| Error::NoSuchTask(id.to_owned()))?;
        if entry.task.state.is_final() {
            entries.remove(id);
            drop(entries);
            self.0.feed.changed(Change::TaskRemoved(id.to_owned()));
        } else {
            entry.cancel.cancel();
        }
        Ok(())
    }

    /// Asks every running task to end, because the engine leaves.
    pub fn cancel_all(&self) {
        for entry in self.entries().values() {
            entry.cancel.cancel();
        }
    }

    /// Keeps the new state of a task and tells of it.
    fn keep(&self, task: &Task) {
        if let Some(entry) = self.entries().get_mut(&task.id) {
            entry.task.clone_from(task);
        }
        let change = Change::Task(Box::new(task.clone()));
        if task.state.is_final() {
            self.0.feed.changed(change);
        } else {
            self.0.feed.progress(change);
        }
    }

    fn put_old_away(&self) {
        let mut finished: Vec<_> = self
            .entries()
            .values()
            .filter_map(|entry| Some((entry.task.finished?, entry.task.id.clone())))
            .collect();
        finished.sort();
        let surplus = finished.len().saturating_sub(KEPT_FINISHED);
        for (_, id) in finished.into_iter().take(surplus) {
            self.entries().remove(&id);
            self.0.feed.changed(Change::TaskRemoved(id));
        }
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        // Every critical section leaves the map whole, so a panic elsewhere does not spoil it.
        self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Twelve hexadecimal digits by chance.
fn new_id() -> String {
    hex::encode(rand::random::<[u8; 6]>())
}

#[cfg(test)]
mod tests {
    use gantry_wire::gantry::{TaskResult, TaskState};

    use super::*;

    fn tasks() -> Tasks {
        Tasks::new(Feed::new())
    }

    #[test]
    fn a_task_is_listed_until_it_is_put_away() {
        let tasks = tasks();
        let handle = tasks.start(TaskKind::Load, "a.tar");
        let id = handle.id().to_owned();
        assert!(tasks.any_running());
        handle.finish(TaskResult::default());
        assert_eq!(tasks.get(&id).unwrap().state, TaskState::Done);
        assert!(!tasks.any_running());
        tasks.cancel(&id).unwrap();
        assert!(matches!(tasks.get(&id), Err(Error::NoSuchTask(_))));
    }

    #[test]
    fn cancelling_raises_the_flag_and_the_work_ends_as_cancelled() {
        let tasks = tasks();
        let handle = tasks.start(TaskKind::Save, "b.tar");
        tasks.cancel(handle.id()).unwrap();
        assert!(handle.cancel_flag().is_cancelled());
        let id = handle.id().to_owned();
        handle.fail(&Error::Cancelled);
        assert_eq!(tasks.get(&id).unwrap().state, TaskState::Cancelled);
    }

    #[test]
    fn a_dropped_handle_fails_its_task() {
        let tasks = tasks();
        let id = tasks.start(TaskKind::Commit, "web").id().to_owned();
        let task = tasks.get(&id).unwrap();
        assert_eq!(task.state, TaskState::Failed);
        assert!(task.failure.is_some());
    }

    #[test]
    fn only_the_last_finished_tasks_are_kept() {
        let tasks = tasks();
        for number in 0..KEPT_FINISHED + 10 {
            tasks
                .start(TaskKind::Load, number.to_string())
                .finish(TaskResult::default());
        }
        assert!(tasks.list().len() <= KEPT_FINISHED + 1);
    }
}
