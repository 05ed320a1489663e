//! Taking images home as a file.

use leptos::prelude::*;

use super::{Route, Store};

impl Store {
    /// Opens the export drawer with these images, by name or id.
    pub fn export_images(self, references: Vec<String>) {
        self.export.set(Some(references));
        self.go(Route::Transfers);
    }
}
