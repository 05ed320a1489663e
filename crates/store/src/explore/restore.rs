//! An image's own file, put back into a root.

use std::fs::File;
use std::thread;

use gantry_oci::DiffId;

use super::Explorer;
use crate::{CancelFlag, Error, Extraction, FilesRoot, Replace, Result, Store, TakeOwner};

impl Store {
    /// Puts the file (or link) that a stack of layers, given lowest first, shows at `path` into a
    /// root at the same path, with its owner, mode, times and attributes. What is there is replaced;
    /// the folder that it lies in must be there.
    pub fn restore_file(&self, layers: &[DiffId], path: &str, root: &FilesRoot) -> Result<()> {
        let path = path.trim_matches('/');
        let layers = layers.iter().map(|id| self.layer(id));
        let image = Explorer::open(layers.collect::<Result<_>>()?)?;
        let Some((position, entry)) = image.find(path.as_bytes(), false)? else {
            return Err(Error::NoSuchPath(path.to_owned()));
        };
        if entry.is_dir() {
            return Err(Error::NotAFile(path.to_owned()));
        }
        let layer = &image.layers[position].path;
        let folder = File::open(layer).map_err(|error| Error::io("opening", layer, error))?;
        let source = FilesRoot::new(folder.into(), self.limits().clone());
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
        let how = Extraction {
            owner: TakeOwner::Archive,
            replace: Replace::Anything,
            rename: None,
        };
        let cancel = CancelFlag::new();
        let (reader, writer) =
            std::io::pipe().map_err(|error| Error::io("copying", layer, error))?;
        let from = format!("/{path}");
        thread::scope(|scope| {
            let packing = scope.spawn(|| source.pack(&from, Some(name), writer, &(), &cancel));
            // The reader goes with this call, so that the other side never waits for ever.
            root.extract(&format!("/{dir}"), reader, &how, &(), &cancel)?;
            packing.join().unwrap_or(Err(Error::Cancelled))
        })
    }
}
