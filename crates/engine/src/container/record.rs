//! What the engine knows of a container, in memory and on disk.
//!
//! What somebody asked for is on the disk before it is acknowledged, as `config.json`. What happens
//! by itself waits for no disk and goes into `recent.json`, so that a power cut that takes it leaves
//! the one before. Both are whole; the later one holds.

use std::path::Path;
use std::sync::Arc;

use gantry_file::{Durability, replace_json};
use gantry_oci::DiffId;
use gantry_wire as wire;
use serde::{Deserialize, Serialize};

use super::folder::Folder;
use super::id::ContainerId;
use super::name::ContainerName;
use super::state::State;
use crate::network::Place;
use crate::{Error, Result};

/// The version of the record that this code writes.
const VERSION: u32 = 1;

/// What was settled when the container was created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Definition {
    pub(crate) id: ContainerId,
    pub(crate) created: wire::Timestamp,
    /// The image's id, `sha256:…`.
    pub(crate) image_id: String,
    /// The image's layers, lowest first: the container needs them even if the image is removed
    /// by force.
    pub(crate) layers: Vec<DiffId>,
    /// The program that is started, and its arguments.
    pub(crate) path: String,
    pub(crate) args: Vec<String>,
    /// What the client sent, with what the image adds.
    pub(crate) config: wire::ContainerConfig,
    pub(crate) host_config: wire::HostConfig,
    pub(crate) networking: wire::NetworkingConfig,
    /// Bind mounts and volumes, resolved.
    pub(crate) mounts: Vec<wire::MountPoint>,
    /// What the creation warned about.
    pub(crate) warnings: Vec<String>,
}

/// A container at one moment: what its owner publishes to readers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct View {
    pub(crate) definition: Arc<Definition>,
    pub(crate) name: ContainerName,
    pub(crate) state: State,
    /// Where it stands in its networks while it runs.
    pub(crate) place: Place,
    /// Removed by a user who may still undo it: not listed, not found, its name is free.
    pub(crate) hidden: bool,
    /// Its anonymous volumes go with it, where it is hidden.
    pub(crate) with_volumes: bool,
    /// Removed for good.
    pub(crate) gone: bool,
    /// How often it was written: of two records the one with the higher number is the later.
    pub(crate) revision: u64,
}

/// The record.
#[derive(Serialize, Deserialize)]
struct Record {
    version: u32,
    #[serde(default)]
    revision: u64,
    name: ContainerName,
    /// The removal was acknowledged; a restarted engine finishes it.
    #[serde(default)]
    removed: bool,
    /// With the volumes that nobody named.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    removed_with_volumes: bool,
    state: State,
    #[serde(default, skip_serializing_if = "Place::is_empty")]
    place: Place,
    #[serde(flatten)]
    definition: Definition,
}

impl View {
    pub(crate) fn id(&self) -> &ContainerId {
        &self.definition.id
    }

    /// How what happens to it by itself is written: a restart policy goes by it after a power cut.
    pub(crate) fn durability(&self) -> Durability {
        match self.definition.host_config.restart_policy.name.as_str() {
            "" | "no" => Durability::Quick,
            _ => Durability::Durable,
        }
    }

    /// Writes the record; the caller has counted its revision.
    pub(crate) fn save(&self, folder: &Folder, durability: Durability) -> Result<()> {
        let path = match durability {
            Durability::Durable => folder.config(),
            Durability::Quick => folder.recent(),
        };
        let record = Record {
            version: VERSION,
            revision: self.revision,
            name: self.name.clone(),
            removed: self.hidden || self.gone,
            removed_with_volumes: self.with_volumes,
            state: self.state.clone(),
            place: self.place.clone(),
            definition: Definition::clone(&self.definition),
        };
        replace_json(&path, &record, durability).map_err(Error::io("write", &path))
    }

    /// Reads the later record, or the other where it cannot be read.
    pub(crate) fn read(folder: &Folder) -> Result<Self> {
        let config = Self::read_one(&folder.config());
        let Ok(recent) = Self::read_one(&folder.recent()) else {
            return config;
        };
        match config {
            Ok(config) if config.revision > recent.revision => Ok(config),
            _ => Ok(recent),
        }
    }

    fn read_one(path: &Path) -> Result<Self> {
        let text = std::fs::read(path).map_err(Error::io("read", path))?;
        let damaged = |why: String| Error::Damaged {
            path: path.to_owned(),
            why,
        };
        let record: Record =
            serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        if record.version != VERSION {
            return Err(damaged(format!("it has version {}", record.version)));
        }
        Ok(Self {
            definition: Arc::new(record.definition),
            name: record.name,
            state: record.state,
            place: record.place,
            hidden: record.removed,
            with_volumes: record.removed_with_volumes,
            gone: false,
            revision: record.revision,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A container that was just created.
    pub(crate) fn view() -> View {
        View {
            definition: Arc::new(Definition {
                id: ContainerId::random(),
                created: wire::Timestamp::from_second(1000).unwrap(),
                image_id: format!("sha256:{}", "a".repeat(64)),
                layers: Vec::new(),
                path: "sh".into(),
                args: vec!["-c".into(), "exit 3".into()],
                config: wire::ContainerConfig {
                    image: "busybox".into(),
                    ..Default::default()
                },
                host_config: wire::HostConfig::default(),
                networking: wire::NetworkingConfig::default(),
                mounts: Vec::new(),
                warnings: Vec::new(),
            }),
            name: ContainerName::parse("web").unwrap(),
            state: State::default(),
            place: Place::default(),
            hidden: false,
            with_volumes: false,
            gone: false,
            revision: 0,
        }
    }

    /// The folder of a container, and what keeps it.
    pub(crate) fn folder(view: &View) -> (tempfile::TempDir, Folder) {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path(), view.id());
        std::fs::create_dir(folder.path()).unwrap();
        (place, folder)
    }

    #[test]
    fn what_was_saved_is_read_again() {
        let mut before = view();
        let mut definition = Definition::clone(&before.definition);
        definition.config.extra.insert("Vendor".into(), 1.into());
        definition.host_config.masked_paths = Some(vec![]);
        before.definition = Arc::new(definition);
        let (_place, folder) = folder(&before);
        for durability in [Durability::Durable, Durability::Quick, Durability::Durable] {
            before.revision += 1;
            before.state.ends += 1;
            before.save(&folder, durability).unwrap();
            assert_eq!(View::read(&folder).unwrap(), before);
        }
    }

    /// A file whose content a power cut took is empty.
    #[test]
    fn a_power_cut_takes_what_was_not_synced_and_nothing_else() {
        let before = view();
        let (_place, folder) = folder(&before);
        before.save(&folder, Durability::Durable).unwrap();
        let mut after = before.clone();
        (after.revision, after.state.ends) = (1, 1);
        after.save(&folder, Durability::Quick).unwrap();
        assert_eq!(View::read(&folder).unwrap(), after);
        std::fs::write(folder.recent(), "").unwrap();
        assert_eq!(View::read(&folder).unwrap(), before);
    }

    #[test]
    fn a_damaged_record_is_named_and_no_panic() {
        let (_place, folder) = folder(&view());
        std::fs::write(folder.config(), "{\"version\":1").unwrap();
        assert!(matches!(View::read(&folder), Err(Error::Damaged { .. })));
    }
}
