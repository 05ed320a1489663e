//! What is measured, by subject.

mod exec;
mod idle;
mod images;
mod list;
mod logs;
mod network;
mod registry;
mod run;
mod start;
mod stats;
mod window;

use crate::{Effort, report::Report};

type Measure = fn(Effort, &mut Report);

/// Every subject by its name.
pub const ALL: [(&str, Measure); 11] = [
    ("start", start::measure),
    ("run", run::measure),
    ("exec", exec::measure),
    ("images", images::measure),
    ("registry", registry::measure),
    ("list", list::measure),
    ("idle", idle::measure),
    ("stats", stats::measure),
    ("logs", logs::measure),
    ("network", network::measure),
    ("window", window::measure),
];
