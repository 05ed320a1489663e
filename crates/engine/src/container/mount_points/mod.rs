//! Bind mounts, volumes and tmpfs: from the request's words to mount points.

mod tmpfs;
mod words;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::fd::AsFd;
use std::path::Path;

use gantry_wire::{ContainerConfig, HostConfig, MountPoint};

use self::tmpfs::tmpfs;
use self::words::{parse_bind, parse_mount, volume, without_volume};
use crate::volume::{VolumeMount, VolumeName, Volumes};
use crate::{Error, Result};

/// What to mount, and the volumes among it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Resolved {
    pub(super) points: Vec<MountPoint>,
    pub(super) volumes: Vec<VolumeMount>,
}

/// One mount point, with the volume behind it.
#[derive(Debug)]
struct Asked {
    point: MountPoint,
    volume: Option<VolumeMount>,
}

/// Reads `--volumes-from`, `--volume`, `--mount`, `--tmpfs` and the image's volumes, in Docker's
/// order of precedence. `inherited` are the mounts of other containers.
pub(super) fn resolve(
    config: &ContainerConfig,
    host: &HostConfig,
    inherited: Vec<MountPoint>,
    volumes: &Volumes,
) -> Result<Resolved> {
    let mut found: BTreeMap<String, Asked> = BTreeMap::new();
    let mut add = |asked: Asked| {
        let place = asked.point.destination.clone();
        if found.contains_key(&place) {
            return Err(Error::Invalid(format!("Duplicate mount point: {place}")));
        }
        found.insert(place, asked);
        Ok(())
    };
    for bind in &host.binds {
        add(parse_bind(bind, volumes)?)?;
    }
    for mount in &host.mounts {
        add(parse_mount(mount, volumes)?)?;
    }
    for (target, options) in &host.tmpfs {
        add(without_volume(tmpfs(target, options.clone())?))?;
    }
    for point in inherited {
        let place = point.destination.clone();
        found.entry(place).or_insert_with(|| without_volume(point));
    }
    for target in &config.volumes {
        let place = clean(target)?;
        // The container's own are there.
        if place == "/sys/fs/cgroup" {
            continue;
        }
        if is_below(&place, "/sys") {
            return Err(Error::Invalid(format!(
                "invalid volume specification: {place} is the kernel's: no volume can be there"
            )));
        }
        found
            .entry(place.clone())
            .or_insert_with(|| volume(volumes, VolumeName::anonymous(), place, ""));
    }
    for asked in found.values() {
        keeps_proc(&asked.point)?;
    }
    let mut resolved = Resolved::default();
    for asked in found.into_values() {
        resolved.points.push(asked.point);
        resolved.volumes.extend(asked.volume);
    }
    Ok(resolved)
}

/// What `--volumes-from CONTAINER[:ro]` takes of a container's mounts: all but memory.
pub(super) fn inherit(of: &[MountPoint], mode: &str) -> Result<Vec<MountPoint>> {
    if !matches!(mode, "" | "ro" | "rw" | "z" | "Z") {
        return Err(Error::Invalid(format!(
            "invalid mode for volumes-from: {mode}"
        )));
    }
    let taken = of.iter().filter(|point| point.r#type != "tmpfs");
    Ok(taken
        .cloned()
        .map(|mut point| {
            point.rw &= mode != "ro";
            point
        })
        .collect())
}

/// Makes the folders of the host that a `--volume` names and that are missing, as Docker does.
pub(super) fn make_sources(points: &[MountPoint]) -> Result<()> {
    for point in points.iter().filter(|point| point.r#type == "bind") {
        let source = Path::new(&point.source);
        if !source.exists() {
            fs::create_dir_all(source).map_err(Error::io("make", source))?;
        }
    }
    Ok(())
}

/// Refuses what would cover a part of /proc, by the rules of runc and in its words.
fn keeps_proc(point: &MountPoint) -> Result<()> {
    let destination = &point.destination;
    if !is_below(destination, "/proc") {
        return Ok(());
    }
    let by_bind = point.r#type == "bind"
        && File::open(&point.source).is_ok_and(|source| {
            gantry_runtime::may_cover_proc(Path::new(destination), source.as_fd())
        });
    if by_bind {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "\"{destination}\" cannot be mounted because it is inside /proc"
    )))
}

fn is_below(path: &str, folder: &str) -> bool {
    Path::new(path).starts_with(folder)
}

/// An absolute path without `.`, `..` and doubled slashes; never the root itself.
fn clean(target: &str) -> Result<String> {
    let invalid = |why: &str| Error::Invalid(format!("invalid mount path: '{target}' {why}"));
    if !target.starts_with('/') {
        return Err(invalid("mount path must be absolute"));
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        return Err(Error::Invalid(
            "invalid specification: destination can't be '/'".to_owned(),
        ));
    }
    Ok(format!("/{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use gantry_wire::Mount;

    use super::*;

    struct Nobody;

    impl crate::volume::VolumeUse for Nobody {
        fn users_of_volume(&self, _: &str) -> Vec<String> {
            Vec::new()
        }

        fn knows_all(&self) -> bool {
            true
        }
    }

    fn volumes() -> Volumes {
        let root = Path::new("/data");
        Volumes::new(
            root,
            false,
            std::sync::Arc::new(Nobody),
            crate::feed::Feed::new(),
        )
    }

    fn read(config: &ContainerConfig, host: &HostConfig) -> Result<Resolved> {
        resolve(config, host, Vec::new(), &volumes())
    }

    fn binds(binds: &[&str]) -> Result<Resolved> {
        let host = HostConfig {
            binds: binds.iter().map(|bind| (*bind).to_owned()).collect(),
            ..HostConfig::default()
        };
        read(&ContainerConfig::default(), &host)
    }

    #[test]
    fn a_bind_names_a_path_or_a_volume() {
        let found = binds(&["/host:/a/../b:ro,rslave", "data:/c"]).unwrap();
        let (bind, volume) = (&found.points[0], &found.points[1]);
        assert_eq!(
            (bind.r#type.as_str(), bind.destination.as_str(), bind.rw),
            ("bind", "/b", false)
        );
        assert_eq!(bind.propagation, "rslave");
        assert_eq!(volume.source, "/data/volumes/data/_data");
        assert_eq!(found.volumes[0].name.as_str(), "data");
        assert_eq!(found.volumes[0].place, "/c");
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in [
            "relative/path:/x",
            "/a:relative",
            "/a:/",
            "/a:/b:what",
            ":/x",
            "../x:/y",
        ] {
            assert!(binds(&[bad]).is_err(), "{bad}");
        }
        assert!(binds(&["/a:/x", "/b:/x"]).is_err());
    }

    #[test]
    fn the_images_volumes_are_anonymous_unless_something_is_mounted_there() {
        let config = ContainerConfig {
            volumes: ["/var/lib/x".to_owned(), "/data".to_owned()].into(),
            ..ContainerConfig::default()
        };
        let host = HostConfig {
            binds: vec!["/host:/data".into()],
            ..HostConfig::default()
        };
        let found = read(&config, &host).unwrap();
        assert_eq!(found.points.len(), 2);
        assert_eq!(found.points[0].r#type, "bind");
        assert!(found.volumes[0].name.is_anonymous());
    }

    #[test]
    fn what_is_the_kernels_is_not_covered() {
        for bad in [
            "/tmp:/proc",
            "data:/proc/x",
            "/tmp:/proc/sys/kernel",
            "/etc:/a/../proc/self",
        ] {
            let error = binds(&[bad]).unwrap_err().to_string();
            assert!(
                error.contains("because it is inside /proc"),
                "{bad}: {error}"
            );
        }
        for good in [
            "/proc:/proc",
            "/etc/hostname:/proc/uptime",
            "/sys:/sys",
            "/tmp:/process",
        ] {
            assert!(binds(&[good]).is_ok(), "{good}");
        }
        let image = |volume: &str| {
            let config = ContainerConfig {
                volumes: [volume.to_owned()].into(),
                ..ContainerConfig::default()
            };
            read(&config, &HostConfig::default())
        };
        for bad in ["/proc", "/proc/self", "/sys", "/sys/kernel"] {
            assert!(image(bad).is_err(), "{bad}");
        }
        assert!(image("/sys/fs/cgroup").unwrap().points.is_empty());
        let host = HostConfig {
            tmpfs: [("/proc/x".to_owned(), String::new())].into(),
            ..HostConfig::default()
        };
        assert!(read(&ContainerConfig::default(), &host).is_err());
    }

    #[test]
    fn a_missing_source_of_a_mount_is_named() {
        let mount = Mount {
            r#type: "bind".into(),
            source: "/nowhere/at/all".into(),
            target: "/x".into(),
            ..Mount::default()
        };
        let host = HostConfig {
            mounts: vec![mount],
            ..HostConfig::default()
        };
        let error = read(&ContainerConfig::default(), &host).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("bind source path does not exist: /nowhere/at/all")
        );
    }
}
