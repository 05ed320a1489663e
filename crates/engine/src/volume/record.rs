//! `volume.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gantry_file::{Durability, replace};
use gantry_wire::{NEVER, Timestamp, Volume};
use serde::{Deserialize, Serialize};

use super::VolumeName;
use crate::{Error, Result};

/// What `docker volume prune` recognises the volumes by that nobody named.
pub(crate) const ANONYMOUS: &str = "com.docker.volume.anonymous";

/// What was settled when the volume was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Record {
    pub name: String,
    pub driver: String,
    pub created_at: Timestamp,
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

impl Record {
    /// The record of a new volume.
    pub fn new(
        name: &VolumeName,
        mut labels: BTreeMap<String, String>,
        options: BTreeMap<String, String>,
    ) -> Self {
        if name.is_anonymous() {
            labels.insert(ANONYMOUS.to_owned(), String::new());
        }
        Self {
            name: name.to_string(),
            driver: "local".to_owned(),
            created_at: Timestamp::now(),
            labels,
            options,
        }
    }

    pub fn write(&self, folder: &Path, durability: Durability) -> Result<()> {
        let path = file(folder);
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| Error::Internal(format!("volume.json: {error}")))?;
        let written = replace(&path, &text, durability).map(drop);
        written.map_err(Error::io("write", &path))
    }

    /// The record of a volume that is there. Content counts more than its record: without a
    /// readable one the folder's name and time stand for it.
    pub fn read(folder: &Path, name: &VolumeName) -> Self {
        let found = fs::read(file(folder))
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok());
        found.unwrap_or_else(|| {
            let changed = folder.metadata().and_then(|found| found.modified()).ok();
            Self {
                created_at: changed
                    .and_then(|time| time.try_into().ok())
                    .unwrap_or(NEVER),
                ..Self::new(name, BTreeMap::new(), BTreeMap::new())
            }
        })
    }

    /// As Docker's API shows it.
    pub fn shown(self, data: &Path) -> Volume {
        Volume {
            created_at: self.created_at,
            driver: self.driver,
            labels: self.labels,
            mountpoint: data.to_string_lossy().into_owned(),
            name: self.name,
            options: self.options,
            ..Volume::default()
        }
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("volume.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spoilt_record_does_not_hide_the_volume() {
        let folder = tempfile::tempdir().unwrap();
        let name = VolumeName::parse("data").unwrap();
        let labels = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        let record = Record::new(&name, labels, BTreeMap::new());
        record.write(folder.path(), Durability::Quick).unwrap();
        assert_eq!(Record::read(folder.path(), &name), record);
        fs::write(file(folder.path()), "{").unwrap();
        let found = Record::read(folder.path(), &name);
        assert_eq!((found.name.as_str(), found.labels.len()), ("data", 0));
        assert_ne!(found.created_at, NEVER);
    }
}
