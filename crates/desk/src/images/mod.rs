//! Images: the row, the detail with its steps, the layers' contents, names and removal.

mod detail;
mod entries;
mod instruction;
mod names;
mod row;
mod steps;

pub(crate) use detail::inspect;
pub(crate) use entries::{compare, content, entries, page, save_file, search, waste};
pub(crate) use names::{remove, tag};
pub(crate) use row::{platform, row};
