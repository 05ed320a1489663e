//! What containers print: followed by line, and saved as a file.

mod save;
mod watch;

pub(crate) use save::{save, text};
pub(crate) use watch::watch;
