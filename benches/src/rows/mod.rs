//! What is measured, by subject.

mod idle;
mod images;
mod list;
mod logs;
mod network;
mod run;
mod start;
mod stats;
mod window;

use crate::{Effort, report::Report};

type Measure = fn(Effort, &mut Report);

/// Every subject by its name.
pub const ALL: [(&str, Measure); 9] = [
    ("start", start::measure),
    ("run", run::measure),
    ("images", images::measure),
    ("list", list::measure),
    ("idle", idle::measure),
    ("stats", stats::measure),
    ("logs", logs::measure),
    ("network", network::measure),
    ("window", window::measure),
];
