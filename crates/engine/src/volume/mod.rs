//! Volumes: folders that outlive their containers.
//!
//! A volume is `volumes/NAME/`: its record `volume.json`, and `_data`, which containers mount. The
//! folder appears by rename and leaves by rename, so it is whole or not there. `_data` of a volume
//! that stands for a folder of the host (`--opt type=none --opt o=bind --opt device=PATH`) is a
//! symbolic link to it.
//!
//! Who uses a volume is what the containers' records say. A [`Claims`] entry covers the moments in
//! between: a container that is being created, a volume that is being removed.

mod browse;
mod claims;
mod first_content;
mod list;
mod make;
mod name;
mod record;
mod remove;
mod restore;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use claims::Claims;
pub(crate) use claims::Wanted as WantedVolumes;
pub(crate) use make::{Fill, VolumeMount, check_driver};
pub(crate) use name::VolumeName;
pub(crate) use restore::{backup_task, restore_stream_task, restore_task};

use crate::feed::Feed;

/// What the volumes' side asks of the containers' side. Answers come at once.
pub(crate) trait VolumeUse: Send + Sync {
    /// The ids of the containers that mount a volume, removed ones that may come back too.
    fn users_of_volume(&self, name: &str) -> Vec<String>;
    /// Whether there is none of which nobody knows what it mounts.
    fn knows_all(&self) -> bool;
}

/// The volumes of one engine. Its operations block.
pub(crate) struct Volumes {
    folder: PathBuf,
    trash: PathBuf,
    rootless: bool,
    claims: Claims,
    containers: Arc<dyn VolumeUse>,
    feed: Feed,
}

impl Volumes {
    pub fn new(root: &Path, rootless: bool, containers: Arc<dyn VolumeUse>, feed: Feed) -> Self {
        Self {
            folder: root.join("volumes"),
            trash: root.join("trash"),
            rootless,
            claims: Claims::default(),
            containers,
            feed,
        }
    }

    /// Where containers find a volume's files.
    pub fn data(&self, name: &VolumeName) -> PathBuf {
        self.folder.join(name.as_str()).join("_data")
    }
}
