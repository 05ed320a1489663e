//! /dev: the default nodes of the runtime spec (config-linux.md, "Default Devices") and those it
//! lists. Where mknod(2) is refused, as in every user namespace, the host's node is bound.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use oci_spec::runtime::{LinuxDevice, LinuxDeviceType};
use rustix::fs::{
    CWD, Dev, FileType, Gid, Mode, OFlags, Uid, chownat, fstat, major, makedev, minor, mknodat,
    openat, symlinkat, unlinkat,
};
use rustix::io::Errno;

use crate::bundle::Bundle;
use crate::failure::{During, StartFailure, Step};
use crate::mount::{Depth, Mount};
use crate::mount_options::Attributes;
use crate::root::{Root, TargetKind};

const DEFAULT: [(&str, u32, u32); 6] = [
    ("null", 1, 3),
    ("zero", 1, 5),
    ("full", 1, 7),
    ("random", 1, 8),
    ("urandom", 1, 9),
    ("tty", 5, 0),
];

const LINKS: [(&str, &str); 5] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("ptmx", "pts/ptmx"),
];

/// How a node comes to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nodes {
    Make,
    BindTheHosts,
}

/// Fills the container's /dev.
pub fn fill(root: &Root, bundle: &Bundle, nodes: Nodes) -> Result<(), StartFailure> {
    let spec = &bundle.spec;
    let flags = OFlags::PATH | OFlags::DIRECTORY;
    let dev = root
        .open(Path::new("/dev"), flags)
        .during(Step::Devices, || "/dev")?;
    for (name, major, minor) in DEFAULT {
        let device = Node {
            kind: FileType::CharacterDevice,
            device: makedev(major, minor),
            mode: Mode::from_raw_mode(0o666),
            owner: None,
        };
        device.create(&dev, name, Path::new("/dev").join(name).as_path(), nodes)?;
    }
    // What the kernel does not have gets no name either.
    let core = Path::new("/proc/kcore").exists();
    let core = core.then_some(("core", "/proc/kcore"));
    for (name, target) in LINKS.into_iter().chain(core) {
        match symlinkat(target, &dev, name) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(errno).during(Step::Devices, || format!("/dev/{name}")),
        }
    }
    let listed = spec
        .linux()
        .as_ref()
        .and_then(|linux| linux.devices().as_ref());
    for device in listed.into_iter().flatten() {
        let path = device.path();
        let host = bundle.device_sources.get(path).unwrap_or(path);
        add(root, device, host, nodes)?;
    }
    Ok(())
}

/// Makes a node that the spec lists, wherever it is.
fn add(root: &Root, device: &LinuxDevice, host: &Path, nodes: Nodes) -> Result<(), StartFailure> {
    let path = device.path();
    let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|n| n.to_str()))
    else {
        return Err(Errno::INVAL).during(Step::Devices, || path.display().to_string());
    };
    let parent = root
        .mount_point(parent, TargetKind::Directory)
        .during(Step::Devices, || path.display().to_string())?;
    let kind = match device.typ() {
        LinuxDeviceType::B => FileType::BlockDevice,
        LinuxDeviceType::P => FileType::Fifo,
        _ => FileType::CharacterDevice,
    };
    let mode = device.file_mode().unwrap_or(0o666) & 0o7777;
    let owner = (device.uid().unwrap_or(0), device.gid().unwrap_or(0));
    let node = Node {
        kind,
        device: makedev(device.major() as u32, device.minor() as u32),
        mode: Mode::from_raw_mode(mode),
        owner: Some(owner),
    };
    node.create(&parent, name, host, nodes)
}

/// A device node to be.
struct Node {
    kind: FileType,
    device: Dev,
    mode: Mode,
    owner: Option<(u32, u32)>,
}

impl Node {
    fn create(
        &self,
        parent: &OwnedFd,
        name: &str,
        host: &Path,
        nodes: Nodes,
    ) -> Result<(), StartFailure> {
        let created = match nodes {
            Nodes::Make => match self.make(parent, name) {
                Err(Errno::PERM) => self.bind(parent, name, host),
                other => other,
            },
            Nodes::BindTheHosts => self.bind(parent, name, host),
        };
        created.during(Step::Devices, || host.display().to_string())
    }

    /// The umask of whoever makes a container is empty, so the mode is as it is given.
    fn make(&self, parent: &OwnedFd, name: &str) -> rustix::io::Result<()> {
        match mknodat(parent, name, self.kind, self.mode, self.device) {
            Err(Errno::EXIST) => {
                unlinkat(parent, name, rustix::fs::AtFlags::empty())?;
                mknodat(parent, name, self.kind, self.mode, self.device)?;
            }
            other => other?,
        }
        if let Some((uid, gid)) = self.owner {
            let flags = rustix::fs::AtFlags::SYMLINK_NOFOLLOW;
            let (uid, gid) = (Uid::from_raw(uid), Gid::from_raw(gid));
            chownat(parent, name, Some(uid), Some(gid), flags)?;
        }
        Ok(())
    }

    fn bind(&self, parent: &OwnedFd, name: &str, host: &Path) -> rustix::io::Result<()> {
        let node = host_node(host, self.kind, self.device)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(0o644);
        match openat(parent, name, flags | OFlags::NOFOLLOW, mode) {
            Ok(_) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(errno),
        }
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let place = openat(parent, name, flags, Mode::empty())?;
        bind_host_node(node.as_fd(), place.as_fd(), Attributes::NODE)
    }
}

/// Shows a node of the host at a place of the container. The mount is read-only, which does not
/// hinder writing to the device, but keeps the container's root from changing the mode or owner of
/// the host's node.
pub fn bind_host_node(
    node: BorrowedFd<'_>,
    place: BorrowedFd<'_>,
    attributes: Attributes,
) -> rustix::io::Result<()> {
    let copy = Mount::copy_of_descriptor(node, Depth::One)?;
    copy.set(attributes, Depth::One)?;
    copy.attach(place)
}

/// Opens a node of the host (`O_PATH`) and makes sure that it is the device it should be.
pub fn host_node(path: &Path, kind: FileType, device: Dev) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let node = openat(CWD, path, flags, Mode::empty())?;
    let found = fstat(&node)?;
    let same = (major(found.st_rdev), minor(found.st_rdev)) == (major(device), minor(device));
    if FileType::from_raw_mode(found.st_mode) != kind || !same {
        return Err(Errno::NODEV);
    }
    Ok(node)
}

/// The host's /dev/null.
pub fn host_null() -> rustix::io::Result<OwnedFd> {
    host_node(
        Path::new("/dev/null"),
        FileType::CharacterDevice,
        makedev(1, 3),
    )
}
