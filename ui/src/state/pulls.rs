//! Bringing images from registries and to them.

use gantry_view::{PullImage, PushImage, TaskState};
use leptos::task::spawn_local;

use super::{CommandLine, Outcome, Store};
use crate::backend;

impl Store {
    /// Pulls an image; `then` runs once it is here.
    pub fn pull(self, reference: String, then: impl Fn() + Send + Sync + 'static) {
        let command = CommandLine::new(["pull", &reference]);
        spawn_local(async move {
            let text = self.text();
            let request = PullImage {
                reference: reference.clone(),
                platform: None,
            };
            match backend::call(&request).await {
                Ok(task) => {
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
