//! What the frame shows: a folder per page.

mod containers;
mod files;
mod find;
mod images;
mod networks;
mod self_check;
mod settings;
mod transfers;
mod volumes;

pub use containers::{ContainersPage, Drafts, Places, Terminals};
pub use find::FindPage;
pub use images::ImagesPage;
pub use self_check::SelfCheckPage;
pub use settings::SettingsPage;
pub use transfers::TransfersPage;
pub use volumes::VolumesPage;
