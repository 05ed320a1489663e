//! The last events, for clients that ask what happened before they came.

use std::collections::VecDeque;
use std::sync::Arc;

use gantry_wire::EventMessage;

/// A bounded queue in the order of time.
#[derive(Debug)]
pub(super) struct History {
    kept: VecDeque<Arc<EventMessage>>,
    most: usize,
}

impl History {
    pub fn new(most: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            most,
        }
    }

    pub fn push(&mut self, message: Arc<EventMessage>) {
        if self.kept.len() == self.most {
            self.kept.pop_front();
        }
        self.kept.push_back(message);
    }

    /// Events from a time on, in nanoseconds since 1970.
    pub fn since(&self, time: i64) -> Vec<Arc<EventMessage>> {
        let first = self.kept.partition_point(|event| event.time_nano < time);
        self.kept.range(first..).cloned().collect()
    }
}
