//! A container's log: written and indexed by its shim, read by anyone.
//!
//! A log is a directory of numbered files `log.0`, `log.1`, … (rotation only ever adds a higher
//! number and removes the lowest), each with a sparse index beside it (`index.0`, …). The shim is
//! the only writer. Readers need no lock and no help from the writer: they see whole entries or
//! nothing, so a reader can never slow a container.
//!
//! * An [`Entry`] is one row: a line without its newline, or a piece of at most
//!   [`MAX_ENTRY`] bytes of a longer line ([`Entry::partial`] says that no newline follows).
//!   Writing every entry's bytes, with a newline after those that are not partial, gives back
//!   exactly what the container wrote on that stream.
//! * Rows are numbered from 0 for the life of the container, over restarts and rotation.
//! * [`Reader::tail`], [`Reader::range`] and [`Reader::seek_since`] go through the index, so they
//!   cost what they show and not what the log holds.
//! * [`Reader::search`] looks at everything, record by record in place, and tells rows and finds as
//!   [`Run`]s, so that a find in every row of a long log is still a short answer.
//! * A torn tail (the writer was killed in the middle of a write) is ignored by readers and cut
//!   off by the next writer.
#![forbid(unsafe_code)]

mod entry;
mod error;
mod format;
mod plain;
mod reader;
mod search;
mod segment;
mod writer;

pub use entry::{Entry, MAX_ENTRY, Stream};
pub use error::{Error, Result};
pub use reader::{Extent, Reader};
pub use search::{Case, Pattern, PatternError, Query, Run, Searched};
pub use writer::{Rotation, Writer};
