//! Which volumes there are, and what they take.

use std::fs;
use std::path::{Path, PathBuf};

use gantry_wire::{Timestamp, Volume, VolumeList, VolumeUsage, gantry};
use rustix::fs::CWD;

use super::record::{ANONYMOUS, Record};
use super::{VolumeName, Volumes};
use crate::usage::{self, bytes_below};
use crate::{Error, Filters, Result};

impl Volumes {
    /// `docker volume ls`, by name.
    pub fn list(&self, filters: &Filters) -> Result<VolumeList> {
        filters.only(&["dangling", "driver", "label", "name"])?;
        let dangling = filters.flag("dangling")?;
        let mut volumes = self.all();
        volumes.retain(|volume| {
            filters.matches("driver", |driver| volume.driver == driver)
                && filters.matches_pattern("name", &volume.name)
                && filters.matches_labels("label", &volume.labels)
                && dangling.is_none_or(|wanted| {
                    self.containers.users_of_volume(&volume.name).is_empty() == wanted
                })
        });
        Ok(VolumeList {
            volumes,
            warnings: Vec::new(),
        })
    }

    /// `docker volume inspect`.
    pub fn inspect(&self, name: &str) -> Result<Volume> {
        self.find(name).map(|name| self.shown(&name))
    }

    /// The same volumes with what they take, which costs a walk over their files.
    pub fn usage(&self) -> Vec<Volume> {
        let mut volumes = self.all();
        for volume in &mut volumes {
            let size = bytes_below(&real(Path::new(&volume.mountpoint)));
            let users = self.containers.users_of_volume(&volume.name).len();
            volume.usage_data = Some(VolumeUsage {
                size: i64::try_from(size).unwrap_or(i64::MAX),
                ref_count: i64::try_from(users).unwrap_or(i64::MAX),
            });
        }
        volumes
    }

    /// What each volume takes and when it was written, for a window.
    pub fn uses(&self) -> Vec<gantry::VolumeUse> {
        let volumes = self.all().into_iter();
        let uses = volumes.map(|volume| {
            let found = usage::below(CWD, &real(Path::new(&volume.mountpoint)));
            gantry::VolumeUse {
                name: volume.name,
                bytes: found.bytes,
                files: found.files,
                written: time(found.written).filter(|_| found.written.0 != 0),
            }
        });
        uses.collect()
    }

    /// The rows of a window.
    pub fn rows(&self) -> Vec<gantry::Volume> {
        self.all().into_iter().map(row).collect()
    }

    /// Every volume, by name.
    pub fn all(&self) -> Vec<Volume> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries
            .filter_map(|entry| VolumeName::parse(entry.file_name().to_str()?).ok())
            .collect();
        names.sort();
        names.iter().map(|name| self.shown(name)).collect()
    }

    /// The folder of a volume's files, behind every link.
    pub fn files_of(&self, name: &str) -> Result<PathBuf> {
        self.find(name).map(|name| real(&self.data(&name)))
    }

    /// The name of a volume that is there.
    pub(super) fn find(&self, name: &str) -> Result<VolumeName> {
        let missing = || Error::NoSuchVolume(name.to_owned());
        let parsed = VolumeName::parse(name).map_err(|_| missing())?;
        if !self.folder.join(name).is_dir() {
            return Err(missing());
        }
        Ok(parsed)
    }

    fn shown(&self, name: &VolumeName) -> Volume {
        Record::read(&self.folder.join(name.as_str()), name).shown(&self.data(name))
    }
}

/// A volume's row in a window.
pub(super) fn row(volume: Volume) -> gantry::Volume {
    gantry::Volume {
        anonymous: volume.labels.contains_key(ANONYMOUS),
        device: volume.options.get("device").cloned(),
        name: volume.name,
        created: volume.created_at,
        labels: volume.labels,
        mountpoint: volume.mountpoint,
    }
}

/// A file's time.
pub(super) fn time((seconds, nanoseconds): (i64, i64)) -> Option<Timestamp> {
    Timestamp::new(seconds, i32::try_from(nanoseconds).ok()?).ok()
}

/// The folder behind a link; the walk itself follows none.
pub(super) fn real(data: &Path) -> PathBuf {
    data.canonicalize().unwrap_or_else(|_| data.to_owned())
}
