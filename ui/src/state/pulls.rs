//! Bringing images from registries and to them.

use std::collections::{HashMap, HashSet};

use gantry_view::{CancelTask, PullImage, PushImage, Task, TaskState};
use leptos::{prelude::*, task::spawn_local};

use super::{CommandLine, Outcome, Store};
use crate::backend;

/// Pulls that this window asked for, by their tasks.
#[derive(Clone, Copy)]
pub(super) struct Pulls {
    asked: StoredValue<HashMap<String, PullImage>>,
    paused: RwSignal<HashSet<String>>,
}

impl Pulls {
    pub(super) fn new() -> Self {
        Self {
            asked: StoredValue::new(HashMap::new()),
            paused: RwSignal::new(HashSet::new()),
        }
    }
}

impl Store {
    /// Pulls an image; `then` runs once it is here.
    pub fn pull(
        self,
        reference: String,
        platform: Option<String>,
        then: impl Fn() + Send + Sync + 'static,
    ) {
        let command = match &platform {
            Some(platform) => CommandLine::new(["pull", "--platform", platform, &reference]),
            None => CommandLine::new(["pull", &reference]),
        };
        spawn_local(async move {
            let text = self.text();
            let request = PullImage {
                reference: reference.clone(),
                platform,
            };
            match backend::call(&request).await {
                Ok(task) => {
                    self.pulls.asked.update_value(|asked| {
                        asked.insert(task.clone(), request);
                    });
                    let doing = text.shell.pulling(&reference);
                    self.report(Outcome::Busy, doing, Some(command));
                    self.when_task_ends(&task, move |task| {
                        if task.state == TaskState::Done {
                            then();
                        }
                    });
                }
                Err(failure) => self.tell_failure(text.find.not_pulled(&reference), Some(&failure)),
            }
        });
    }

    /// Pulls once more what a task did not bring, for the same platform.
    pub fn pull_again(self, task: &Task) {
        let asked = self.pulls.asked;
        let asked = asked.with_value(|asked| asked.get(&task.id).cloned());
        let platform = asked.and_then(|asked| asked.platform);
        self.pull(task.title.clone(), platform, || ());
    }

    /// The platform that a pull of this window was for, unless it was this computer's.
    pub fn platform_of(self, task: &str) -> Option<String> {
        let asked = self.pulls.asked;
        asked.with_value(|asked| asked.get(task)?.platform.clone())
    }

    /// Stops a pull. What came is kept, and the next pull of the same goes on from there.
    pub fn pause(self, task: String) {
        self.pulls.paused.update(|paused| {
            paused.insert(task.clone());
        });
        spawn_local(async move {
            let id = task.clone();
            if let Err(failure) = backend::call(&CancelTask { id }).await {
                self.pulls.paused.update(|paused| {
                    paused.remove(&task);
                });
                let not = self.text().find.not_paused().to_owned();
                self.tell_failure(not, Some(&failure));
            }
        });
    }

    pub fn is_paused(self, task: &str) -> bool {
        self.pulls.paused.with(|paused| paused.contains(task))
    }

    /// Pushes an image under a name that it has.
    pub fn push(self, reference: String) {
        let command = CommandLine::new(["push", &reference]);
        spawn_local(async move {
            let text = self.text();
            let request = PushImage {
                reference: reference.clone(),
            };
            match backend::call(&request).await {
                Ok(task) => {
                    let doing = text.shell.pushing(&reference);
                    self.report(Outcome::Busy, doing, Some(command));
                    self.when_task_ends(&task, |_| ());
                }
                Err(failure) => self.tell_failure(text.find.not_pushed(&reference), Some(&failure)),
            }
        });
    }
}
