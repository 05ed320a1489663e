//! Times as the window counts them.

use gantry_wire::{NEVER, Timestamp};

/// Milliseconds since the Unix epoch; `None` for Docker's "never".
pub(crate) fn millis(time: Timestamp) -> Option<i64> {
    (time != NEVER).then(|| time.as_millisecond())
}
