//! Those who asked for a task and want to know how it ended.

use std::{collections::HashMap, sync::Arc};

use gantry_view::{Task, TaskState};
use leptos::prelude::*;

use super::Store;

/// Not leptos' own `Callback`: that one dies with the component that made it, and who asks is
/// often a dialog that closes at once.
type Then = Arc<dyn Fn(&Task) + Send + Sync>;

/// What to do when a task has ended, by its id.
#[derive(Clone, Copy)]
pub(super) struct Waiting(StoredValue<HashMap<String, Then>>);

impl Waiting {
    pub(super) fn new() -> Self {
        Self(StoredValue::new(HashMap::new()))
    }
}

impl Store {
    /// Runs `then` once when the task has ended, also when it has already.
    pub fn when_task_ends(self, id: &str, then: impl Fn(&Task) + Send + Sync + 'static) {
        match self.tasks.get_untracked(id) {
            Some(task) if task.state != TaskState::Running => then(&task),
            _ => self.waiting.0.update_value(|waiting| {
                waiting.insert(id.to_owned(), Arc::new(then));
            }),
        }
    }

    pub(super) fn tell_waiting(self, task: &Task) {
        if task.state == TaskState::Running {
            return;
        }
        let then = self
            .waiting
            .0
            .try_update_value(|waiting| waiting.remove(&task.id))
            .flatten();
        if let Some(then) = then {
            then(task);
        }
    }
}
