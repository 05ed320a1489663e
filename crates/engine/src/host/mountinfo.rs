//! Where the kernel's control groups are mounted, and where this process is in them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// The mounts of control groups.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CgroupMounts {
    /// v1 hierarchies by controller.
    pub(super) controllers: BTreeMap<String, PathBuf>,
    /// The cgroup2 mount.
    pub(super) unified: Option<PathBuf>,
}

/// Options of a v1 mount that are no controllers.
const FLAGS: [&str; 6] = [
    "rw",
    "ro",
    "xattr",
    "clone_children",
    "noprefix",
    "release_agent",
];

impl CgroupMounts {
    pub(super) fn read() -> Self {
        Self::parse(&fs::read_to_string("/proc/self/mountinfo").unwrap_or_default())
    }

    /// See proc_pid_mountinfo(5): the file system type and its options stand after a lone hyphen.
    fn parse(text: &str) -> Self {
        let mut mounts = Self::default();
        for line in text.lines() {
            let Some((before, after)) = line.split_once(" - ") else {
                continue;
            };
            let Some(target) = before.split(' ').nth(4).map(PathBuf::from) else {
                continue;
            };
            let mut fields = after.split(' ');
            let (kind, options) = (fields.next(), fields.nth(1).unwrap_or_default());
            match kind {
                Some("cgroup2") => mounts.unified = mounts.unified.or(Some(target)),
                Some("cgroup") => {
                    let named = options.split(',').any(|option| option.starts_with("name="));
                    let controllers = options.split(',').filter(|option| {
                        !named && !FLAGS.iter().any(|flag| option.starts_with(flag))
                    });
                    for controller in controllers {
                        mounts
                            .controllers
                            .insert(controller.to_owned(), target.clone());
                    }
                }
                _ => {}
            }
        }
        mounts
    }
}

/// This process's groups by controller; the cgroup2 one under the empty name.
pub(super) fn own_groups() -> BTreeMap<String, PathBuf> {
    parse_groups(&fs::read_to_string("/proc/self/cgroup").unwrap_or_default())
}

fn parse_groups(text: &str) -> BTreeMap<String, PathBuf> {
    let mut groups = BTreeMap::new();
    for line in text.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else {
            continue;
        };
        for controller in controllers.split(',') {
            groups.insert(controller.to_owned(), PathBuf::from(path));
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v1_and_unified_mounts_are_told_apart() {
        let mounts = CgroupMounts::parse(
            "30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct\n\
             31 25 0:27 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n\
             32 25 0:28 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw,nsdelegate\n\
             33 25 0:29 / /proc rw - proc proc rw\n",
        );
        assert_eq!(
            mounts.controllers.keys().collect::<Vec<_>>(),
            ["cpu", "cpuacct"]
        );
        assert_eq!(mounts.unified, Some("/sys/fs/cgroup/unified".into()));
    }

    #[test]
    fn own_groups_are_found_by_controller() {
        let groups = parse_groups("4:cpu,cpuacct:/user\n1:name=systemd:/x\n0::/a:b\n");
        assert_eq!(groups["cpuacct"], PathBuf::from("/user"));
        assert_eq!(groups[""], PathBuf::from("/a:b"));
    }
}
