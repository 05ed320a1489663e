//! The window itself as its content sees it: its buttons, its state, and files dropped on it.

use serde::{Deserialize, Serialize};

use crate::call::{call, subscribe};

/// Does what a button of the title bar does. Desktop only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WindowControl {
    pub action: WindowAction,
}
call!(WindowControl, "window_control", ());

/// A button of the title bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowAction {
    Minimize,
    /// Maximises, or goes back to the size before.
    ToggleMaximize,
    Close,
    /// Ends the desktop; containers go on.
    Quit,
}

/// Follows the window: first its state, then what changes. Desktop only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WatchWindow {}
subscribe!(WatchWindow, "watch_window", WindowItem);

/// A part of the stream. Paths that are not UTF-8 carry U+FFFD for what is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowItem {
    State(WindowState),
    /// Files are held over the window.
    DragOver {
        paths: Vec<String>,
    },
    /// They went away again.
    DragLeft,
    /// They were let go over the window.
    Dropped {
        paths: Vec<String>,
    },
    /// Files that the desktop was asked to open, by a second start or its own command line.
    Open {
        paths: Vec<String>,
    },
}

/// What the title bar has to know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowState {
    pub maximized: bool,
    pub focused: bool,
    /// The content draws the title bar; otherwise the desktop does.
    pub own_title_bar: bool,
}
