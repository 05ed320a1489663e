//! Docker's container states and every way from one to another.

use gantry_runtime::ProcessIdentity;
use gantry_shim::Health;
use gantry_wire::gantry::Ending;
use gantry_wire::{ContainerState, NEVER, Timestamp};
use serde::{Deserialize, Serialize};

use super::ending::Wish;
use crate::{Error, Result};

/// What can happen to a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Its first process was executed.
    Started,
    /// Its processes stand still.
    Paused,
    /// They go on.
    Resumed,
    /// Its first process ended.
    Exited,
    /// It ended, now or under an earlier engine, and will be started again.
    WillRestart,
    /// Its removal began.
    Removing,
    /// Its removal did not succeed; what is left of it can only be removed again.
    RemovalFailed,
}

/// The state after a step; the one place that knows which steps there are.
pub(crate) fn after(state: ContainerState, step: Step) -> Option<ContainerState> {
    use ContainerState::{Created, Dead, Exited, Paused, Removing, Restarting, Running};
    match (state, step) {
        (Created | Exited | Restarting, Step::Started) | (Paused, Step::Resumed) => Some(Running),
        (Running, Step::Paused) => Some(Paused),
        (Running | Paused | Restarting, Step::Exited) => Some(Exited),
        (Running | Paused | Restarting | Exited, Step::WillRestart) => Some(Restarting),
        (Created | Exited | Dead | Restarting, Step::Removing) => Some(Removing),
        (Removing, Step::RemovalFailed) => Some(Dead),
        _ => None,
    }
}

/// Where a container stands; saved with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) status: ContainerState,
    /// Its first process, while it runs.
    pub(crate) process: Option<ProcessIdentity>,
    pub(crate) started_at: Timestamp,
    pub(crate) finished_at: Timestamp,
    pub(crate) exit_code: i32,
    /// The signal that ended the first process.
    pub(crate) signal: Option<i32>,
    pub(crate) oom_killed: bool,
    /// Its supervisor was killed, so the exit code is not known.
    pub(crate) lost: bool,
    /// Why the last start failed.
    pub(crate) error: String,
    /// How often its restart policy started it again since the last start by a user.
    pub(crate) restarts: u64,
    /// How often it ended; tells one end from the next.
    pub(crate) ends: u64,
    /// A user stopped it, so its restart policy does not apply.
    pub(crate) stopped_by_user: bool,
    /// What somebody asked for that ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) asked: Option<Wish>,
    /// Why it ended last, or did not start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ending: Option<Ending>,
    /// What the checks of its last run found, where it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) health: Option<Health>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            status: ContainerState::Created,
            process: None,
            started_at: NEVER,
            finished_at: NEVER,
            exit_code: 0,
            signal: None,
            oom_killed: false,
            lost: false,
            error: String::new(),
            restarts: 0,
            ends: 0,
            stopped_by_user: false,
            asked: None,
            ending: None,
            health: None,
        }
    }
}

impl State {
    /// Takes the step, or says which one was refused.
    pub(crate) fn step(&mut self, step: Step) -> Result<()> {
        let Some(next) = after(self.status, step) else {
            return Err(Error::Internal(format!(
                "a {} container cannot take {step:?}",
                self.status
            )));
        };
        self.status = next;
        Ok(())
    }

    /// Whether its first process lives.
    pub(crate) fn is_up(&self) -> bool {
        matches!(
            self.status,
            ContainerState::Running | ContainerState::Paused
        )
    }

    /// What Docker calls running: restarting too.
    pub(crate) fn is_running(&self) -> bool {
        self.is_up() || self.status == ContainerState::Restarting
    }
}

#[cfg(test)]
mod tests {
    use ContainerState::{Created, Dead, Exited, Paused, Removing, Restarting, Running};

    use super::*;

    #[test]
    fn a_whole_life() {
        let mut state = State::default();
        for (step, expected) in [
            (Step::Started, Running),
            (Step::Paused, Paused),
            (Step::Resumed, Running),
            (Step::WillRestart, Restarting),
            (Step::Started, Running),
            (Step::Exited, Exited),
            (Step::Removing, Removing),
            (Step::RemovalFailed, Dead),
            (Step::Removing, Removing),
        ] {
            state.step(step).unwrap();
            assert_eq!(state.status, expected);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (state, step) in [
            (Created, Step::Paused),
            (Created, Step::Exited),
            (Running, Step::Started),
            (Running, Step::Removing),
            (Paused, Step::Removing),
            (Dead, Step::Started),
            (Removing, Step::Started),
        ] {
            assert_eq!(after(state, step), None, "{state} {step:?}");
        }
    }

    #[test]
    fn a_removed_container_never_comes_back() {
        for step in [
            Step::Started,
            Step::Resumed,
            Step::WillRestart,
            Step::Exited,
        ] {
            assert_eq!(after(Removing, step), None);
            assert_eq!(after(Dead, step), None);
        }
    }
}
