//! `--volume` and `--mount` as they are written.

use std::collections::BTreeMap;
use std::path::Path;

use gantry_wire::{Mount, MountPoint};

use super::tmpfs::tmpfs;
use super::{Asked, clean};
use crate::volume::{Fill, VolumeMount, VolumeName, Volumes};
use crate::{Error, Result};

/// `SOURCE:TARGET[:OPTIONS]`, where a source without a slash is a volume's name.
pub(super) fn parse_bind(text: &str, volumes: &Volumes) -> Result<Asked> {
    let invalid = || Error::Invalid(format!("invalid volume specification: '{text}'"));
    let mut fields = text.splitn(3, ':');
    let (source, target) = (fields.next(), fields.next());
    let options = fields.next().unwrap_or_default();
    let (Some(source), Some(target)) = (source, target) else {
        // A target alone is an anonymous volume.
        return Ok(volume(volumes, VolumeName::anonymous(), clean(text)?, ""));
    };
    if source.is_empty() || target.is_empty() {
        return Err(invalid());
    }
    let mut propagation = "";
    let mut fill = Fill::FromImage;
    for option in options.split(',').filter(|option| !option.is_empty()) {
        match option {
            "ro" | "rw" | "z" | "Z" | "U" | "cached" | "delegated" | "consistent" => {}
            "nocopy" => fill = Fill::Nothing,
            "shared" | "rshared" | "slave" | "rslave" | "private" | "rprivate" => {
                propagation = option;
            }
            _ => {
                return Err(Error::Invalid(format!(
                    "invalid volume specification: '{text}': invalid mode: {options}"
                )));
            }
        }
    }
    let target = clean(target)?;
    if source.starts_with('/') {
        if options.split(',').any(|option| option == "U") {
            may_be_given(source)?;
        }
        let mut point = bind(source, target, options);
        if !propagation.is_empty() {
            propagation.clone_into(&mut point.propagation);
        }
        return Ok(without_volume(point));
    }
    let mut asked = volume(volumes, VolumeName::parse(source)?, target, options);
    if let Some(volume) = &mut asked.volume {
        volume.fill = fill;
    }
    Ok(asked)
}

pub(super) fn parse_mount(mount: &Mount, volumes: &Volumes) -> Result<Asked> {
    let invalid = |why: &str| {
        Error::Invalid(format!(
            "invalid mount config for type \"{}\": {why}",
            mount.r#type
        ))
    };
    let target =
        clean(&mount.target).map_err(|_| invalid("field Target must be an absolute path"))?;
    let mode = if mount.read_only { "ro" } else { "" };
    match mount.r#type.as_str() {
        "bind" => {
            if !mount.source.starts_with('/') {
                return Err(invalid(&format!(
                    "invalid mount path: '{}' mount path must be absolute",
                    mount.source
                )));
            }
            let options = mount.bind_options.clone().unwrap_or_default();
            if !Path::new(&mount.source).exists() && !options.create_mountpoint {
                return Err(invalid(&format!(
                    "bind source path does not exist: {}",
                    mount.source
                )));
            }
            if options.read_only_non_recursive && options.read_only_force_recursive {
                return Err(invalid(
                    "ReadOnlyNonRecursive and ReadOnlyForceRecursive exclude each other",
                ));
            }
            if !mount.read_only
                && (options.read_only_non_recursive || options.read_only_force_recursive)
            {
                return Err(invalid(
                    "ReadOnlyNonRecursive and ReadOnlyForceRecursive are for mounts that are ReadOnly",
                ));
            }
            let mut point = bind(&mount.source, target, mode);
            let words = [
                (options.non_recursive, "bind-nonrecursive"),
                (options.read_only_non_recursive, "ro-nonrecursive"),
            ];
            let words = words.iter().filter(|(given, _)| *given);
            let words: Vec<_> = words.map(|(_, word)| *word).collect();
            if !words.is_empty() {
                point.mode = words.join(",");
            }
            if !options.propagation.is_empty() {
                point.propagation = options.propagation;
            }
            Ok(without_volume(point))
        }
        "volume" => {
            let options = mount.volume_options.clone().unwrap_or_default();
            if !stays_within(&options.subpath) {
                return Err(invalid("subpath must be a relative path within the volume"));
            }
            let name = match mount.source.as_str() {
                "" => VolumeName::anonymous(),
                name => VolumeName::parse(name)?,
            };
            let driver = options.driver_config.unwrap_or_default();
            crate::volume::check_driver(&driver.name)?;
            let mut asked = volume(volumes, name, target, mode);
            asked.point.rw = !mount.read_only;
            if let Some(volume) = &mut asked.volume {
                // What the image has belongs to the whole volume.
                if options.no_copy || !options.subpath.is_empty() {
                    volume.fill = Fill::Nothing;
                }
                volume.labels = options.labels;
                volume.options = driver.options;
            }
            asked.point.subpath = options.subpath;
            Ok(asked)
        }
        "tmpfs" => {
            let options = mount.tmpfs_options.clone().unwrap_or_default();
            let mut words = Vec::new();
            if mount.read_only {
                words.push("ro".to_owned());
            }
            if options.size_bytes > 0 {
                words.push(format!("size={}", options.size_bytes));
            }
            if options.mode > 0 {
                words.push(format!("mode={:o}", options.mode));
            }
            words.extend(options.options.iter().map(|words| words.join("=")));
            Ok(without_volume(tmpfs(&mount.target, words.join(","))?))
        }
        _ => Err(invalid("mount type unknown")),
    }
}

fn bind(source: &str, target: String, mode: &str) -> MountPoint {
    MountPoint {
        r#type: "bind".to_owned(),
        source: source.to_owned(),
        destination: target,
        mode: mode.to_owned(),
        rw: !is_read_only(mode),
        propagation: "rprivate".to_owned(),
        ..MountPoint::default()
    }
}

pub(super) fn volume(volumes: &Volumes, name: VolumeName, target: String, mode: &str) -> Asked {
    let point = MountPoint {
        r#type: "volume".to_owned(),
        name: name.to_string(),
        source: volumes.data(&name).to_string_lossy().into_owned(),
        destination: target.clone(),
        driver: "local".to_owned(),
        mode: if mode.is_empty() {
            "z".to_owned()
        } else {
            mode.to_owned()
        },
        rw: !is_read_only(mode),
        ..MountPoint::default()
    };
    Asked {
        point,
        volume: Some(VolumeMount {
            name,
            place: target,
            fill: Fill::FromImage,
            labels: BTreeMap::new(),
            options: BTreeMap::new(),
        }),
    }
}

pub(super) fn without_volume(point: MountPoint) -> Asked {
    Asked {
        point,
        volume: None,
    }
}

/// Whether a path names something below where it begins.
fn stays_within(path: &str) -> bool {
    !path.starts_with('/') && !path.split('/').any(|part| part == "..")
}

/// `:U` gives all files below a folder to another owner, which the system's own would not survive.
fn may_be_given(source: &str) -> Result<()> {
    const SYSTEM: [&str; 24] = [
        "/",
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/home",
        "/lib",
        "/lib32",
        "/lib64",
        "/media",
        "/mnt",
        "/opt",
        "/proc",
        "/root",
        "/run",
        "/sbin",
        "/srv",
        "/sys",
        "/tmp",
        "/usr",
        "/usr/lib",
        "/usr/local",
        "/usr/share",
        "/var",
    ];
    let path = Path::new(source);
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if SYSTEM.iter().any(|one| path == Path::new(one)) {
        return Err(Error::Invalid(format!(
            "invalid volume specification: {source} belongs to the system and cannot be given to the container's user (:U)"
        )));
    }
    Ok(())
}

pub(super) fn is_read_only(mode: &str) -> bool {
    mode.split(',').any(|option| option == "ro")
}
