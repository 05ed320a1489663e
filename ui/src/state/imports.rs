//! Bringing image files in, from wherever they come.

use gantry_view::{Failure, ImportImages, ImportWelcome, PickFiles};
use leptos::task::spawn_local;
use web_sys::File;

use super::{Outcome, Route, Store, Toast, ToastKind};
use crate::backend::{self, Upload};

impl Store {
    /// Imports files that lie on this computer, and shows how far they are.
    pub fn import_paths(self, paths: Vec<String>) {
        if paths.is_empty() {
            return;
        }
        self.go(Route::Transfers);
        spawn_local(async move {
            if let Err(failure) = backend::call(&ImportImages { paths }).await {
                self.import_failed(failure);
            }
        });
    }

    /// Imports files that a browser holds.
    pub fn import_files(self, files: Vec<File>) {
        if files.is_empty() {
            return;
        }
        self.go(Route::Transfers);
        for file in files {
            spawn_local(async move {
                if let Err(failure) = backend::upload(Upload(file)).await {
                    self.import_failed(failure);
                }
            });
        }
    }

    /// Imports the image that comes with Gantry.
    pub fn import_welcome(self) {
        spawn_local(async move {
            if let Err(failure) = backend::call(&ImportWelcome {}).await {
                self.import_failed(failure);
            }
        });
    }

    /// Lets the person choose image files with the desktop's own dialog.
    pub fn pick_and_import(self) {
        spawn_local(async move {
            let title = self.text().common.choose_image_files().to_owned();
            match backend::call(&PickFiles { title }).await {
                Ok(paths) => self.import_paths(paths),
                Err(failure) => self.import_failed(failure),
            }
        });
    }

    /// The task never came to be, so there is no row to show this on.
    fn import_failed(self, failure: Failure) {
        let title = self.text().common.import_not_started().to_owned();
        self.report(Outcome::Failed, title.clone(), None);
        self.toasts
            .show(Toast::new(ToastKind::Bad, title).detail(failure.raw));
    }
}
