//! The mounts of the spec: /proc, /sys, /dev and friends, volumes and single files.
//!
//! What is mounted from the host is copied first ([`prepare`]), while host paths still mean what
//! the engine meant and propagate as the host does; it is attached later, in the spec's order.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use oci_spec::runtime::{Mount as SpecMount, Spec};
use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, fstat, open, openat2};
use rustix::io::Errno;

use crate::bundle::CgroupPlan;
use crate::cgroup::mount as cgroup_mount;
use crate::donor::SHARED_MEMORY;
use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::mount::{Depth, Mount};
use crate::mount_options::{Attributes, Bind, MountOptions};
use crate::ownership;
use crate::proc;
use crate::root::{Root, TargetKind};
use crate::users::Account;

/// One mount of the spec, with its copy of another's mount if it is not made anew.
pub struct Prepared<'a> {
    destination: &'a Path,
    kind: &'a str,
    source: &'a Path,
    options: MountOptions<'a>,
    copy: Option<Mount>,
}

/// What is mounted where depends on the namespaces the container shares with the host.
#[derive(Clone, Copy, Debug)]
pub struct Sharing {
    pub pid: bool,
    pub network: bool,
    pub ipc: bool,
    pub uts: bool,
}

/// Reads mounts of a spec and copies what comes from the host.
pub fn prepare(mounts: &[SpecMount]) -> Result<Vec<Prepared<'_>>, StartFailure> {
    mounts.iter().map(prepare_one).collect()
}

/// Takes another container's proc instead of a new one.
pub fn share_processes(prepared: &mut [Prepared<'_>], processes: Mount) {
    let proc = prepared.iter_mut().find(|mount| mount.kind == "proc");
    if let Some(proc) = proc {
        proc.copy = Some(processes);
    }
}

fn prepare_one(mount: &SpecMount) -> Result<Prepared<'_>, StartFailure> {
    let options = MountOptions::of(mount);
    let kind = mount.typ().as_deref().unwrap_or("none");
    let source = mount.source().as_deref().unwrap_or(Path::new(kind));
    let copy = match options.bind {
        None => None,
        Some(bind) => {
            if let Some(option) = options.data.first() {
                let detail = format!("a bind mount has no option {option}");
                let kind = FailureKind::InvalidBundle;
                return Err(StartFailure::new(kind, Step::Mount, detail));
            }
            let depth = if bind == Bind::Recursive {
                Depth::Tree
            } else {
                Depth::One
            };
            let copy = match options.beneath {
                None => Mount::copy_of(source, depth),
                Some(path) => beneath(source, path)
                    .and_then(|place| Mount::copy_of_descriptor(place.as_fd(), depth)),
            };
            let below = options
                .beneath
                .map_or_else(String::new, |path| format!("/{path}"));
            let what = || format!("bind {}{below}", source.display());
            Some(copy.during(Step::Mount, what)?)
        }
    };
    Ok(Prepared {
        destination: mount.destination(),
        kind,
        source,
        options,
        copy,
    })
}

/// Opens what lies below a folder of the host, which somebody may be changing: links lead to
/// nothing outside of it.
fn beneath(folder: &Path, path: &str) -> rustix::io::Result<OwnedFd> {
    let top = open(folder, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    let within = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    openat2(
        top,
        path,
        OFlags::PATH | OFlags::CLOEXEC,
        Mode::empty(),
        within,
    )
}

/// Gives what the spec says to the container's user.
pub fn give(prepared: &[Prepared<'_>], account: &Account) -> Result<(), StartFailure> {
    let mounts = prepared.iter().filter(|mount| mount.options.give);
    for mount in mounts {
        if let Some(copy) = &mount.copy {
            ownership::give(copy.as_fd(), account.uid, account.gid).during(Step::Mount, || {
                format!(
                    "give {} to {}:{}",
                    mount.source.display(),
                    account.uid,
                    account.gid
                )
            })?;
        }
    }
    Ok(())
}

/// Attaches every mount inside the root.
pub fn attach_all(
    prepared: Vec<Prepared<'_>>,
    root: &Root,
    sharing: Sharing,
    cgroup: &CgroupPlan,
) -> Result<(), StartFailure> {
    for mount in prepared {
        let destination = mount.destination.display();
        if mount.destination == Path::new("/") {
            let detail = "a mount cannot replace the root";
            return Err(StartFailure::new(
                FailureKind::InvalidBundle,
                Step::Mount,
                detail,
            ));
        }
        let what = || format!("{} at {destination}", mount.kind);
        match (&mount.copy, mount.kind) {
            (Some(copy), _) => attach_bind(&mount, copy, root)?,
            (None, "cgroup" | "cgroup2") => {
                cgroup_mount(root, mount.destination, mount.options.attributes, cgroup)
                    .during(Step::Mount, what)?;
            }
            (None, _) => {
                let place = root.mount_point(mount.destination, TargetKind::Directory);
                let place = place.during(Step::Mount, what)?;
                keep_proc(&mount, place.as_fd())?;
                attach_filesystem(&mount, &place, sharing).during(Step::Mount, what)?;
            }
        }
    }
    Ok(())
}

fn attach_bind(mount: &Prepared<'_>, copy: &Mount, root: &Root) -> Result<(), StartFailure> {
    let what = || {
        let destination = mount.destination.display();
        format!("bind {} at {destination}", mount.source.display())
    };
    let place = bind_place(mount, copy, root).during(Step::Mount, what)?;
    if !proc::may_be_covered(mount.destination, copy.as_fd()) {
        keep_proc(mount, place.as_fd())?;
    }
    attach_copy(&mount.options, copy, place.as_fd()).during(Step::Mount, what)
}

/// Fails where a mount would cover a part of /proc, be it that a link of the image leads there.
fn keep_proc(mount: &Prepared<'_>, place: BorrowedFd<'_>) -> Result<(), StartFailure> {
    let destination = mount.destination.display();
    let is_in_proc = proc::is_one(place);
    if !is_in_proc.during(Step::Mount, || destination.to_string())? {
        return Ok(());
    }
    let detail = format!("\"{destination}\" cannot be mounted because it is inside /proc");
    let kind = FailureKind::InvalidBundle;
    Err(StartFailure::new(kind, Step::Mount, detail))
}

fn bind_place(mount: &Prepared<'_>, copy: &Mount, root: &Root) -> rustix::io::Result<OwnedFd> {
    let file_type = FileType::from_raw_mode(fstat(copy)?.st_mode);
    let directory = file_type == FileType::Directory;
    let kind = if directory {
        TargetKind::Directory
    } else {
        TargetKind::File
    };
    root.mount_point(mount.destination, kind)
}

fn attach_copy(
    options: &MountOptions<'_>,
    copy: &Mount,
    place: BorrowedFd<'_>,
) -> rustix::io::Result<()> {
    copy.set(options.attributes, Depth::One)?;
    copy.set(options.recursive, Depth::Tree)?;
    // Private unless the spec says otherwise, as every OCI runtime does.
    let (propagation, recursive) = options.propagation.unwrap_or((libc::MS_PRIVATE, true));
    copy.set_propagation(
        propagation,
        if recursive { Depth::Tree } else { Depth::One },
    )?;
    copy.attach(place)
}

fn attach_filesystem(
    mount: &Prepared<'_>,
    place: &OwnedFd,
    sharing: Sharing,
) -> rustix::io::Result<()> {
    let made = Mount::filesystem(mount.kind, mount.source, mount.options.data.iter().copied());
    let made = match made {
        Err(Errno::PERM | Errno::BUSY | Errno::INVAL) => match instead(mount, sharing)? {
            Some(stand_in) => stand_in,
            None => return Ok(()),
        },
        other => other?,
    };
    made.set(mount.options.attributes, Depth::One)?;
    if let Some((propagation, recursive)) = mount.options.propagation {
        made.set_propagation(
            propagation,
            if recursive { Depth::Tree } else { Depth::One },
        )?;
    }
    made.attach(place.as_fd())
}

/// What stands in for a filesystem that this user namespace may not mount.
///
/// Sysfs belongs to a network namespace, proc to a pid namespace and mqueue to an ipc namespace:
/// where the container shares the host's, only a copy of the host's mount can be had; where the
/// host has no mqueue mounted, neither has the container. A terminal filesystem whose `gid=` has no
/// place in a single-id map is made without it.
fn instead(mount: &Prepared<'_>, sharing: Sharing) -> rustix::io::Result<Option<Mount>> {
    let stand_in = match mount.kind {
        "sysfs" if sharing.network => copy_read_only("/sys"),
        "proc" if sharing.pid => Mount::copy_of(Path::new("/proc"), Depth::Tree),
        "mqueue" if sharing.ipc => match Mount::copy_of(Path::new("/dev/mqueue"), Depth::Tree) {
            Err(Errno::NOENT) => return Ok(None),
            other => other,
        },
        "devpts" => {
            let data = mount.options.data.iter().copied();
            Mount::filesystem(
                "devpts",
                mount.source,
                data.filter(|o| !o.starts_with("gid=")),
            )
        }
        _ => Err(Errno::PERM),
    };
    stand_in.map(Some)
}

fn copy_read_only(path: &str) -> rustix::io::Result<Mount> {
    let copy = Mount::copy_of(Path::new(path), Depth::Tree)?;
    copy.set_propagation(libc::MS_SLAVE, Depth::Tree)?;
    copy.set(Attributes::READ_ONLY, Depth::Tree)?;
    Ok(copy)
}

/// Shows another container's shared memory in this one.
pub fn attach_shared_memory(memory: &Mount, root: &Root) -> Result<(), StartFailure> {
    let attached = || -> rustix::io::Result<()> {
        let place = root.mount_point(Path::new(SHARED_MEMORY), TargetKind::Directory)?;
        memory.set_propagation(libc::MS_PRIVATE, Depth::Tree)?;
        memory.attach(place.as_fd())
    };
    attached().during(Step::Mount, || SHARED_MEMORY)
}

/// Makes the directories the bundle asks for.
pub fn make_directories<'a>(
    root: &Root,
    paths: impl Iterator<Item = &'a Path>,
) -> Result<(), StartFailure> {
    for path in paths {
        root.create_directories(path, Mode::from_raw_mode(0o755))
            .during(Step::WorkingDirectory, || path.display().to_string())?;
    }
    Ok(())
}

/// Whether the root has its own /dev to be filled.
pub fn has_own_dev(spec: &Spec) -> bool {
    let mounts = spec.mounts().iter().flatten();
    mounts
        .filter(|mount| mount.destination() == Path::new("/dev"))
        .any(|mount| mount.typ().as_deref() == Some("tmpfs"))
}
