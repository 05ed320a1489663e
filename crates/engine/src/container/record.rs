//! What the engine knows of a container, in memory and as `config.json`.

use std::path::Path;
use std::sync::Arc;

use gantry_oci::DiffId;
use gantry_wire as wire;
use serde::{Deserialize, Serialize};

use super::id::ContainerId;
use super::name::ContainerName;
use super::state::State;
use crate::network::Place;
use crate::replace::{Durability, replace};
use crate::{Error, Result};

/// The version of `config.json` that this code writes.
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
}

/// `config.json`.
#[derive(Serialize, Deserialize)]
struct Record {
    version: u32,
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

    /// Writes `config.json`.
    pub(crate) fn save(&self, path: &Path, durability: Durability) -> Result<()> {
        let record = Record {
            version: VERSION,
            name: self.name.clone(),
            removed: self.hidden || self.gone,
            removed_with_volumes: self.with_volumes,
            state: self.state.clone(),
            place: self.place.clone(),
            definition: Definition::clone(&self.definition),
        };
        replace(path, &record, durability)
    }

    /// Reads `config.json`.
    pub(crate) fn read(path: &Path) -> Result<Self> {
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
        }
    }

    #[test]
    fn what_was_saved_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        let mut before = view();
        let mut definition = Definition::clone(&before.definition);
        definition.config.extra.insert("Vendor".into(), 1.into());
        definition.host_config.masked_paths = Some(vec![]);
        before.definition = Arc::new(definition);
        before.save(&path, Durability::Durable).unwrap();
        assert_eq!(View::read(&path).unwrap(), before);
    }

    #[test]
    fn a_damaged_record_is_named_and_no_panic() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, "{\"version\":1").unwrap();
        assert!(matches!(View::read(&path), Err(Error::Damaged { .. })));
    }
}
