//! /dev/shm of the container whose IPC namespace is joined (Docker's `--ipc container:ID`).

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{Errno, Result};
use rustix::process::fchdir;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::identity::ProcessIdentity;
use crate::mount::{Depth, Mount};
use crate::root::{Root, TargetKind};

const PLACE: &str = "/dev/shm";

/// The container whose /dev/shm is shared, held open.
#[derive(Debug)]
pub struct Donor {
    mounts: File,
    root: OwnedFd,
}

impl Donor {
    /// Opens what belongs to a process. In the shim, since the new process may live in another pid
    /// namespace, where the pid is somebody else's.
    pub fn open(process: &ProcessIdentity) -> std::result::Result<Self, StartFailure> {
        let what = || format!("{PLACE} of process {}", process.pid);
        let donor = Self {
            mounts: File::open(format!("/proc/{}/ns/mnt", process.pid))
                .during(Step::Mount, what)?,
            root: directory(&format!("/proc/{}/root", process.pid)).during(Step::Mount, what)?,
        };
        if process.is_alive() {
            return Ok(donor);
        }
        let detail = "the container whose memory it shares is over";
        Err(StartFailure::new(FailureKind::Other, Step::Mount, detail))
    }

    /// Copies the mount, or returns `None` where the other container has none. A mount can only be
    /// copied by who stands in its mount namespace, so this process visits the other container's
    /// for a moment and executes nothing there.
    pub fn copy(&self) -> std::result::Result<Option<Mount>, StartFailure> {
        let what = || format!("{PLACE} of another container");
        let (own, here) = File::open("/proc/self/ns/mnt")
            .and_then(|own| Ok((own, directory(".")?)))
            .during(Step::Mount, what)?;
        let kind = Some(LinkNameSpaceType::Mount);
        move_into_link_name_space(self.mounts.as_fd(), kind).during(Step::Mount, what)?;
        let copy = self
            .root
            .try_clone()
            .map_err(|_| Errno::MFILE)
            .and_then(|root| {
                let place = Path::new(PLACE);
                Root::new(root).open(place, OFlags::PATH | OFlags::DIRECTORY)
            })
            .and_then(|place| Mount::copy_of_descriptor(place.as_fd(), Depth::Tree));
        move_into_link_name_space(own.as_fd(), kind)
            .and_then(|()| fchdir(&here))
            .during(Step::Mount, || "return from another mount namespace")?;
        match copy {
            Ok(copy) => Ok(Some(copy)),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(errno) => Err(errno).during(Step::Mount, what),
        }
    }
}

/// Shows it in this container.
pub fn attach(memory: &Mount, root: &Root) -> std::result::Result<(), StartFailure> {
    let attached = || -> Result<()> {
        let place = root.mount_point(Path::new(PLACE), TargetKind::Directory)?;
        memory.set_propagation(libc::MS_PRIVATE, Depth::Tree)?;
        memory.attach(place.as_fd())
    };
    attached().during(Step::Mount, || PLACE)
}

fn directory(path: &str) -> std::io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(openat(CWD, path, flags, Mode::empty())?)
}
