//! What the person chose for the window, in one small file.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use gantry_view::{Failure, GetSettings, SetSettings, Settings};

use crate::{Desk, file};

/// `window.json` in the config folder, read once and replaced as a whole.
pub(crate) struct SettingsFile {
    path: PathBuf,
    kept: Mutex<Settings>,
}

impl SettingsFile {
    /// Reads the file. What is missing or cannot be read has its default.
    pub(crate) fn open(path: PathBuf) -> Self {
        let kept = Mutex::new(read(&path));
        Self { path, kept }
    }

    pub(crate) fn get(&self) -> Settings {
        self.lock().clone()
    }

    fn set(&self, settings: Settings) -> io::Result<()> {
        // The lock is held while writing so that the file ends with what was set last.
        let mut kept = self.lock();
        let json = serde_json::to_vec_pretty(&settings)?;
        file::replace(&self.path, &json)?;
        *kept = settings;
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Settings> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &Path) -> Settings {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Settings::default(),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "the settings cannot be read");
            return Settings::default();
        }
    };
    serde_json::from_slice(&bytes).unwrap_or_else(|error| {
        tracing::warn!(path = %path.display(), %error, "the settings are not valid");
        Settings::default()
    })
}

#[allow(clippy::unused_async)] // Every call is asynchronous.
pub(crate) async fn get(desk: &Desk, _: GetSettings) -> Result<Settings, Failure> {
    Ok(desk.settings())
}

pub(crate) async fn set(desk: &Desk, request: SetSettings) -> Result<(), Failure> {
    let settings = Arc::clone(desk.settings_file());
    let path = settings.path.clone();
    tokio::task::spawn_blocking(move || settings.set(checked(request.settings)))
        .await
        .map_err(io::Error::other)
        .flatten()
        .map_err(|error| file::failure("settings-not-saved", &path, &error))
}

/// Brings numbers into their range; unknown words are left to the window, which ignores them.
fn checked(mut settings: Settings) -> Settings {
    settings.scale = settings.scale.clamp(80, 200);
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("gantry/window.json");
        let file = SettingsFile::open(path.clone());
        assert_eq!(file.get(), Settings::default());
        let chosen = Settings {
            theme: "dark".into(),
            ..Settings::default()
        };
        file.set(chosen.clone()).expect("written");
        assert_eq!(SettingsFile::open(path).get(), chosen);
    }

    #[test]
    fn a_broken_file_and_missing_keys_have_defaults() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("window.json");
        std::fs::write(&path, "{").expect("written");
        assert_eq!(SettingsFile::open(path.clone()).get(), Settings::default());
        std::fs::write(&path, r#"{"language":"ko"}"#).expect("written");
        assert_eq!(SettingsFile::open(path).get().language, "ko");
    }

    #[test]
    fn the_scale_stays_readable() {
        let settings = Settings {
            scale: 5,
            ..Settings::default()
        };
        assert_eq!(checked(settings).scale, 80);
    }
}
