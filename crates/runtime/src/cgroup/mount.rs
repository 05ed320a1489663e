//! What the container sees at /sys/fs/cgroup: its own groups, read-only.

use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{Mode, OFlags, mkdirat, openat, statfs};
use rustix::io::{Errno, Result};

use crate::bundle::CgroupPlan;
use crate::mount::{Depth, Mount};
use crate::mount_options::Attributes;
use crate::root::{Root, TargetKind};

/// `CGROUP2_SUPER_MAGIC` of `linux/magic.h`.
const CGROUP2_MAGIC: u64 = 0x6367_7270;

const HOST: &str = "/sys/fs/cgroup";

/// Mounts the hierarchies the container has groups in. In a control group namespace of its own
/// these begin at its groups. Where the kernel refuses (a namespace that is the host's), a copy of
/// the host's mount stands in, read-only.
pub fn mount(
    root: &Root,
    destination: &Path,
    attributes: Attributes,
    plan: &CgroupPlan,
) -> Result<()> {
    let place = root.mount_point(destination, TargetKind::Directory)?;
    let hierarchies = match plan {
        CgroupPlan::V1 { controllers, .. } => controllers,
        CgroupPlan::None | CgroupPlan::V2 { .. } if host_is_unified() => {
            let group = match Mount::filesystem("cgroup2", Path::new("cgroup"), std::iter::empty())
            {
                Err(Errno::PERM | Errno::BUSY) => Mount::copy_of(Path::new(HOST), Depth::Tree)?,
                other => other?,
            };
            group.set(attributes, Depth::Tree)?;
            return group.attach(place.as_fd());
        }
        // A machine of v1 hierarchies, none of which is the container's: there is nothing to show.
        CgroupPlan::None | CgroupPlan::V2 { .. } => return Ok(()),
    };
    let tmpfs = Mount::filesystem("tmpfs", Path::new("tmpfs"), ["mode=755"].into_iter())?;
    tmpfs.attach(place.as_fd())?;
    // Controllers with the same directory share a hierarchy and can only be mounted together.
    let mut by_directory: BTreeMap<&Path, Vec<&str>> = BTreeMap::new();
    for (controller, directory) in hierarchies {
        by_directory.entry(directory).or_default().push(controller);
    }
    for controllers in by_directory.into_values() {
        let name = controllers.join(",");
        mkdirat(&tmpfs, &name, Mode::from_raw_mode(0o755))?;
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let place = openat(&tmpfs, &name, flags, Mode::empty())?;
        // Where the kernel refuses, an empty directory stands for the hierarchy.
        let mounted = Mount::filesystem("cgroup", Path::new("cgroup"), controllers.into_iter());
        let Ok(group) = mounted else { continue };
        group.set(attributes, Depth::One)?;
        group.attach(place.as_fd())?;
    }
    tmpfs.set(attributes, Depth::One)
}

fn host_is_unified() -> bool {
    statfs(HOST).is_ok_and(|found| found.f_type as u64 == CGROUP2_MAGIC)
}
