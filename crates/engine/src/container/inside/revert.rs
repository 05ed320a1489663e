//! One file as the image has it.

use gantry_store::{ChangeKind, UpperDir};
use gantry_wire::gantry::FilesOf;
use rustix::fs::{OFlags, fstat};

use super::browse::last;
use super::copy::Wanted;
use super::{Access, Entered};
use crate::container::Containers;
use crate::core::Core;
use crate::{Error, Result};

impl Containers {
    /// Takes back what the container did to a file: what it added goes, what it changed or deleted
    /// comes from the image again. A file that it did not change stays as it is.
    pub(crate) async fn revert_file(&self, id: &str, path: &str) -> Result<()> {
        let wanted = Wanted::new(&FilesOf::Container(id.to_owned()), path)?;
        let upper = UpperDir(self.folder(&*self.view(id)?).upper());
        self.inside(id, Access::Write, move |core, entered| {
            revert(core, &entered, &upper, &wanted)
        })
        .await
    }
}

fn revert(core: &Core, entered: &Entered, upper: &UpperDir, wanted: &Wanted) -> Result<()> {
    let told = |error| wanted.told(error, Some(&entered.view));
    let path = wanted.path.trim_matches('/');
    let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
    let layers = &entered.view.definition.layers;
    let changes = core.store.changes_in(upper, layers, dir)?;
    let mut changes = changes.into_iter();
    let Some(change) = changes.find(|change| last(&change.path) == name.as_bytes()) else {
        return Ok(());
    };
    // What is mounted over the folder is not what the container changed.
    if device(entered, dir, wanted)? != device(entered, "", wanted)? {
        return Err(told(gantry_store::Error::Mounted(format!("/{dir}"))));
    }
    let reverted = match change.kind {
        ChangeKind::Added => entered.files.remove(path),
        ChangeKind::Modified | ChangeKind::Deleted => {
            core.store.restore_file(layers, path, &entered.files)
        }
    };
    reverted.map_err(told)
}

/// The file system of a folder of the root.
fn device(entered: &Entered, dir: &str, wanted: &Wanted) -> Result<u64> {
    let path = format!("/{dir}");
    let folder = entered
        .files
        .open(path.as_bytes(), OFlags::PATH | OFlags::DIRECTORY)
        .map_err(|error| wanted.told(error, Some(&entered.view)))?;
    let found =
        fstat(&folder).map_err(|error| Error::io("look at", path.as_ref())(error.into()))?;
    Ok(found.st_dev)
}
