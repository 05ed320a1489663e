//! What both transports share of a stream: its frames, its end, and the handle that keeps it open.

use gantry_view::Failure;
use serde::de::DeserializeOwned;

use super::broken;

/// Why a stream ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The other side had no more to say.
    Finished,
    /// The connection went away; opening the subscription again may help.
    Lost,
    Failed(Failure),
}

/// Whether a stream goes on after a frame.
pub(super) enum Step {
    GoOn,
    End(Ending),
}

/// Reads one frame: an array of items, or the failure that ended the stream.
pub(super) fn read_frame<T: DeserializeOwned>(
    name: &str,
    frame: &[u8],
    on_items: &mut impl FnMut(Vec<T>),
) -> Step {
    if frame.first() == Some(&b'{') {
        return Step::End(Ending::Failed(super::failure_from(frame)));
    }
    match serde_json::from_slice(frame) {
        Ok(items) => {
            on_items(items);
            Step::GoOn
        }
        Err(error) => Step::End(Ending::Failed(broken(name, &error))),
    }
}

/// Keeps a stream open; dropping it ends the stream.
#[must_use = "a subscription ends when it is dropped"]
pub struct Subscription(Option<Box<dyn FnOnce()>>);

impl Subscription {
    pub(super) fn new(close: impl FnOnce() + 'static) -> Self {
        Self(Some(Box::new(close)))
    }

    /// One that has already ended.
    pub(super) fn ended() -> Self {
        Self(None)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(close) = self.0.take() {
            close();
        }
    }
}
