//! Device nodes of the host in a container (`--device`).

use std::os::unix::fs::{FileTypeExt, MetadataExt};

use gantry_wire::DeviceMapping;
use oci_spec::runtime::{
    LinuxDevice, LinuxDeviceBuilder, LinuxDeviceCgroup, LinuxDeviceCgroupBuilder, LinuxDeviceType,
};

use super::made;
use crate::{Error, Result};

/// The nodes that the request names.
pub(super) fn nodes(mappings: &[DeviceMapping]) -> Result<Vec<LinuxDevice>> {
    mappings.iter().map(node).collect()
}

fn node(mapping: &DeviceMapping) -> Result<LinuxDevice> {
    let path = &mapping.path_on_host;
    let gathered = |why: &str| {
        Error::Invalid(format!(
            "error gathering device information while adding custom device \"{path}\": {why}"
        ))
    };
    let found = std::fs::metadata(path).map_err(|error| gathered(&error.to_string()))?;
    let kind = if found.file_type().is_char_device() {
        LinuxDeviceType::C
    } else if found.file_type().is_block_device() {
        LinuxDeviceType::B
    } else {
        return Err(gathered("not a device node"));
    };
    let inside = match mapping.path_in_container.as_str() {
        "" => path.clone(),
        inside => inside.to_owned(),
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
}

/// Which devices may be opened: nothing but the harmless ones and those that were named. Making
/// nodes is allowed, opening them is what the rules are for.
pub(super) fn rules(mappings: &[DeviceMapping]) -> Result<Vec<LinuxDeviceCgroup>> {
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
        rules.push(rule(
            true,
            Some(LinuxDeviceType::C),
            Some(major),
            minor,
            "rwm",
        )?);
    }
    for mapping in mappings {
        let node = node(mapping)?;
        let access = match mapping.cgroup_permissions.as_str() {
            "" => "rwm",
            given if given.chars().all(|letter| "rwm".contains(letter)) => given,
            other => return Err(Error::Invalid(format!("invalid device mode: {other}"))),
        };
        rules.push(rule(
            true,
            Some(node.typ()),
            Some(node.major()),
            Some(node.minor()),
            access,
        )?);
    }
    Ok(rules)
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

    #[test]
    fn a_named_device_gets_its_node_and_its_rule() {
        let null = DeviceMapping {
            path_on_host: "/dev/null".into(),
            path_in_container: "/dev/void".into(),
            cgroup_permissions: "r".into(),
        };
        let nodes = nodes(std::slice::from_ref(&null)).unwrap();
        assert_eq!((nodes[0].major(), nodes[0].minor()), (1, 3));
        let rules = rules(&[null]).unwrap();
        assert!(!rules[0].allow());
        assert_eq!(rules.last().unwrap().access().as_deref(), Some("r"));
    }

    #[test]
    fn a_path_that_is_no_device_is_refused() {
        let mapping = DeviceMapping {
            path_on_host: "/etc".into(),
            ..DeviceMapping::default()
        };
        assert!(nodes(&[mapping]).is_err());
    }
}
