//! The root of a container, for whoever works with its files from outside.
//!
//! A running container has its own: what its first process sees ([`running_root`]). That of one that
//! does not run is mounted aside ([`MountedRoot`]): a thread makes itself a mount namespace, puts the
//! root together there and ends. Descriptors are all that is left, so that nothing has to be
//! unmounted, by whomever, also after a crash.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::thread;

use nix::sched::{CloneFlags, unshare};
use oci_spec::runtime::Mount as SpecMount;
use rustix::io::Errno;
use rustix::mount::{MountPropagationFlags, mount_change};

use crate::bundle::{CgroupPlan, RootFs};
use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::identity::ProcessIdentity;
use crate::mount::Depth;
use crate::mount_options::Attributes;
use crate::mounts::{self, Sharing};
use crate::overlay;
use crate::root::Root;
use crate::users;

/// Whether a root takes changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootAccess {
    ReadWrite,
    ReadOnly,
}

/// A root that is mounted in a namespace that nobody is in.
#[derive(Debug)]
pub struct MountedRoot {
    root: OwnedFd,
    /// Keeps the mounts below the root attached to it.
    _namespace: File,
}

impl MountedRoot {
    /// Puts a root together: the file system, and bind mounts in the spec's order, with their mount
    /// points where the root lacks them. `place` is any directory; nobody else sees the mount on it.
    pub fn new(
        rootfs: &RootFs,
        binds: &[SpecMount],
        place: &Path,
        access: RootAccess,
    ) -> Result<Self, StartFailure> {
        thread::scope(|scope| {
            let thread = thread::Builder::new().name("mount".to_owned());
            let mounting = thread
                .spawn_scoped(scope, || assemble(rootfs, binds, place, access))
                .during(Step::Namespace, || "a thread")?;
            mounting.join().map_err(|_| {
                let detail = "the thread that mounts ended early";
                StartFailure::new(FailureKind::Other, Step::Namespace, detail)
            })?
        })
    }
}

impl AsFd for MountedRoot {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.root.as_fd()
    }
}

/// Runs in a thread that does nothing else: its mount namespace is its own from here on.
fn assemble(
    rootfs: &RootFs,
    binds: &[SpecMount],
    place: &Path,
    access: RootAccess,
) -> Result<MountedRoot, StartFailure> {
    unshare(CloneFlags::CLONE_NEWNS).during(Step::Namespace, || "mount")?;
    let prepared = mounts::prepare(binds)?;
    mount_change(
        "/",
        MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC,
    )
    .during(Step::Propagation, || "/")?;
    let mounted = overlay::mount_root(rootfs, place)?;
    let root = mounted
        .as_fd()
        .try_clone_to_owned()
        .during(Step::Root, || "dup")?;
    let root = Root::new(root);
    // Binds alone are mounted: which namespaces are shared plays no part.
    let sharing = Sharing {
        pid: false,
        network: false,
        ipc: false,
        uts: false,
    };
    mounts::attach_all(prepared, &root, sharing, &CgroupPlan::None)?;
    if access == RootAccess::ReadOnly {
        mounted
            .set(Attributes::READ_ONLY, Depth::One)
            .during(Step::Root, || "read-only")?;
    }
    let namespace =
        File::open("/proc/thread-self/ns/mnt").during(Step::Namespace, || "the thread's own")?;
    Ok(MountedRoot {
        root: root.into_directory(),
        _namespace: namespace,
    })
}

/// The root of a running container as its first process has it, mounts included; `None` when that
/// process is gone. Paths are resolved from it as in the container, in whatever namespace the caller
/// is.
pub fn running_root(process: &ProcessIdentity) -> io::Result<Option<OwnedFd>> {
    match Root::of_process(process) {
        Ok(root) => Ok(Some(root.into_directory())),
        Err(Errno::SRCH | Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The user and the group that a container's `user[:group]` means, looked up inside its root.
pub fn user_in_root(root: impl AsFd, user: &str) -> Result<(u32, u32), StartFailure> {
    let root = root
        .as_fd()
        .try_clone_to_owned()
        .during(Step::Root, || "dup")?;
    let account = users::look_up(&Root::new(root), user, &[])?;
    Ok((account.uid, account.gid))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use oci_spec::runtime::MountBuilder;
    use rustix::fs::{FileType, OFlags, fstat};

    use super::*;

    #[test]
    fn a_root_is_seen_with_its_mounts_and_by_nobody_else() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let home = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let path = home.path().join(name);
            fs::create_dir(&path).unwrap();
            path
        };
        let (root, volume, place) = (folder("root"), folder("volume"), folder("place"));
        fs::write(volume.join("inside"), "of the volume").unwrap();
        let bind = MountBuilder::default()
            .destination("/data/deep")
            .typ("bind")
            .source(&volume)
            .options(["rbind".to_owned(), "rprivate".to_owned(), "ro".to_owned()])
            .build()
            .unwrap();
        let rootfs = RootFs::Directory { path: root.clone() };
        let access = RootAccess::ReadWrite;
        let mounted = MountedRoot::new(&rootfs, &[bind], &place, access).unwrap();
        let seen = Root::new(mounted.as_fd().try_clone_to_owned().unwrap());
        let text = seen.read_file("/data/deep/inside", 100).unwrap().unwrap();
        assert_eq!(text, b"of the volume");
        let file = seen.open(Path::new("/data/deep/inside"), OFlags::WRONLY);
        assert_eq!(file.unwrap_err(), Errno::ROFS);
        let found = seen.open(Path::new("/data"), OFlags::PATH).unwrap();
        let kind = FileType::from_raw_mode(fstat(found).unwrap().st_mode);
        assert_eq!(kind, FileType::Directory);
        // Here neither the root nor the volume is mounted anywhere.
        assert_eq!(fs::read_dir(&place).unwrap().count(), 0);
        assert_eq!(fs::read_dir(root.join("data/deep")).unwrap().count(), 0);
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        assert!(!mounts.contains(&*place.to_string_lossy()));
    }
}
