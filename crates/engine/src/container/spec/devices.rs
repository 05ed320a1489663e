//! Device nodes of the host in a container (`--device`, `--privileged`) and the rules about them.

use std::collections::BTreeMap;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use gantry_wire::{DeviceMapping, HostConfig};
use oci_spec::runtime::{
    LinuxDevice, LinuxDeviceBuilder, LinuxDeviceCgroup, LinuxDeviceCgroupBuilder, LinuxDeviceType,
};

use super::made;
use crate::{Error, Result};

/// What below /dev is not the machine's devices but the container's own, or other software's.
const NOT_SHARED: [&str; 8] = [
    "/dev/pts",
    "/dev/shm",
    "/dev/fd",
    "/dev/mqueue",
    "/dev/.lxc",
    "/dev/.lxd-mounts",
    "/dev/.udev",
    "/dev/console",
];

/// Nodes that every container has.
const DEFAULT: [&str; 7] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/dev/tty",
    "/dev/ptmx",
];

/// The nodes that the request names; all of the host's for a privileged container.
pub(super) fn nodes(host: &HostConfig) -> Result<Vec<LinuxDevice>> {
    let mut nodes = Vec::new();
    if host.privileged {
        everything_below(Path::new("/dev"), Path::new("/dev"), &mut nodes)?;
        nodes.retain(|node| !DEFAULT.iter().any(|known| node.path() == Path::new(known)));
    }
    for mapping in &host.resources.devices {
        for node in named(mapping)? {
            nodes.retain(|known| known.path() != node.path());
            nodes.push(node);
        }
    }
    Ok(nodes)
}

/// Where the host has the nodes that the container has elsewhere: by their path inside.
pub(crate) fn sources(host: &HostConfig) -> BTreeMap<PathBuf, PathBuf> {
    let renamed = host.resources.devices.iter().flat_map(|mapping| {
        let (path, inside) = (&mapping.path_on_host, &mapping.path_in_container);
        let nodes = named(mapping).unwrap_or_default();
        nodes.into_iter().filter_map(move |node| {
            let below = node.path().strip_prefix(inside).ok()?;
            let source = if below.as_os_str().is_empty() {
                PathBuf::from(path)
            } else {
                Path::new(path).join(below)
            };
            Some((node.path().clone(), source))
        })
    });
    renamed
        .filter(|(inside, source)| inside != source)
        .collect()
}

/// Refuses devices that are not there and words that mean nothing.
pub(crate) fn check(host: &HostConfig, rules_are_enforced: bool) -> Result<()> {
    rules(host)?;
    if rules_are_enforced || host.privileged {
        return Ok(());
    }
    let limited = host.resources.devices.iter().find(|mapping| {
        let access = mapping.cgroup_permissions.as_str();
        !access.is_empty() && "rw".chars().any(|right| !access.contains(right))
    });
    match limited {
        None => Ok(()),
        Some(mapping) => Err(Error::Unsupported {
            option: format!(
                "--device {}::{}",
                mapping.path_on_host, mapping.cgroup_permissions
            ),
            why: "access to devices can only be limited where the engine may set device rules"
                .to_owned(),
        }),
    }
}

/// The node of a mapping, or those of all devices in a folder.
fn named(mapping: &DeviceMapping) -> Result<Vec<LinuxDevice>> {
    let path = Path::new(&mapping.path_on_host);
    let inside = match mapping.path_in_container.as_str() {
        "" => path,
        inside => Path::new(inside),
    };
    let gathered = |why: &str| {
        Error::Invalid(format!(
            "error gathering device information while adding custom device \"{}\": {why}",
            mapping.path_on_host
        ))
    };
    let found = std::fs::metadata(path).map_err(|error| gathered(&error.to_string()))?;
    if found.is_dir() {
        let mut nodes = Vec::new();
        everything_below(path, inside, &mut nodes)?;
        if nodes.is_empty() {
            return Err(gathered("no device nodes in this folder"));
        }
        return Ok(nodes);
    }
    match node(&found, inside)? {
        Some(node) => Ok(vec![node]),
        None => Err(gathered("not a device node")),
    }
}

/// Device nodes of a folder and those below it, without following links.
fn everything_below(folder: &Path, inside: &Path, nodes: &mut Vec<LinuxDevice>) -> Result<()> {
    let Ok(entries) = folder.read_dir() else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let (path, inside) = (entry.path(), inside.join(entry.file_name()));
        if NOT_SHARED.iter().any(|own| path == Path::new(own)) {
            continue;
        }
        let Ok(found) = entry.metadata() else {
            continue;
        };
        if found.is_dir() {
            everything_below(&path, &inside, nodes)?;
        } else if let Some(node) = node(&found, &inside)? {
            nodes.push(node);
        }
    }
    Ok(())
}

fn node(found: &std::fs::Metadata, inside: &Path) -> Result<Option<LinuxDevice>> {
    let kind = if found.file_type().is_char_device() {
        LinuxDeviceType::C
    } else if found.file_type().is_block_device() {
        LinuxDeviceType::B
    } else {
        return Ok(None);
    };
    made(
        LinuxDeviceBuilder::default()
            .path(inside)
            .typ(kind)
            .major(i64::from(rustix::fs::major(found.rdev())))
            .minor(i64::from(rustix::fs::minor(found.rdev())))
            .file_mode(found.mode() & 0o777)
            .uid(found.uid())
            .gid(found.gid())
            .build(),
    )
    .map(Some)
}

/// Which devices may be opened: nothing but the harmless ones and those that were named, or
/// everything. Making nodes is allowed, opening them is what the rules are for.
pub(super) fn rules(host: &HostConfig) -> Result<Vec<LinuxDeviceCgroup>> {
    if host.privileged {
        return Ok(vec![rule(true, None, None, None, "rwm")?]);
    }
    let mut rules = vec![rule(false, None, None, None, "rwm")?];
    for kind in [LinuxDeviceType::C, LinuxDeviceType::B] {
        rules.push(rule(true, Some(kind), None, None, "m")?);
    }
    for (major, minor) in [
        (1, Some(3)), // null
        (1, Some(5)), // zero
        (1, Some(7)), // full
        (1, Some(8)), // random
        (1, Some(9)), // urandom
        (5, Some(0)), // tty
        (5, Some(1)), // console
        (5, Some(2)), // ptmx
        (136, None),  // pts
    ] {
        let kind = Some(LinuxDeviceType::C);
        rules.push(rule(true, kind, Some(major), minor, "rwm")?);
    }
    for mapping in &host.resources.devices {
        let access = match mapping.cgroup_permissions.as_str() {
            "" => "rwm",
            given if is_access(given) => given,
            other => return Err(Error::Invalid(format!("invalid device mode: {other}"))),
        };
        for node in named(mapping)? {
            let numbers = (Some(node.major()), Some(node.minor()));
            rules.push(rule(true, Some(node.typ()), numbers.0, numbers.1, access)?);
        }
    }
    for text in &host.resources.device_cgroup_rules {
        rules.push(parse(text)?);
    }
    Ok(rules)
}

/// `--device-cgroup-rule`: `c 1:* rwm`.
fn parse(text: &str) -> Result<LinuxDeviceCgroup> {
    let invalid = || Error::Invalid(format!("invalid device cgroup rule format: '{text}'"));
    let words: Vec<_> = text.split_whitespace().collect();
    let [kind, numbers, access] = words[..] else {
        return Err(invalid());
    };
    let kind = match kind {
        "a" => None,
        "b" => Some(LinuxDeviceType::B),
        "c" => Some(LinuxDeviceType::C),
        _ => return Err(invalid()),
    };
    let (major, minor) = numbers.split_once(':').ok_or_else(invalid)?;
    let number = |text: &str| match text {
        "*" => Ok(None),
        digits => match digits.parse::<u32>() {
            Ok(number) => Ok(Some(i64::from(number))),
            Err(_) => Err(invalid()),
        },
    };
    if !is_access(access) {
        return Err(invalid());
    }
    rule(true, kind, number(major)?, number(minor)?, access)
}

fn is_access(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| "rwm".contains(letter))
}

fn rule(
    allow: bool,
    kind: Option<LinuxDeviceType>,
    major: Option<i64>,
    minor: Option<i64>,
    access: &str,
) -> Result<LinuxDeviceCgroup> {
    let mut builder = LinuxDeviceCgroupBuilder::default()
        .allow(allow)
        .access(access);
    if let Some(kind) = kind {
        builder = builder.typ(kind);
    }
    if let Some(major) = major {
        builder = builder.major(major);
    }
    if let Some(minor) = minor {
        builder = builder.minor(minor);
    }
    made(builder.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(path: &str, inside: &str, access: &str) -> HostConfig {
        let mut host = HostConfig::default();
        host.resources.devices.push(DeviceMapping {
            path_on_host: path.into(),
            path_in_container: inside.into(),
            cgroup_permissions: access.into(),
        });
        host
    }

    #[test]
    fn a_named_device_gets_its_node_and_its_rule() {
        let host = with("/dev/null", "/dev/void", "r");
        let nodes = nodes(&host).unwrap();
        assert_eq!((nodes[0].major(), nodes[0].minor()), (1, 3));
        assert_eq!(
            sources(&host),
            BTreeMap::from([("/dev/void".into(), "/dev/null".into())])
        );
        assert!(sources(&with("/dev/null", "", "r")).is_empty());
        let rules = rules(&host).unwrap();
        assert!(!rules[0].allow());
        assert_eq!(rules.last().unwrap().access().as_deref(), Some("r"));
    }

    #[test]
    fn access_that_nobody_limits_is_refused() {
        let limited = with("/dev/null", "/dev/void", "r");
        assert_eq!(check(&limited, false).unwrap_err().code(), "unsupported");
        check(&limited, true).unwrap();
        check(&with("/dev/null", "", "rwm"), false).unwrap();
        assert!(check(&with("/dev/null", "", "x"), true).is_err());
    }

    #[test]
    fn a_path_that_is_no_device_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        assert!(nodes(&with(folder.path().to_str().unwrap(), "/x", "")).is_err());
        assert!(nodes(&with("/etc/passwd", "/x", "")).is_err());
        assert!(nodes(&with("/nowhere", "/x", "")).is_err());
    }

    #[test]
    fn a_privileged_container_has_every_device_but_those_of_its_own() {
        let host = HostConfig {
            privileged: true,
            ..HostConfig::default()
        };
        let nodes = nodes(&host).unwrap();
        assert!(!nodes.iter().any(|node| node.path().starts_with("/dev/pts")));
        assert!(
            !nodes
                .iter()
                .any(|node| node.path() == Path::new("/dev/null"))
        );
        assert_eq!(rules(&host).unwrap().len(), 1);
    }

    #[test]
    fn rules_are_read_as_docker_writes_them() {
        let rule = parse("c 42:* rmw").unwrap();
        assert_eq!((rule.major(), rule.minor()), (Some(42), None));
        for wrong in ["", "c 1:2", "x 1:2 r", "c 1 r", "c 1:2 q", "c -1:2 r"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
