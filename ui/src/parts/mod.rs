//! The parts of the design kit, one file each.
//!
//! A part takes signals and callbacks and knows nothing of the store. Its classes are those of the
//! kit; its state is told by ARIA and data attributes.

mod asking;
mod banner;
mod button;
mod checkbox;
mod clipboard;
mod command_line;
mod dialog;
mod digest;
mod drawer;
mod drawings;
mod empty;
mod error_card;
mod filter_field;
mod focus;
mod hinted_field;
mod icon;
mod icon_button;
mod layers;
mod logo;
mod menu;
mod pane_handle;
mod port_chip;
mod progress;
mod segmented;
mod split_button;
mod status;
mod tabs;
mod tag;
mod toast;
mod tooltip;
mod viewport;
mod virtual_rows;

pub use asking::{AskFailure, AskFooter, Asking, on_enter};
pub use banner::{Banner, BannerKind};
pub use button::{Button, ButtonKind, ButtonSize};
pub use checkbox::{Checkbox, Ticked};
pub use clipboard::{CopyButton, copy};
pub use command_line::CommandText;
pub use dialog::{Dialog, DialogLayer};
pub use digest::Digest;
pub use drawer::Drawer;
pub use empty::Empty;
pub use error_card::ErrorCard;
pub use filter_field::FilterField;
pub use focus::{focus_first, focusable};
pub use hinted_field::{HintedField, Tone};
pub use icon::{Icon, IconSize, Symbol};
pub use icon_button::IconButton;
pub use layers::{Layers, use_layers};
pub use logo::{Brand, CraneDrawing};
pub use menu::{Anchor, MenuButton, MenuEntry, MenuItem, MenuLayer};
pub use pane_handle::PaneHandle;
pub use port_chip::PortChip;
pub use progress::Progress;
pub use segmented::{Segment, Segmented};
pub use split_button::SplitButton;
pub use status::{Glyph, Status, StatusKind};
pub use tabs::{TabItem, Tabs};
pub use tag::{ImageName, Tag, split_reference};
pub use toast::ToastLayer;
pub use tooltip::{TipLayer, with_tip};
pub use viewport::use_viewport;
pub use virtual_rows::{Heights, VirtualRows};
