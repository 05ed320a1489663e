//! A container's files, worked with from outside, and a volume's, which lie in the open.
//!
//! One that runs is entered through its own root: volumes, memory and whatever it mounted itself are
//! seen as it sees them. The root of one that does not run is mounted aside, with its volumes and
//! folders as the next start will have them, and goes with the last who uses it. Whoever uses it
//! holds the container's [`Gate`]: a start waits a while until they are done, and is refused if they
//! are not, for two mounts of one upper directory would not know of each other. No program of the
//! container is ever run.

mod browse;
mod copy;
mod edit;
mod gate;
mod opened;
mod revert;

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use gantry_runtime::{MountedRoot, RootAccess, RootFs, running_root};
use gantry_store::FilesRoot;

pub use self::copy::Upload;
pub use self::edit::Before;
pub(crate) use self::gate::Gate;
use self::gate::Inside;
use self::opened::Opened;
use super::folder::Folder;
use super::record::View;
use super::registry::Handle;
use super::{Containers, base, spec};
use crate::core::{Core, with_core};
use crate::{Error, Result};

/// What is done with the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// An open root. Dropping it lets go of everything.
pub(crate) struct Entered {
    pub(crate) files: FilesRoot,
    pub(crate) view: Arc<View>,
    _mounted: Option<Arc<MountedRoot>>,
    _inside: Option<Inside>,
}

impl Containers {
    /// Opens a container's root and hands it to blocking work.
    pub(super) async fn inside<T: Send + 'static>(
        &self,
        id: &str,
        access: Access,
        work: impl FnOnce(&Core, Entered) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let handle = self.find(id)?;
        let inside = handle.gate.enter().await;
        with_core(&self.core, move |core| {
            let entered = enter(core, &handle, inside, access)?;
            work(core, entered)
        })
        .await
    }
}

fn enter(core: &Core, handle: &Handle, inside: Inside, access: Access) -> Result<Entered> {
    let view = handle.now();
    let folder = Folder::new(&core.host.paths().containers(), view.id());
    if let Some(process) = &view.state.process {
        let root = running_root(process).map_err(Error::io("open the root of", folder.path()))?;
        if let Some(root) = root {
            return Ok(Entered {
                files: core.store.files_root(root),
                // Reading disturbs nobody, so a download does not keep the container from its next start.
                _inside: (access == Access::Write).then_some(inside),
                _mounted: None,
                view,
            });
        }
        // It has ended; its owner hears of it in a moment.
    }
    let mounted = handle.gate.mounted(|| mount(core, &view, &folder))?;
    Ok(Entered {
        files: core.store.files_root(descriptor(&mounted)?),
        view,
        _mounted: Some(mounted),
        _inside: Some(inside),
    })
}

fn descriptor(mounted: &MountedRoot) -> Result<OwnedFd> {
    let copy = mounted.as_fd().try_clone_to_owned();
    copy.map_err(|error| Error::FilesUnavailable(error.to_string()))
}

/// Mounts the root of a container that does not run, as its next start will have it.
fn mount(core: &Core, view: &View, folder: &Folder) -> Result<MountedRoot> {
    let definition = &view.definition;
    let mut lower = core.lower_dirs(definition)?;
    lower.push(base::folder(&core.host.paths().root));
    let rootfs = RootFs::Overlay {
        lower,
        upper: folder.upper(),
        work: folder.work(),
        userxattr: core.host.facts.rootless,
    };
    let access = if definition.host_config.readonly_rootfs {
        RootAccess::ReadOnly
    } else {
        RootAccess::ReadWrite
    };
    let binds = spec::binds(definition, folder)?;
    MountedRoot::new(&rootfs, &binds, folder.path(), access)
        .map_err(|failure| Error::FilesUnavailable(failure.to_string()))
}
