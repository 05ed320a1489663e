//! Files as trees: of layers, of comparisons, of containers; and what can be done with those of a
//! container or a volume.

mod folders;
mod names;
mod place;
mod ticks;
mod tree;
mod upload;

pub use folders::{Source, file_name, parent};
pub use names::{ask_file, ask_folder, ask_rename};
pub use place::{Place, Question, ask_delete, save};
pub use ticks::Ticks;
pub use tree::{Chosen, FileTree, change_mark, row_height};
pub use upload::UploadButton;
