//! What is mounted in the container whose namespace is joined and belongs to that namespace: /dev/shm
//! with Docker's `--ipc container:ID`, /proc with `--pid container:ID`.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, fstatfs, openat};
use rustix::io::Errno;
use rustix::process::fchdir;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::identity::ProcessIdentity;
use crate::mount::{Depth, Mount};
use crate::root::Root;

/// Where shared memory is.
pub const SHARED_MEMORY: &str = "/dev/shm";
/// Where a pid namespace is shown.
const PROCESSES: &str = "/proc";

/// Another container, held open.
#[derive(Debug)]
pub struct Donor {
    mounts: File,
    root: OwnedFd,
}

impl Donor {
    /// Opens what belongs to a process. In the shim, since the new process may live in another pid
    /// namespace, where the pid is somebody else's.
    pub fn open(process: &ProcessIdentity) -> std::result::Result<Self, StartFailure> {
        let what = || format!("mounts of process {}", process.pid);
        let donor = Self {
            mounts: File::open(format!("/proc/{}/ns/mnt", process.pid))
                .during(Step::Mount, what)?,
            root: directory(&format!("/proc/{}/root", process.pid)).during(Step::Mount, what)?,
        };
        if process.is_alive() {
            return Ok(donor);
        }
        let detail = "the container whose namespaces it shares is over";
        Err(StartFailure::new(FailureKind::Other, Step::Mount, detail))
    }

    /// Its shared memory, with what is mounted below; `None` where it has none.
    pub fn shared_memory(&self) -> std::result::Result<Option<Mount>, StartFailure> {
        self.copy(SHARED_MEMORY, Depth::Tree)
    }

    /// Its view of its processes. The kernel mounts proc only for who is among them himself
    /// (proc(5)), which must be nobody that has more to lose than they.
    pub fn processes(&self) -> std::result::Result<Mount, StartFailure> {
        /// `PROC_SUPER_MAGIC` of `linux/magic.h`.
        const PROC: u64 = 0x9fa0;
        let what = || format!("{PROCESSES} of another container");
        if let Some(copy) = self.copy(PROCESSES, Depth::One)?
            && fstatfs(&copy).during(Step::Mount, what)?.f_type as u64 == PROC
        {
            return Ok(copy);
        }
        let detail = "the container whose processes it shares has no /proc to share";
        Err(StartFailure::new(FailureKind::Other, Step::Mount, detail))
    }

    /// Copies a mount, or returns `None` where the other container has none. A mount can only be
    /// copied by who stands in its mount namespace, so this process visits the other container's
    /// for a moment and executes nothing there.
    fn copy(&self, path: &str, depth: Depth) -> std::result::Result<Option<Mount>, StartFailure> {
        let what = || format!("{path} of another container");
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
                let flags = OFlags::PATH | OFlags::DIRECTORY;
                Root::new(root).open(Path::new(path), flags)
            })
            .and_then(|place| Mount::copy_of_descriptor(place.as_fd(), depth));
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

fn directory(path: &str) -> std::io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(openat(CWD, path, flags, Mode::empty())?)
}
