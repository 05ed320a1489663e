//! The index of a layer: what its tar said about every path, one block per directory.
//!
//! It is written while the layer is unpacked and answers, without touching the files, what a layer
//! contains, what a stack of layers shows at a path ([`Chain`]), and what a container changed. It
//! also keeps what this process could not create: devices and foreign ids in a user namespace.
//!
//! File: blocks of entries (sorted by name, one block per directory), then the table of directories
//! (sorted by path), then a footer of fixed size. Numbers are LEB128.

mod block;
mod builder;
mod chain;
mod codec;
mod entry;
mod reader;
mod walk;

pub(crate) use builder::{DirId, IndexBuilder, Totals};
pub use chain::Chain;
pub use entry::{Entry, EntryKind, Time};
pub use reader::LayerIndex;
pub(crate) use walk::join;
pub use walk::{Folder, Merged, Walk};
