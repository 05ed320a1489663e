//! Saving as an OCI layout folder.

use std::fs;
use std::path::Path;

use super::documents;
use super::selection::Selection;
use crate::{CancelFlag, Error, Progress, ProgressEvent, Result, Store, Target};

impl Store {
    /// Writes images as an OCI layout folder, which is created and must not exist or be empty.
    ///
    /// Blobs are copied by the kernel, on file systems that can without copying. After an error the
    /// folder holds no `index.json`, so no reader takes it for complete.
    pub fn save_layout(
        &self,
        images: &[Target],
        folder: &Path,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<()> {
        let selection = Selection::new(self, images)?;
        let blobs = folder.join("blobs/sha256");
        fs::create_dir_all(&blobs).map_err(|source| Error::io("creating", &blobs, source))?;
        if folder.join("index.json").exists() {
            let source = std::io::ErrorKind::AlreadyExists.into();
            return Err(Error::Io {
                doing: "writing an image into",
                path: folder.to_owned(),
                source,
            });
        }
        let total = selection.blobs().map(|(_, size)| size).sum();
        let mut written = 0;
        for (digest, size) in selection.blobs() {
            cancel.check()?;
            let target = blobs.join(digest.to_hex());
            // `copy` is copy_file_range, which shares extents where the file system can.
            fs::copy(self.blob_path(&digest), &target)
                .map_err(|source| Error::io("writing", &target, source))?;
            written += size;
            progress.report(ProgressEvent::Written {
                bytes: written,
                total: Some(total),
            });
        }
        let mut documents = documents::all(&selection, false)?;
        // The index comes last: it makes the folder a layout with images.
        documents.sort_by_key(|(path, _)| *path == "index.json");
        for (path, content) in documents {
            let target = folder.join(path);
            fs::write(&target, content).map_err(|source| Error::io("writing", &target, source))?;
        }
        Ok(())
    }
}
