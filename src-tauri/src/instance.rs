//! One desktop per data root: a second start brings the first window forward.

use std::{
    env,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    sync::Arc,
};

use tauri::{Wry, plugin::TauriPlugin};

use crate::{
    feed::{Feed, texts},
    window,
};

/// Without a session bus every start has a window of its own.
pub(crate) fn plugin(feed: Arc<Feed>) -> TauriPlugin<Wry> {
    feed.open(texts(files(
        env::args_os().skip(1).map(PathBuf::from),
        &env::current_dir().unwrap_or_default(),
    )));
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(bus_name(env::var_os("GANTRY_ROOT").map(PathBuf::from)))
        .callback(move |app, arguments, folder| {
            let paths = arguments.into_iter().skip(1).map(PathBuf::from);
            feed.open(texts(files(paths, Path::new(&folder))));
            window::present(app);
        })
        .build()
}

/// Files named on the command line, made absolute. What looks like a flag is not a file.
fn files(arguments: impl Iterator<Item = PathBuf>, folder: &Path) -> Vec<PathBuf> {
    arguments
        .filter(|argument| !argument.as_os_str().as_encoded_bytes().starts_with(b"-"))
        .map(|path| folder.join(path))
        .collect()
}

/// A name of the session bus for the data root.
fn bus_name(root: Option<PathBuf>) -> String {
    match root {
        None => "app.gantry.Gantry".to_owned(),
        Some(root) => {
            let mut hasher = DefaultHasher::new();
            root.hash(&mut hasher);
            format!("app.gantry.Gantry.r{:016x}", hasher.finish())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_from_the_folder_of_the_second_start() {
        let arguments = ["--flag", "a.tar", "/b.tar"].map(PathBuf::from);
        let found = files(arguments.into_iter(), Path::new("/home/me"));
        assert_eq!(found, ["/home/me/a.tar", "/b.tar"].map(PathBuf::from));
    }

    #[test]
    fn each_data_root_has_its_own_name() {
        let one = bus_name(Some("/one".into()));
        assert_ne!(one, bus_name(Some("/two".into())));
        assert_ne!(one, bus_name(None));
    }
}
