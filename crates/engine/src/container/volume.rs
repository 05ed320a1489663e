//! Bind mounts, volumes and tmpfs: from the request's words to mount points.
//!
//! Volumes are plain folders, `volumes/NAME/_data`. A new one gets the content that the image has
//! at its place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gantry_wire::{ContainerConfig, HostConfig, Mount, MountPoint};

use super::owner::move_to;
use crate::host::Paths;
use crate::{Error, Result};

/// What to mount, and which volumes are new.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Resolved {
    pub(super) points: Vec<MountPoint>,
    /// Volumes that may take the image's content: indices into `points`.
    pub(super) fillable: Vec<usize>,
}

/// Reads `--volume`, `--mount`, `--tmpfs` and the image's volumes, in Docker's order of precedence.
pub(super) fn resolve(
    config: &ContainerConfig,
    host: &HostConfig,
    paths: &Paths,
) -> Result<Resolved> {
    let mut found: BTreeMap<String, (MountPoint, bool)> = BTreeMap::new();
    let mut add = |point: MountPoint, fill: bool| {
        if found.contains_key(&point.destination) {
            return Err(Error::Invalid(format!(
                "Duplicate mount point: {}",
                point.destination
            )));
        }
        found.insert(point.destination.clone(), (point, fill));
        Ok(())
    };
    for bind in &host.binds {
        let (point, fill) = parse_bind(bind, paths)?;
        add(point, fill)?;
    }
    for mount in &host.mounts {
        let (point, fill) = parse_mount(mount, paths)?;
        add(point, fill)?;
    }
    for (target, options) in &host.tmpfs {
        add(tmpfs(target, options.clone())?, false)?;
    }
    for target in &config.volumes {
        let target = clean(target)?;
        found
            .entry(target.clone())
            .or_insert_with(|| (volume(paths, &anonymous(), target, ""), true));
    }
    let mut resolved = Resolved::default();
    for (point, fill) in found.into_values() {
        if fill {
            resolved.fillable.push(resolved.points.len());
        }
        resolved.points.push(point);
    }
    Ok(resolved)
}

/// Makes what is missing: host folders as Docker does, volumes with their record and with the
/// image's content at their place. `layers` are the image's, topmost first.
pub(super) fn make(resolved: &Resolved, layers: &[PathBuf], rootless: bool) -> Result<()> {
    for (index, point) in resolved.points.iter().enumerate() {
        let source = Path::new(&point.source);
        match point.r#type.as_str() {
            "bind" if !source.exists() => {
                fs::create_dir_all(source).map_err(Error::io("make", source))?;
            }
            "volume" if !source.exists() => {
                let fill = resolved.fillable.contains(&index);
                make_volume(point, if fill { layers } else { &[] }, rootless)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Made beside and renamed: a volume is there with its content or not at all.
fn make_volume(point: &MountPoint, layers: &[PathBuf], rootless: bool) -> Result<()> {
    let data = Path::new(&point.source);
    let Some(folder) = data.parent() else {
        return Err(Error::Internal(format!("volume at {}", point.source)));
    };
    let beside = folder.with_file_name(format!(".{}.new", point.name));
    gantry_store::remove_tree(&beside).map_err(Error::io("remove", &beside))?;
    let inside = beside.join("_data");
    fs::create_dir_all(&inside).map_err(Error::io("make", &inside))?;
    if !layers.is_empty() {
        super::fill::fill(layers, &point.destination, &inside, rootless)
            .map_err(Error::io("copy the image's content to", &inside))?;
    }
    let record = serde_json::json!({
        "Name": point.name,
        "Driver": "local",
        "CreatedAt": gantry_wire::Timestamp::now(),
        "Anonymous": is_anonymous(&point.name),
    });
    let path = beside.join("volume.json");
    fs::write(&path, record.to_string()).map_err(Error::io("write", &path))?;
    match fs::rename(&beside, folder) {
        // Another create made the same volume meanwhile: that one holds.
        Err(_) if data.exists() => {
            let _ = gantry_store::remove_tree(&beside);
            Ok(())
        }
        renamed => renamed.map_err(Error::io("make", folder)),
    }
}

/// Moves the anonymous volumes of a removed container to the trash.
pub(crate) fn discard_anonymous(paths: &Paths, points: &[MountPoint]) -> Vec<PathBuf> {
    points
        .iter()
        .filter(|point| point.r#type == "volume" && is_anonymous(&point.name))
        .filter_map(|point| move_to(&paths.trash(), &paths.volumes().join(&point.name)).ok())
        .collect()
}

/// `SOURCE:TARGET[:OPTIONS]`, where a source without a slash is a volume's name.
fn parse_bind(text: &str, paths: &Paths) -> Result<(MountPoint, bool)> {
    let invalid = || Error::Invalid(format!("invalid volume specification: '{text}'"));
    let mut fields = text.splitn(3, ':');
    let (source, target) = (fields.next(), fields.next());
    let options = fields.next().unwrap_or_default();
    let (Some(source), Some(target)) = (source, target) else {
        // A target alone is an anonymous volume.
        return Ok((volume(paths, &anonymous(), clean(text)?, ""), true));
    };
    if source.is_empty() || target.is_empty() {
        return Err(invalid());
    }
    let mut propagation = "";
    let mut fill = true;
    for option in options.split(',').filter(|option| !option.is_empty()) {
        match option {
            "ro" | "rw" | "z" | "Z" | "U" | "cached" | "delegated" | "consistent" => {}
            "nocopy" => fill = false,
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
        return Ok((point, false));
    }
    check_name(source)?;
    Ok((volume(paths, source, target, options), fill))
}

fn parse_mount(mount: &Mount, paths: &Paths) -> Result<(MountPoint, bool)> {
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
            Ok((point, false))
        }
        "volume" => {
            let options = mount.volume_options.clone().unwrap_or_default();
            if !options.subpath.is_empty() {
                return Err(Error::Unsupported {
                    option: "volume-subpath".to_owned(),
                    why: "a volume is mounted as a whole".to_owned(),
                });
            }
            let name = if mount.source.is_empty() {
                anonymous()
            } else {
                check_name(&mount.source)?;
                mount.source.clone()
            };
            let mut point = volume(paths, &name, target, mode);
            point.rw = !mount.read_only;
            Ok((point, !options.no_copy))
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
            Ok((tmpfs(&mount.target, words.join(","))?, false))
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

fn volume(paths: &Paths, name: &str, target: String, mode: &str) -> MountPoint {
    MountPoint {
        r#type: "volume".to_owned(),
        name: name.to_owned(),
        source: paths
            .volumes()
            .join(name)
            .join("_data")
            .to_string_lossy()
            .into_owned(),
        destination: target,
        driver: "local".to_owned(),
        mode: if mode.is_empty() {
            "z".to_owned()
        } else {
            mode.to_owned()
        },
        rw: !is_read_only(mode),
        ..MountPoint::default()
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

fn check_name(name: &str) -> Result<()> {
    let mut bytes = name.bytes();
    let first = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    let rest = bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    if first && rest && name.len() > 1 {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "create {name}: \"{name}\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"
    )))
}

fn anonymous() -> String {
    hex::encode(rand::random::<[u8; 32]>())
}

fn is_anonymous(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths() -> Paths {
        Paths {
            root: "/data".into(),
            runtime: "/run/g".into(),
            socket: "/run/g/engine.sock".into(),
            config: "/etc/g".into(),
        }
    }

    fn binds(binds: &[&str]) -> Result<Resolved> {
        let host = HostConfig {
            binds: binds.iter().map(|bind| (*bind).to_owned()).collect(),
            ..HostConfig::default()
        };
        resolve(&ContainerConfig::default(), &host, &paths())
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
        assert_eq!(found.fillable, [1]);
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
        let found = resolve(&config, &host, &paths()).unwrap();
        assert_eq!(found.points.len(), 2);
        assert_eq!(found.points[0].r#type, "bind");
        assert!(is_anonymous(&found.points[1].name));
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
        let error = resolve(&ContainerConfig::default(), &host, &paths()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("bind source path does not exist: /nowhere/at/all")
        );
    }
}
