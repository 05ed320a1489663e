//! Where the reader of each log is, while the log is not on the screen.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use leptos::prelude::*;

use super::sequence::Stream;

/// The place in one log, and how it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Stays at the end as lines come.
    pub following: bool,
    /// The line at the top of what is seen, and how many pixels of it are above that.
    pub line: u64,
    pub above: f64,
    pub stream: Stream,
    pub wrap: bool,
    pub timestamps: bool,
    pub query: String,
    /// The query is a regular expression.
    pub regex: bool,
    /// Lines up to this number were cleared from the view.
    pub cleared: u64,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            following: true,
            line: 0,
            above: 0.0,
            stream: Stream::All,
            wrap: false,
            timestamps: true,
            query: String::new(),
            regex: false,
            cleared: 0,
        }
    }
}

/// The places in all logs that were looked at, for as long as the window is open.
#[derive(Clone, Copy)]
pub struct Places(StoredValue<HashMap<String, Rc<RefCell<Place>>>, LocalStorage>);

impl Places {
    pub fn new() -> Self {
        Self(StoredValue::new_local(HashMap::new()))
    }

    /// The place in a container's log.
    pub fn of(self, id: &str) -> Rc<RefCell<Place>> {
        let place = self
            .0
            .try_update_value(|places| Rc::clone(places.entry(id.to_owned()).or_default()));
        place.unwrap_or_default()
    }
}
