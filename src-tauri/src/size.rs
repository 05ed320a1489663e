//! The window's size from one start to the next.

use std::{env, fs, path::PathBuf};

use serde::{Deserialize, Serialize};

/// The smallest window in which everything has its place.
pub(crate) const MINIMUM: (f64, f64) = (900.0, 600.0);

/// In logical pixels, as it is when not maximised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct WindowSize {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) maximized: bool,
}

impl Default for WindowSize {
    fn default() -> Self {
        Self {
            width: 1280.0,
            height: 800.0,
            maximized: false,
        }
    }
}

impl WindowSize {
    /// The size of last time, or the default.
    pub(crate) fn read() -> Self {
        let bytes = file().and_then(|path| fs::read(path).ok());
        let size: Self = bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        size.checked()
    }

    /// Keeps the size; a window that forgets it is no reason to fail.
    pub(crate) fn write(self) {
        let Some(path) = file() else { return };
        let written = serde_json::to_vec(&self)
            .map_err(std::io::Error::from)
            .and_then(|json| gantry_desk::file::replace(&path, &json));
        if let Err(error) = written {
            tracing::warn!(path = %path.display(), %error, "the window's size was not kept");
        }
    }

    fn checked(self) -> Self {
        Self {
            width: self.width.clamp(MINIMUM.0, 16_384.0),
            height: self.height.clamp(MINIMUM.1, 16_384.0),
            ..self
        }
    }
}

/// `$XDG_STATE_HOME/gantry/window.json`.
fn file() -> Option<PathBuf> {
    let named = env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let folder = named.filter(|path| path.is_absolute()).or_else(|| {
        let home = PathBuf::from(env::var_os("HOME")?);
        Some(home.join(".local/state"))
    })?;
    Some(folder.join("gantry/window.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_never_falls_below_the_minimum() {
        let tiny = WindowSize {
            width: 1.0,
            height: f64::MAX,
            maximized: true,
        };
        let checked = tiny.checked();
        assert_eq!((checked.width, checked.maximized), (MINIMUM.0, true));
        assert!(checked.height < 20_000.0);
    }
}
