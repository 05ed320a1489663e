//! The open root of whoever has files, and how a refusal is told of it.

use gantry_store::FilesRoot;
use gantry_wire::gantry::FilesOf;

use super::{Access, Entered};
use crate::Result;
use crate::container::Containers;
use crate::container::record::View;
use crate::core::{Core, with_core};
use crate::volume::WantedVolumes;

/// Dropping it lets go of everything.
pub(super) enum Opened {
    Container(Entered),
    Volume {
        files: FilesRoot,
        /// It is not removed meanwhile.
        _wanted: WantedVolumes,
    },
}

impl Opened {
    pub fn files(&self) -> &FilesRoot {
        match self {
            Self::Container(entered) => &entered.files,
            Self::Volume { files, .. } => files,
        }
    }

    pub fn view(&self) -> Option<&View> {
        match self {
            Self::Container(entered) => Some(&entered.view),
            Self::Volume { .. } => None,
        }
    }
}

impl Containers {
    /// Opens the root of a container or a volume and hands it to blocking work.
    pub(super) async fn open_files<T: Send + 'static>(
        &self,
        of: &FilesOf,
        access: Access,
        work: impl FnOnce(&Core, Opened) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match of {
            FilesOf::Container(id) => {
                let work = |core: &Core, entered| work(core, Opened::Container(entered));
                self.inside(id, access, work).await
            }
            FilesOf::Volume(name) => {
                let name = name.clone();
                with_core(&self.core, move |core| {
                    let (folder, wanted) = core.volumes.open(&name)?;
                    let opened = Opened::Volume {
                        files: core.store.files_root(folder),
                        _wanted: wanted,
                    };
                    work(core, opened)
                })
                .await
            }
        }
    }
}
