//! How volumes come to be: by name, or with the container that mounts them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use gantry_file::Durability;
use gantry_wire::gantry::Change;
use gantry_wire::{Volume, VolumeCreate};

use super::claims::Wanted;
use super::first_content;
use super::list::row;
use super::record::Record;
use super::{VolumeName, Volumes};
use crate::{Error, Result};

/// A volume as a container asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VolumeMount {
    pub name: VolumeName,
    /// Where it is mounted: what the image has there becomes the content of an empty volume.
    pub place: String,
    /// Whether it takes the image's content.
    pub fill: Fill,
    /// For a volume that is made now.
    pub labels: BTreeMap<String, String>,
    pub options: BTreeMap<String, String>,
}

/// Whether an empty volume takes what the image has at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    FromImage,
    Nothing,
}

impl Volumes {
    /// `docker volume create`: a volume of that name that is there already is the answer too.
    pub fn create(&self, request: VolumeCreate) -> Result<Volume> {
        check_driver(&request.driver)?;
        let name = match request.name.as_str() {
            "" => VolumeName::anonymous(),
            name => VolumeName::parse(name)?,
        };
        let _wanted = self.want(vec![name.clone()])?;
        self.make(&name, request.labels, request.driver_opts)?;
        self.inspect(name.as_str())
    }

    /// Keeps volumes from being removed until their container is known.
    pub fn want(&self, names: Vec<VolumeName>) -> Result<Wanted> {
        self.claims.want(names).map_err(|name| {
            Error::state(
                "volume-leaving",
                format!("volume {name} is being removed: try again"),
            )
        })
    }

    /// Makes what is missing of a container's volumes, and gives empty ones the image's content.
    /// `layers` are the image's, topmost first.
    pub fn provide(&self, mounts: &[VolumeMount], layers: &[PathBuf]) -> Result<()> {
        for mount in mounts {
            self.make(&mount.name, mount.labels.clone(), mount.options.clone())?;
            if mount.fill == Fill::FromImage && !layers.is_empty() {
                self.fill(mount, layers)?;
            }
        }
        Ok(())
    }

    /// Made beside and renamed.
    fn make(
        &self,
        name: &VolumeName,
        labels: BTreeMap<String, String>,
        options: BTreeMap<String, String>,
    ) -> Result<()> {
        let folder = self.folder.join(name.as_str());
        if folder.exists() {
            return Ok(());
        }
        let device = device(&options)?;
        let beside = self.beside()?;
        let data = beside.join("_data");
        match device {
            Some(path) => symlink(path, &data).map_err(Error::io("link", &data))?,
            None => fs::create_dir(&data).map_err(Error::io("make", &data))?,
        }
        // One that nobody named goes with its container, and a run does not wait for the disk.
        let durability = if name.is_anonymous() {
            Durability::Quick
        } else {
            Durability::Durable
        };
        Record::new(name, labels, options).write(&beside, durability)?;
        match fs::rename(&beside, &folder) {
            // Another made the same volume meanwhile: that one holds.
            Err(_) if folder.exists() => {
                let _ = gantry_store::remove_tree(&beside);
                return Ok(());
            }
            renamed => renamed.map_err(Error::io("make", &folder))?,
        }
        if durability == Durability::Durable {
            gantry_file::sync_folder(&self.folder).map_err(Error::io("make", &folder))?;
        }
        self.tell_made(name);
        Ok(())
    }

    pub(super) fn tell_made(&self, name: &VolumeName) {
        self.feed.volume_event("create", name.as_str(), &[]);
        if let Ok(volume) = self.inspect(name.as_str()) {
            self.feed.changed(Change::Volume(Box::new(row(volume))));
        }
    }

    /// A new folder beside the volumes, in which one is made; swept if the engine dies meanwhile.
    pub(super) fn beside(&self) -> Result<PathBuf> {
        fs::create_dir_all(&self.folder).map_err(Error::io("make", &self.folder))?;
        let random = rand::random::<u32>();
        let beside = self.folder.join(format!(".{random:08x}.new"));
        fs::create_dir(&beside).map_err(Error::io("make", &beside))?;
        Ok(beside)
    }

    fn fill(&self, mount: &VolumeMount, layers: &[PathBuf]) -> Result<()> {
        let fill = || self.fill_now(mount, layers);
        self.claims.by_turns(&mount.name, fill)
    }

    /// An empty volume appears with its whole content at once; one that another container uses
    /// already, or is about to, or that is a folder of the host, gets it file by file: its folder
    /// may be mounted.
    fn fill_now(&self, mount: &VolumeMount, layers: &[PathBuf]) -> Result<()> {
        let data = self.data(&mount.name);
        if !is_empty(&data)? {
            return Ok(());
        }
        let copy = |to: &Path| {
            first_content::fill(layers, &mount.place, to, self.rootless)
                .map_err(Error::io("copy the image's content to", to))
        };
        let name = mount.name.as_str();
        let unused = || self.containers.users_of_volume(name).is_empty();
        if !unused() || data.is_symlink() {
            return copy(&data);
        }
        let beside = self.beside()?;
        let rename = || unused().then(|| fs::rename(&beside, &data));
        let filled = copy(&beside).and_then(|()| {
            match self.claims.alone(&mount.name, rename).flatten() {
                Some(Ok(())) => Ok(()),
                // Somebody has put something there meanwhile: that holds.
                _ if !is_empty(&data)? => Ok(()),
                Some(Err(error)) => Err(Error::io("fill", &data)(error)),
                None => copy(&data),
            }
        });
        if beside.exists() {
            let _ = gantry_store::remove_tree(&beside);
        }
        filled
    }

    /// Removes what a killed engine left half made.
    pub fn sweep(&self) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') && name.ends_with(".new") {
                let _ = gantry_store::remove_tree(&entry.path());
            }
        }
    }
}

/// Refuses drivers that do not exist, in Docker's words.
pub(crate) fn check_driver(driver: &str) -> Result<()> {
    match driver {
        "" | "local" => Ok(()),
        other => Err(Error::Unsupported {
            option: format!("volume driver \"{other}\""),
            why: "only local volumes exist".to_owned(),
        }),
    }
}

/// The folder of the host that the options name. Nothing else is mounted by them.
fn device(options: &BTreeMap<String, String>) -> Result<Option<PathBuf>> {
    if options.is_empty() {
        return Ok(None);
    }
    let option = |key: &str| options.get(key).map_or("", String::as_str);
    let known = options
        .keys()
        .all(|key| matches!(key.as_str(), "type" | "o" | "device"));
    let binds = option("o")
        .split(',')
        .any(|word| matches!(word, "bind" | "rbind"));
    if !known || !matches!(option("type"), "" | "none" | "bind") || !binds {
        return Err(Error::Unsupported {
            option: "these volume options".to_owned(),
            why: "a volume is a folder of its own, or with type=none, o=bind and device=PATH a folder of this computer".to_owned(),
        });
    }
    let path = PathBuf::from(option("device"));
    if !path.is_absolute() {
        return Err(Error::Invalid(
            "missing device in volume options: it must be an absolute path".to_owned(),
        ));
    }
    if !path.is_dir() {
        return Err(Error::Invalid(format!(
            "failed to mount local volume: mount {}: no such file or directory",
            path.display()
        )));
    }
    Ok(Some(path))
}

fn is_empty(folder: &Path) -> Result<bool> {
    let mut entries = fs::read_dir(folder).map_err(Error::io("read", folder))?;
    Ok(entries.next().is_none())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::feed::Feed;
    use crate::volume::VolumeUse;

    /// Whether a container uses every volume.
    #[derive(Default)]
    struct Users(AtomicBool);

    impl VolumeUse for Users {
        fn users_of_volume(&self, _: &str) -> Vec<String> {
            let used = self.0.load(Ordering::Relaxed);
            used.then(|| "box".to_owned()).into_iter().collect()
        }

        fn knows_all(&self) -> bool {
            true
        }
    }

    struct Place {
        root: tempfile::TempDir,
        users: Arc<Users>,
        volumes: Volumes,
        mount: VolumeMount,
    }

    impl Place {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            let content = root.path().join("layer/data");
            fs::create_dir_all(&content).unwrap();
            for number in 0..50 {
                fs::write(content.join(number.to_string()), "of the image").unwrap();
            }
            let users = Arc::<Users>::default();
            let known: Arc<dyn VolumeUse> = users.clone();
            let volumes = Volumes::new(root.path(), false, known, Feed::new());
            let mount = VolumeMount {
                name: VolumeName::parse("data").unwrap(),
                place: "/data".to_owned(),
                fill: Fill::FromImage,
                labels: BTreeMap::new(),
                options: BTreeMap::new(),
            };
            let labels = BTreeMap::new();
            volumes.make(&mount.name, labels.clone(), labels).unwrap();
            Self {
                root,
                users,
                volumes,
                mount,
            }
        }

        fn provide(&self) -> Folders {
            let _wanted = self.volumes.want(vec![self.mount.name.clone()]).unwrap();
            let before = self.folder();
            let layers = [self.root.path().join("layer")];
            let mounts = std::slice::from_ref(&self.mount);
            self.volumes.provide(mounts, &layers).unwrap();
            Folders {
                before,
                after: self.folder(),
            }
        }

        fn folder(&self) -> u64 {
            let data = self.volumes.data(&self.mount.name);
            fs::metadata(data).unwrap().ino()
        }

        fn entries(&self) -> usize {
            let data = self.volumes.data(&self.mount.name);
            fs::read_dir(data).unwrap().count()
        }
    }

    /// The folder of a volume by its number, before it was filled and after.
    struct Folders {
        before: u64,
        after: u64,
    }

    #[test]
    fn the_content_of_a_new_volume_appears_at_once() {
        let place = Place::new();
        let folder = place.provide();
        assert_ne!(folder.before, folder.after);
        assert_eq!(place.entries(), 50);
    }

    #[test]
    fn a_folder_that_may_be_mounted_stays_that_folder() {
        let used = Place::new();
        used.users.0.store(true, Ordering::Relaxed);
        let wanted = Place::new();
        let _other = wanted
            .volumes
            .want(vec![wanted.mount.name.clone()])
            .unwrap();
        for place in [&used, &wanted] {
            let folder = place.provide();
            assert_eq!(folder.before, folder.after);
            assert_eq!(place.entries(), 50);
        }
    }

    #[test]
    fn containers_that_come_together_find_one_content() {
        let place = Place::new();
        std::thread::scope(|scope| {
            let fills: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        place.provide();
                        (place.folder(), place.entries())
                    })
                })
                .collect();
            for fill in fills {
                assert_eq!(fill.join().unwrap(), (place.folder(), 50));
            }
        });
        let folders = fs::read_dir(place.root.path().join("volumes")).unwrap();
        assert_eq!(folders.count(), 1);
    }
}
