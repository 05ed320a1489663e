//! The mounts of a container: the system's own, the three files of the network, the user's.

use std::path::Path;

use gantry_wire::MountPoint;
use oci_spec::runtime::{Mount, MountBuilder};

use super::made;
use crate::Result;
use crate::container::folder::Folder;
use crate::container::record::Definition;

/// Docker's size of /dev/shm.
const SHM_SIZE: i64 = 64 << 20;

/// All mounts in the order in which they are made: what lies deeper comes later.
pub(super) fn of(definition: &Definition, folder: &Folder) -> Result<Vec<Mount>> {
    let mut user = Vec::new();
    for point in &definition.mounts {
        user.push(bind_or_tmpfs(point)?);
    }
    let taken = |path: &Path| user.iter().any(|mount: &Mount| mount.destination() == path);
    let mut mounts: Vec<_> = system(definition)?
        .into_iter()
        .chain(network_files(
            folder,
            definition.host_config.readonly_rootfs,
        )?)
        .filter(|mount| !taken(mount.destination()))
        .collect();
    user.sort_by_key(|mount| mount.destination().components().count());
    mounts.extend(user);
    Ok(mounts)
}

/// Those of them that are there while the container does not run: volumes and folders of this
/// computer, and the network's files once the container was started.
pub(crate) fn binds(definition: &Definition, folder: &Folder) -> Result<Vec<Mount>> {
    let mut mounts = of(definition, folder)?;
    let own = |mount: &Mount| {
        let destination = mount.destination();
        let mut points = definition.mounts.iter();
        points.any(|point| Path::new(&point.destination) == destination)
    };
    mounts.retain(|mount| {
        let bind = mount.typ().as_deref() == Some("bind");
        let source = mount.source().as_deref().unwrap_or(Path::new(""));
        bind && (own(mount) || source.starts_with(folder.path()) && source.exists())
    });
    Ok(mounts)
}

fn system(definition: &Definition) -> Result<Vec<Mount>> {
    let host = &definition.host_config;
    let shm = if host.shm_size > 0 {
        host.shm_size
    } else {
        SHM_SIZE
    };
    // A privileged container may write where others may only read, unless all is read-only.
    let access = if host.privileged && !host.readonly_rootfs {
        "rw"
    } else {
        "ro"
    };
    let cgroups = if host.privileged { "rw" } else { "ro" };
    let mut mounts = vec![
        mount("/proc", "proc", "proc", &["nosuid", "noexec", "nodev"])?,
        mount(
            "/dev",
            "tmpfs",
            "tmpfs",
            &["nosuid", "strictatime", "mode=755", "size=65536k"],
        )?,
        mount(
            "/dev/pts",
            "devpts",
            "devpts",
            &[
                "nosuid",
                "noexec",
                "newinstance",
                "ptmxmode=0666",
                "mode=0620",
                "gid=5",
            ],
        )?,
        mount(
            "/sys",
            "sysfs",
            "sysfs",
            &["nosuid", "noexec", "nodev", access],
        )?,
        mount(
            "/sys/fs/cgroup",
            "cgroup",
            "cgroup",
            &[cgroups, "nosuid", "noexec", "nodev"],
        )?,
        mount(
            "/dev/mqueue",
            "mqueue",
            "mqueue",
            &["nosuid", "noexec", "nodev"],
        )?,
    ];
    match host.ipc_mode.as_str() {
        "none" => {}
        // The runtime brings that container's own.
        other if other.starts_with("container:") => {}
        "host" => {
            let options = ["rbind", "rprivate", "nosuid", "noexec", "nodev"];
            mounts.push(mount("/dev/shm", "bind", "/dev/shm", &options)?);
        }
        _ => {
            let size = format!("size={shm}");
            let options = ["nosuid", "noexec", "nodev", "mode=1777", &size];
            mounts.push(mount("/dev/shm", "tmpfs", "shm", &options)?);
        }
    }
    Ok(mounts)
}

fn network_files(folder: &Folder, read_only: bool) -> Result<Vec<Mount>> {
    let options: &[&str] = if read_only {
        &["rbind", "rprivate", "ro"]
    } else {
        &["rbind", "rprivate"]
    };
    [
        ("/etc/resolv.conf", folder.resolv_conf()),
        ("/etc/hostname", folder.hostname()),
        ("/etc/hosts", folder.hosts()),
    ]
    .into_iter()
    .map(|(target, source)| mount(target, "bind", &source.to_string_lossy(), options))
    .collect()
}

fn bind_or_tmpfs(point: &MountPoint) -> Result<Mount> {
    if point.r#type == "tmpfs" {
        let options: Vec<_> = ["nosuid", "nodev", "noexec"]
            .into_iter()
            .chain(point.mode.split(',').filter(|option| !option.is_empty()))
            .collect();
        return mount(&point.destination, "tmpfs", "tmpfs", &options);
    }
    let propagation = match point.propagation.as_str() {
        "" => "rprivate",
        given => given,
    };
    let recursive = if point
        .mode
        .split(',')
        .any(|mode| mode == "bind-nonrecursive")
    {
        "bind"
    } else {
        "rbind"
    };
    let subpath = format!("subpath={}", point.subpath);
    let mut options = vec![recursive, propagation];
    if !point.subpath.is_empty() {
        options.push(&subpath);
    }
    if point.mode.split(',').any(|mode| mode == "U") {
        options.push("U");
    }
    if !point.rw {
        options.push("ro");
        // And what is mounted below it, unless somebody wants that otherwise.
        if !point.mode.split(',').any(|mode| mode == "ro-nonrecursive") {
            options.push("rro");
        }
    }
    mount(&point.destination, "bind", &point.source, &options)
}

fn mount(target: &str, kind: &str, source: &str, options: &[&str]) -> Result<Mount> {
    made(
        MountBuilder::default()
            .destination(target)
            .typ(kind)
            .source(source)
            .options(
                options
                    .iter()
                    .map(|option| (*option).to_owned())
                    .collect::<Vec<_>>(),
            )
            .build(),
    )
}
