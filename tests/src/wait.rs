//! Waiting for a condition instead of for a time.

use std::{
    thread,
    time::{Duration, Instant},
};

/// How long anything may take that normally takes a moment: the machine may be busy.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Asks until there is an answer; fails the test after [`PATIENCE`].
#[track_caller]
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {PATIENCE:?} for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
