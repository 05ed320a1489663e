//! What surrounds the window: the desktop, its dialogs, and the settings.

use serde::{Deserialize, Serialize};

use crate::call::call;

/// Where the window runs and what it may ask of its surroundings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    pub kind: HostKind,
    pub version: String,
    /// BCP 47, from the desktop's language settings.
    pub locale: String,
    /// The desktop's home folder, shown as `~`.
    pub home: String,
    /// Whether the window draws its own title bar when the setting says `auto`.
    pub own_title_bar: bool,
    /// Window buttons as GNOME's `button-layout` names them: `appmenu:minimize,maximize,close`.
    pub button_layout: String,
}

/// What carries the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HostKind {
    /// The desktop app: native dialogs and drops with paths.
    Desktop,
    /// A browser: files are uploaded and downloaded.
    Browser,
}

/// Asks for [`Host`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetHost {}
call!(GetHost, "get_host", Host);

/// Lets the person choose files to import; empty when they changed their mind. Desktop only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PickFiles {
    pub title: String,
}
call!(PickFiles, "pick_files", Vec<String>);

/// Lets the person choose where to save; `None` when they changed their mind. Desktop only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PickSavePath {
    pub title: String,
    pub suggested: String,
}
call!(PickSavePath, "pick_save_path", Option<String>);

/// Opens a web address in the browser. Only `http` and `https`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenUrl {
    pub url: String,
}
call!(OpenUrl, "open_url", ());

/// Shows a file in the file manager. Desktop only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevealPath {
    pub path: String,
}
call!(RevealPath, "reveal_path", ());

/// What the person chose; kept by the native side in the config folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// `system`, `en` or `ko`.
    pub language: String,
    /// `comfortable` or `compact`.
    pub density: String,
    /// Percent of the interface size, 80 to 200.
    pub scale: u16,
    /// `auto`, `own` or `system`.
    pub decorations: String,
    /// `docker` or `gantry`: how equivalent commands are written.
    pub command_style: String,
    /// Per-view preferences (sort, columns, pane widths) as the window keeps them.
    pub views: std::collections::BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: "system".into(),
            language: "system".into(),
            density: "comfortable".into(),
            scale: 100,
            decorations: "auto".into(),
            command_style: "docker".into(),
            views: std::collections::BTreeMap::new(),
        }
    }
}

/// Reads the settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetSettings {}
call!(GetSettings, "get_settings", Settings);

/// Replaces the settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetSettings {
    pub settings: Settings,
}
call!(SetSettings, "set_settings", ());

/// Whether the engine starts at login, and with it the containers that are to run again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetLoginStart {}
call!(GetLoginStart, "get_login_start", LoginStart);

/// Has it start at login, or no longer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetLoginStart {
    pub on: bool,
}
call!(SetLoginStart, "set_login_start", LoginStart);

/// The reply to both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginStart {
    /// This computer has nothing that could do it.
    Unavailable,
    Off,
    On {
        /// It starts with the computer, before anybody logs in.
        lingers: bool,
    },
}
