//! Bringing image files in, from wherever they come.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use gantry_view::{CopyImages, Failure, ImportImages, ImportWelcome, PickFiles};
use leptos::{prelude::*, task::spawn_local};
use web_sys::File;

use super::{Outcome, Route, Store};
use crate::backend::{self, Upload};

/// Files that are sent at the same time: a browser has six connections to one address, and the
/// window needs some of them itself.
const UPLOADS: usize = 3;

impl Store {
    /// Imports files that lie on this computer, and shows how far they are.
    pub fn import_paths(self, paths: Vec<String>) {
        if paths.is_empty() {
            return;
        }
        self.go(Route::Transfers);
        self.import_failure.set(None);
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
        self.import_failure.set(None);
        let waiting = Rc::new(RefCell::new(VecDeque::from(files)));
        for _ in 0..UPLOADS {
            let waiting = Rc::clone(&waiting);
            spawn_local(async move {
                loop {
                    let next = waiting.borrow_mut().pop_front();
                    let Some(file) = next else { return };
                    self.upload(file).await;
                }
            });
        }
    }

    async fn upload(self, file: File) {
        let name = file.name();
        if let Err(failure) = backend::upload(Upload(file)).await
            && !self.is_told_by_a_task(&name, &failure)
        {
            self.import_failed(failure);
        }
    }

    /// Whether the import came as far as a task: that one's row carries the failure, also when the
    /// browser only saw that nobody read the rest of its file.
    fn is_told_by_a_task(self, name: &str, failure: &Failure) -> bool {
        let mut told = failure.code == "cancelled";
        self.tasks
            .for_each(|task| told |= task.title == name && task.failure.is_some());
        told
    }

    /// Copies images of another engine of this computer, and shows how far they are.
    pub fn copy_from(self, engine: &str, request: CopyImages) {
        self.go(Route::Transfers);
        self.import_failure.set(None);
        let copying = self.text().copy_from.copying(request.images.len(), engine);
        self.report(Outcome::Busy, copying, None);
        spawn_local(async move {
            if let Err(failure) = backend::call(&request).await {
                self.import_failed(failure);
            }
        });
    }

    /// Imports the image that comes with Gantry.
    pub fn import_welcome(self) {
        self.import_failure.set(None);
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

    /// The task never came to be, so there is no row to show this on: a card where imports are
    /// asked for says it.
    fn import_failed(self, failure: Failure) {
        let title = self.text().common.import_not_started().to_owned();
        self.report(Outcome::Failed, title, None);
        self.import_failure.set(Some(failure));
        let shown_here = self.route.with_untracked(|route| match route {
            Route::Transfers => true,
            Route::Containers { .. } => self.is_first_run(),
            Route::Images { .. }
            | Route::Find
            | Route::Volumes { .. }
            | Route::Networks { .. }
            | Route::SelfCheck
            | Route::Settings => false,
        });
        if !shown_here {
            self.go(Route::Transfers);
        }
    }

    /// Whether nothing is here yet, so that the page of containers offers to bring something in.
    fn is_first_run(self) -> bool {
        untrack(|| self.containers.is_empty() && self.images.is_empty())
    }
}
