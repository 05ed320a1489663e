//! Bind mounts, volumes and tmpfs: from the request's words to mount points.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use gantry_wire::{ContainerConfig, HostConfig, Mount, MountPoint};

use crate::volume::{Fill, VolumeMount, VolumeName, Volumes};
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
        found
            .entry(place.clone())
            .or_insert_with(|| volume(volumes, VolumeName::anonymous(), place, ""));
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

/// `SOURCE:TARGET[:OPTIONS]`, where a source without a slash is a volume's name.
fn parse_bind(text: &str, volumes: &Volumes) -> Result<Asked> {
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

fn parse_mount(mount: &Mount, volumes: &Volumes) -> Result<Asked> {
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
            let mut point = bind(&mount.source, target, mode);
            if options.non_recursive {
                "bind-nonrecursive".clone_into(&mut point.mode);
            }
            if !options.propagation.is_empty() {
                point.propagation = options.propagation;
            }
            Ok(without_volume(point))
        }
        "volume" => {
            let options = mount.volume_options.clone().unwrap_or_default();
            if !options.subpath.is_empty() {
                return Err(Error::Unsupported {
                    option: "volume-subpath".to_owned(),
                    why: "a volume is mounted as a whole".to_owned(),
                });
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
                if options.no_copy {
                    volume.fill = Fill::Nothing;
                }
                volume.labels = options.labels;
                volume.options = driver.options;
            }
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

fn volume(volumes: &Volumes, name: VolumeName, target: String, mode: &str) -> Asked {
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

fn without_volume(point: MountPoint) -> Asked {
    Asked {
        point,
        volume: None,
    }
}

fn tmpfs(target: &str, options: String) -> Result<MountPoint> {
    if let Some(option) = options.split(',').find(|option| !is_tmpfs_option(option)) {
        return Err(Error::Invalid(format!("invalid tmpfs option {option:?}")));
    }
    Ok(MountPoint {
        r#type: "tmpfs".to_owned(),
        destination: clean(target)?,
        rw: !is_read_only(&options),
        mode: options,
        ..MountPoint::default()
    })
}

/// The options that Docker lets through to a tmpfs.
fn is_tmpfs_option(option: &str) -> bool {
    const FLAGS: [&str; 19] = [
        "",
        "ro",
        "rw",
        "exec",
        "noexec",
        "suid",
        "nosuid",
        "dev",
        "nodev",
        "atime",
        "noatime",
        "diratime",
        "nodiratime",
        "relatime",
        "norelatime",
        "strictatime",
        "nostrictatime",
        "defaults",
        "private",
    ];
    const VALUES: [&str; 7] = [
        "size",
        "mode",
        "uid",
        "gid",
        "nr_inodes",
        "nr_blocks",
        "mpol",
    ];
    match option.split_once('=') {
        Some((key, value)) => VALUES.contains(&key) && !value.is_empty(),
        None => FLAGS.contains(&option),
    }
}

fn is_read_only(mode: &str) -> bool {
    mode.split(',').any(|option| option == "ro")
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
    use super::*;

    struct Nobody;

    impl crate::volume::VolumeUse for Nobody {
        fn users_of_volume(&self, _: &str) -> Vec<String> {
            Vec::new()
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
