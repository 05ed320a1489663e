//! What was asked of a container and is not answered yet, and what went wrong last time.

use std::collections::HashMap;

use gantry_view::{Container, ContainerState, Failure};
use leptos::prelude::*;

/// Something a person asks of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    Start,
    Stop,
    Restart,
    Pause,
    Resume,
    Kill,
    Remove,
}

impl Verb {
    /// Whether it makes sense in this state.
    pub fn fits(self, state: ContainerState) -> bool {
        match self {
            Self::Start => matches!(
                state,
                ContainerState::Created | ContainerState::Exited | ContainerState::Dead
            ),
            Self::Stop | Self::Kill => state.is_up(),
            Self::Restart => state.is_up() && state != ContainerState::Paused,
            Self::Pause => state == ContainerState::Running,
            Self::Resume => state == ContainerState::Paused,
            Self::Remove => state != ContainerState::Removing,
        }
    }

    /// Whether the engine's word shows that it came true, given how things were before.
    fn is_done(self, before: &Container, now: &Container) -> bool {
        match self {
            Self::Start | Self::Restart => {
                now.started_at != before.started_at || now.finished_at != before.finished_at
            }
            Self::Stop | Self::Kill => !now.state.is_up(),
            Self::Pause => now.state == ContainerState::Paused || !now.state.is_up(),
            Self::Resume => now.state != ContainerState::Paused,
            Self::Remove => false,
        }
    }
}

/// What is going on with one container.
#[derive(Clone)]
pub struct Work {
    pub verb: ArcRwSignal<Option<Verb>>,
    /// Why the last thing asked of it did not happen.
    pub failure: ArcRwSignal<Option<(Verb, Failure)>>,
    before: ArcStoredValue<Option<Container>>,
}

impl Work {
    fn new() -> Self {
        Self {
            verb: ArcRwSignal::new(None),
            failure: ArcRwSignal::new(None),
            before: ArcStoredValue::new(None),
        }
    }

    pub(super) fn begin(&self, verb: Verb, before: Option<Container>) {
        self.failure.set(None);
        self.before.set_value(before);
        self.verb.set(Some(verb));
    }

    pub(super) fn fail(&self, verb: Verb, failure: Failure) {
        self.verb.set(None);
        self.failure.set(Some((verb, failure)));
    }

    /// Whether the verb still waits to be seen in the container's state.
    pub(super) fn awaits(&self, verb: Verb, now: &Container) -> bool {
        self.verb.get_untracked() == Some(verb)
            && self.before.with_value(|before| {
                before
                    .as_ref()
                    .is_some_and(|before| !verb.is_done(before, now))
            })
    }
}

/// The work on all containers, by id.
#[derive(Clone, Copy)]
pub struct Verbs(StoredValue<HashMap<String, Work>>);

impl Verbs {
    pub(super) fn new() -> Self {
        Self(StoredValue::new(HashMap::new()))
    }

    /// What is going on with this container; nothing, if nothing was asked yet.
    pub fn of(self, id: &str) -> Work {
        self.0
            .try_update_value(|works| works.entry(id.to_owned()).or_insert_with(Work::new).clone())
            .unwrap_or_else(Work::new)
    }

    pub(super) fn forget(self, id: &str) {
        self.0.update_value(|works| {
            works.remove(id);
        });
    }
}
