//! Files as trees: of layers, of comparisons, of containers.

mod folders;
mod ticks;
mod tree;

pub use folders::{Source, file_name, parent};
pub use ticks::Ticks;
pub use tree::{Chosen, FileTree, change_mark, row_height};
