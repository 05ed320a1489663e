//! Verbs on containers: asked for at once, shown as verbs, settled by the engine's word.

use std::time::Duration;

use gantry_view::{
    Container, Failure, KillContainer, PauseContainer, RenameContainer, RestartContainer,
    ResumeContainer, StartContainer, StopContainer,
};
use leptos::{prelude::*, task::spawn_local};

use super::{CommandLine, Outcome, Store, Verb};
use crate::{backend, i18n::Clock};

/// An answered verb is shown no longer than this if its event never comes.
const SETTLES_WITHIN: Duration = Duration::from_secs(2);

impl Store {
    /// Does one thing to one container. Removing goes through [`Store::remove_containers`].
    pub fn act(self, id: &str, verb: Verb) {
        self.run_verb(id, verb, None);
    }

    /// Sends a signal by name.
    pub fn signal(self, id: &str, signal: &str) {
        self.run_verb(id, Verb::Kill, Some(signal.to_owned()));
    }

    /// Does it to every container of the list that it fits.
    pub fn act_on_all(self, ids: &[String], verb: Verb) {
        for id in ids {
            let fits = self
                .containers
                .get_untracked(id)
                .is_some_and(|container| verb.fits(container.state));
            if fits {
                self.act(id, verb);
            }
        }
    }

    /// Gives a container another name.
    pub async fn rename(self, id: String, name: String) -> Result<(), Failure> {
        let old = self.name_of(&id);
        backend::call(&RenameContainer {
            id,
            name: name.clone(),
        })
        .await?;
        let command = CommandLine::new(["rename", old.as_str(), name.as_str()]);
        let text = self.text().verbs.renamed(&old, &name);
        self.report(Outcome::Done, text, Some(command));
        Ok(())
    }

    /// The container's name, or the id of one that has gone.
    pub fn name_of(self, id: &str) -> String {
        self.containers
            .get_untracked(id)
            .map_or_else(|| id.chars().take(12).collect(), |container| container.name)
    }

    fn run_verb(self, id: &str, verb: Verb, signal: Option<String>) {
        let work = self.verbs.of(id);
        if work.verb.get_untracked().is_some() && verb != Verb::Kill {
            return;
        }
        let before = self.containers.get_untracked(id);
        let (id, name) = (id.to_owned(), self.name_of(id));
        let command = command(verb, &name, signal.as_deref());
        work.begin(verb, before);
        let text = self.text().verbs;
        self.report(
            Outcome::Busy,
            text.doing(verb, &name),
            Some(command.clone()),
        );
        let begun = Clock::now();
        spawn_local(async move {
            let answer = send(&id, verb, signal).await;
            let text = self.text();
            match answer {
                Ok(()) => {
                    let took = text.took(Clock::now() - begun);
                    let done = text.verbs.done(verb, &name, &took);
                    self.report(Outcome::Done, done, Some(command));
                    self.settle_soon(id, verb);
                }
                Err(failure) => {
                    let what = text.verbs.failed(verb, &name);
                    self.report(Outcome::Failed, what, Some(command));
                    work.fail(verb, failure);
                }
            }
        });
    }

    /// Takes a container's verb back once its new state shows what was asked for.
    pub(super) fn settle(self, now: &Container) {
        let work = self.verbs.of(&now.id);
        let Some(verb) = work.verb.get_untracked() else {
            return;
        };
        // A restart is seen stopped before it is seen started; its answer ends it.
        if verb != Verb::Restart && !work.awaits(verb, now) && verb != Verb::Remove {
            work.verb.set(None);
        }
    }

    /// The engine has answered; its event is here or about to come.
    fn settle_soon(self, id: String, verb: Verb) {
        let work = self.verbs.of(&id);
        let seen = self
            .containers
            .get_untracked(&id)
            .is_none_or(|now| !work.awaits(verb, &now));
        if seen {
            work.verb.set(None);
        } else {
            set_timeout(
                move || {
                    if work.verb.get_untracked() == Some(verb) {
                        work.verb.set(None);
                    }
                },
                SETTLES_WITHIN,
            );
        }
    }
}

async fn send(id: &str, verb: Verb, signal: Option<String>) -> Result<(), Failure> {
    let id = id.to_owned();
    let grace_seconds = None;
    match verb {
        Verb::Start => backend::call(&StartContainer { id }).await,
        Verb::Stop => backend::call(&StopContainer { id, grace_seconds }).await,
        Verb::Restart => backend::call(&RestartContainer { id, grace_seconds }).await,
        Verb::Pause => backend::call(&PauseContainer { id }).await,
        Verb::Resume => backend::call(&ResumeContainer { id }).await,
        Verb::Kill => backend::call(&KillContainer { id, signal }).await,
        Verb::Remove => Ok(()),
    }
}

fn command(verb: Verb, name: &str, signal: Option<&str>) -> CommandLine {
    let word = match verb {
        Verb::Start => "start",
        Verb::Stop => "stop",
        Verb::Restart => "restart",
        Verb::Pause => "pause",
        Verb::Resume => "unpause",
        Verb::Kill => "kill",
        Verb::Remove => "rm",
    };
    match signal {
        Some(signal) => CommandLine::new([word, "--signal", signal, name]),
        None => CommandLine::new([word, name]),
    }
}
