//! Restart policies: `on-failure[:N]`, `always`, `unless-stopped`.

use std::time::Duration;

use gantry_wire::ContainerState;
use tokio::time::Instant;

use super::Owner;
use super::starting::Starter;
use crate::host::ClientGuard;

/// The time before the next start: doubled with each quick end, up to a minute, as in Docker.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    last: Option<Duration>,
}

/// A start that is due later.
pub(super) struct NextStart {
    pub(super) at: Instant,
    /// Keeps the engine up until then: nobody else would start it.
    _up: ClientGuard,
}

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_mins(1);
/// A container that ran this long is well; its next end starts over.
const WELL_SECONDS: i64 = 10;

impl Backoff {
    pub(super) fn reset(&mut self) {
        self.last = None;
    }

    fn next(&mut self, ran_seconds: i64) -> Duration {
        let next = match self.last {
            Some(last) if ran_seconds < WELL_SECONDS => (last * 2).min(LONGEST),
            _ => FIRST,
        };
        self.last = Some(next);
        next
    }
}

impl Owner {
    /// Whether the policy starts the container again after this end.
    pub(super) fn policy_restarts(&self, code: i32) -> bool {
        let view = self.now();
        let policy = &view.definition.host_config.restart_policy;
        !view.state.stopped_by_user
            && wants_restart(
                &policy.name,
                policy.maximum_retry_count,
                code,
                view.state.restarts,
            )
    }

    pub(super) fn start_later(&mut self, ran_seconds: i64) {
        let wait = self.backoff.next(ran_seconds);
        self.start_after(wait);
    }

    /// Until then it is restarting, in Docker's words; whatever takes it out of that state gives
    /// the start up.
    pub(super) fn start_after(&mut self, wait: Duration) {
        self.next_start = Some(NextStart {
            at: Instant::now() + wait,
            _up: self.core.idle.hold(),
        });
    }

    pub(super) async fn start_again(&mut self) {
        self.next_start = None;
        if self.now().state.status != ContainerState::Restarting {
            return;
        }
        self.change(|view| view.state.restarts += 1);
        self.begin(vec![Starter::Policy]).await;
    }
}

fn wants_restart(policy: &str, most: i64, code: i32, restarts: u64) -> bool {
    match policy {
        "always" | "unless-stopped" => true,
        "on-failure" => code != 0 && (most == 0 || restarts < most.unsigned_abs()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_decide_by_exit_code_and_count() {
        assert!(wants_restart("always", 0, 0, 99));
        assert!(wants_restart("on-failure", 0, 1, 99));
        assert!(wants_restart("on-failure", 3, 1, 2));
        assert!(!wants_restart("on-failure", 3, 1, 3));
        assert!(!wants_restart("on-failure", 0, 0, 0));
        assert!(!wants_restart("no", 0, 1, 0));
        assert!(!wants_restart("", 0, 1, 0));
    }

    #[test]
    fn quick_ends_wait_longer_and_a_long_run_starts_over() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..12).map(|_| backoff.next(0).as_millis()).collect();
        assert_eq!(waits[..4], [100, 200, 400, 800]);
        assert_eq!(waits[11], 60_000);
        assert_eq!(backoff.next(11), FIRST);
    }
}
