//! Files that were let go over the window, and those on their way into a container or a volume.

use gantry_view::{CopyFile, Failure, FilesOf, UploadFiles};
use leptos::{prelude::*, task::spawn_local};
use web_sys::File;

use super::{Outcome, Store};
use crate::backend::{self, Upload};

/// A folder of a container or a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    pub of: FilesOf,
    /// Without leading slash; empty is the root.
    pub dir: String,
}

impl Folder {
    pub fn shown(&self) -> String {
        format!("/{}", self.dir)
    }

    /// The path of something in it.
    pub fn path_of(&self, name: &str) -> String {
        if self.dir.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.dir)
        }
    }
}

/// A file that was let go over the window.
#[derive(Debug, Clone)]
pub enum Dropped {
    /// In the desktop.
    Path(String),
    /// In a browser.
    File(File),
}

impl Store {
    /// Files were let go over the window, with their paths.
    pub fn take_paths(self, paths: Vec<String>) {
        if let Some(take) = self.env_drop.get_untracked() {
            for path in paths {
                take.run(Dropped::Path(path));
            }
            return;
        }
        match self.drop_into.get_untracked() {
            Some(folder) => self.upload_paths(folder, paths),
            None => self.import_paths(paths),
        }
    }

    /// The same in a browser.
    pub fn take_files(self, files: Vec<File>) {
        if let Some(take) = self.env_drop.get_untracked() {
            for file in files {
                take.run(Dropped::File(file));
            }
            return;
        }
        match self.drop_into.get_untracked() {
            Some(folder) => self.upload_files(folder, files),
            None => self.import_files(files),
        }
    }

    /// Copies files and folders of this computer in.
    pub fn upload_paths(self, folder: Folder, paths: Vec<String>) {
        let count = paths.len();
        self.copy_in(folder, count, move |folder| async move {
            let request = UploadFiles {
                of: folder.of,
                dir: folder.dir,
                paths,
            };
            backend::call(&request).await
        });
    }

    /// Copies what a browser holds, one after the other.
    pub fn upload_files(self, folder: Folder, files: Vec<File>) {
        let count = files.len();
        self.copy_in(folder, count, move |folder| async move {
            for file in files {
                let path = folder.path_of(&file.name());
                backend::upload_into(&folder.of, &path, Upload(file)).await?;
            }
            Ok(())
        });
    }

    /// Copies a file, or a folder with all that is in it, from one place to another.
    pub fn copy_across(self, from: FilesOf, path: String, to: Folder) {
        self.copy_in(to, 1, move |folder| async move {
            let request = CopyFile {
                from,
                path,
                to: folder.of,
                dir: folder.dir,
            };
            backend::call(&request).await
        });
    }

    fn copy_in<W: Future<Output = Result<(), Failure>>>(
        self,
        folder: Folder,
        count: usize,
        work: impl FnOnce(Folder) -> W + 'static,
    ) {
        if count == 0 {
            return;
        }
        let words = self.text().files;
        let dir = folder.shown();
        self.report(Outcome::Busy, words.copying(count, &dir), None);
        spawn_local(async move {
            match work(folder).await {
                Ok(()) => self.report(Outcome::Done, words.copied(count, &dir), None),
                Err(failure) => self.tell_failure(words.not_copied().to_owned(), Some(&failure)),
            }
            // Some of it may be there, whatever became of the rest.
            self.uploads.update(|count| *count += 1);
        });
    }
}
