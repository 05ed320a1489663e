//! Taking images home as a file, and the paths that files lie at.

use leptos::prelude::*;

use super::{Route, Store};

impl Store {
    /// A path as the engine takes it: `~` is the home folder of whoever sits here.
    pub fn expand_home(self, path: &str) -> String {
        let home = self.host.with_untracked(|host| host.home.clone());
        match path.strip_prefix('~') {
            Some(rest) if !home.is_empty() && (rest.is_empty() || rest.starts_with('/')) => {
                format!("{home}{rest}")
            }
            _ => path.to_owned(),
        }
    }

    /// Opens the export drawer with these images, by name or id.
    pub fn export_images(self, references: Vec<String>) {
        self.export.set(Some(references));
        self.go(Route::Transfers);
    }
}
