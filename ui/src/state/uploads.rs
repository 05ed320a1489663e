//! Files that were let go over the window, and those on their way into a container or a volume.

use gantry_view::{CopyFile, FilesOf, UploadFiles};
use leptos::prelude::*;
use web_sys::File;

use super::Store;
use crate::backend::Uploaded;

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

/// A dialog that takes files which are let go over the window.
#[derive(Clone)]
pub struct DialogDrop {
    /// What letting go would do.
    pub label: String,
    pub take: Callback<Dropped>,
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
        if self.covered.get_untracked() {
            return self.drop_on_dialog(paths.into_iter().map(Dropped::Path));
        }
        match self.drop_into.get_untracked() {
            Some(folder) => self.upload_paths(folder, paths),
            None => self.import_paths(paths),
        }
    }

    /// What is let go over a dialog is for it, and never for the page behind it.
    fn drop_on_dialog(self, dropped: impl Iterator<Item = Dropped>) {
        if let Some(dialog) = self.dialog_drop.get_untracked() {
            dropped.for_each(|dropped| dialog.take.run(dropped));
        }
    }

    /// The same in a browser.
    pub fn take_files(self, files: Vec<File>) {
        if self.covered.get_untracked() {
            return self.drop_on_dialog(files.into_iter().map(Dropped::File));
        }
        match self.drop_into.get_untracked() {
            Some(folder) => self.upload_files(folder, files),
            None => self.import_files(files),
        }
    }

    /// Copies files and folders of this computer in.
    pub fn upload_paths(self, folder: Folder, paths: Vec<String>) {
        let (count, shown) = (paths.len(), folder.shown());
        if count > 0 {
            let request = UploadFiles {
                of: folder.of,
                dir: folder.dir,
                paths,
            };
            self.follow_copy(request, count, shown);
        }
    }

    /// Copies what a browser holds, one after the other.
    pub fn upload_files(self, folder: Folder, files: Vec<File>) {
        if files.is_empty() {
            return;
        }
        let uploads = files.into_iter().map(|file| Uploaded {
            of: folder.of.clone(),
            path: folder.path_of(&file.name()),
            file,
        });
        self.send_copy(uploads.collect(), folder.shown());
    }

    /// Copies a file, or a folder with all that is in it, from one place to another.
    pub fn copy_across(self, from: FilesOf, path: String, to: Folder) {
        let shown = to.shown();
        let request = CopyFile {
            from,
            path,
            to: to.of,
            dir: to.dir,
        };
        self.follow_copy(request, 1, shown);
    }
}
