//! What the frame shows: a folder per page.

mod containers;
mod images;
mod networks;
mod settings;
mod transfers;
mod volumes;

pub use containers::{ContainersPage, Places};
pub use images::ImagesPage;
pub use settings::SettingsPage;
pub use transfers::TransfersPage;
pub use volumes::VolumesPage;
