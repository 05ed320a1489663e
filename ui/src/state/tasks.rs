//! Work that has ended: told in the status bar, and in a toast where it cannot be seen otherwise.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use gantry_view::{Task, TaskKind, TaskState};
use leptos::prelude::*;

use super::{CommandLine, Outcome, Route, Store, Toast, ToastAction, ToastKind};

/// Not leptos' own `Callback`: that one dies with the component that made it, and who asks is
/// often a dialog that closes at once.
type Then = Arc<dyn Fn(&Task) + Send + Sync>;

/// Who waits for the end of tasks, by their ids.
#[derive(Clone, Copy)]
pub(super) struct Waiting {
    then: StoredValue<HashMap<String, Then>>,
    /// Tasks whose end was told.
    told: StoredValue<HashSet<String>>,
}

impl Waiting {
    pub(super) fn new() -> Self {
        Self {
            then: StoredValue::new(HashMap::new()),
            told: StoredValue::new(HashSet::new()),
        }
    }
}

impl Store {
    /// Runs `then` once when the task has ended, also when it has already.
    pub fn when_task_ends(self, id: &str, then: impl Fn(&Task) + Send + Sync + 'static) {
        match self.tasks.get_untracked(id) {
            Some(task) if task.state != TaskState::Running => {
                then(&task);
                // It ended before anybody waited for it, and the status bar still says that it runs.
                let busy = self.activity.with_untracked(|activity| {
                    let outcome = activity.as_ref().map(|activity| activity.outcome);
                    outcome == Some(Outcome::Busy)
                });
                if busy && self.waiting.told.with_value(|told| told.contains(id)) {
                    self.report_ended(&task);
                } else if busy {
                    self.tell_ended(&task);
                }
            }
            _ => self.waiting.then.update_value(|waiting| {
                waiting.insert(id.to_owned(), Arc::new(then));
            }),
        }
    }

    /// Takes in what the engine says of a task.
    pub(super) fn put_task(self, task: Task) {
        let was_running = self
            .tasks
            .get_untracked(&task.id)
            .is_some_and(|known| known.state == TaskState::Running);
        self.tasks.put(task.clone());
        if task.state == TaskState::Running {
            return;
        }
        let then = self
            .waiting
            .then
            .try_update_value(|waiting| waiting.remove(&task.id))
            .flatten();
        if let Some(then) = &then {
            then(&task);
        }
        // What ended before this window knew of it is history.
        if was_running || then.is_some() {
            self.tell_ended(&task);
        }
    }

    /// In the status bar.
    fn report_ended(self, task: &Task) {
        let words = self.text().transfers;
        match task.state {
            TaskState::Done => {
                let title = words.ended_well(task, self.text());
                self.report(Outcome::Done, title, command(task));
            }
            TaskState::Failed => self.report(Outcome::Failed, words.ended_badly(task), None),
            // Whoever stopped it sees that: only the words that it runs have to go.
            TaskState::Cancelled => self.report(Outcome::Done, words.ended_early(task), None),
            TaskState::Running => {}
        }
    }

    /// There, and in a toast.
    fn tell_ended(self, task: &Task) {
        let words = self.text().transfers;
        self.waiting.told.update_value(|told| {
            told.insert(task.id.clone());
        });
        self.report_ended(task);
        match task.state {
            TaskState::Done => self.show_result(task, words.ended_well(task, self.text())),
            TaskState::Failed => {
                if !self.sees_tasks() && task.kind != TaskKind::Commit {
                    let why = task
                        .failure
                        .as_ref()
                        .map(|failure| self.text().failures.sentence(failure));
                    let action = ToastAction {
                        label: words.details().to_owned(),
                        run: Callback::new(move |()| self.go(Route::Transfers)),
                    };
                    self.toasts.show(
                        Toast::new(ToastKind::Bad, words.ended_badly(task))
                            .detail(why.unwrap_or_default())
                            .action(action),
                    );
                }
            }
            TaskState::Cancelled | TaskState::Running => {}
        }
    }

    /// A toast with the way to the image, unless the row that says the same is in sight.
    fn show_result(self, task: &Task, title: String) {
        if self.sees_tasks() && task.kind != TaskKind::Commit {
            return;
        }
        let mut toast = Toast::new(ToastKind::Ok, title);
        let image = task
            .images
            .first()
            .filter(|_| task.kind != TaskKind::Export);
        if let Some(id) = image.map(|image| image.id.clone()) {
            toast = toast.action(ToastAction {
                label: self.text().transfers.show_image().to_owned(),
                run: Callback::new(move |()| self.go(Route::image(&id))),
            });
        }
        self.toasts.show(toast);
    }

    fn sees_tasks(self) -> bool {
        self.route
            .with_untracked(|route| matches!(route, Route::Transfers | Route::Find))
    }
}

/// The command that would have done the same.
fn command(task: &Task) -> Option<CommandLine> {
    let is_file = task.path.starts_with('/');
    match task.kind {
        TaskKind::Import if is_file => Some(CommandLine::new(["load", "-i", task.path.as_str()])),
        TaskKind::Pull => Some(CommandLine::new(["pull", task.title.as_str()])),
        TaskKind::Push => Some(CommandLine::new(["push", task.title.as_str()])),
        _ => None,
    }
}
