//! The container's root filesystem: a kernel overlay or a directory
//! (Documentation/filesystems/overlayfs.rst).
//!
//! Every directory is opened first and named to the kernel as `/proc/self/fd/N`. That is short
//! (the options of mount(2) end at 4096 bytes, a string of fsconfig(2) at 256), needs no escaping
//! of `:` and `,`, and tells a container that reads its mountinfo nothing about the host's paths.

use std::ffi::CString;
use std::fs::{self, File};
use std::io::Read;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, open};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountFlags, OpenTreeFlags, fsconfig_create,
    fsconfig_set_flag, fsconfig_set_string, fsmount, fsopen, mount, open_tree,
};

use crate::bundle::RootFs;
use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::mount::{Depth, Mount};

/// What keeps the upper directory plain: no redirects and no metadata-only copies, so that what
/// changed can be read from it alone.
const PLAIN: [(&str, &str); 3] = [
    ("index", "off"),
    ("metacopy", "off"),
    ("redirect_dir", "off"),
];

/// The same with `userxattr`, which excludes redirects by itself and refuses to be told so.
const PLAIN_USERXATTR: [(&str, &str); 2] = [("index", "off"), ("metacopy", "off")];

fn plain(userxattr: bool) -> &'static [(&'static str, &'static str)] {
    if userxattr { &PLAIN_USERXATTR } else { &PLAIN }
}

/// Makes the root and attaches it over `place`, a directory of this mount namespace.
pub fn mount_root(rootfs: &RootFs, place: &Path) -> Result<Mount, StartFailure> {
    let mounted = match rootfs {
        RootFs::Overlay {
            lower,
            upper,
            work,
            userxattr,
        } => {
            let directories = Directories::open(lower, upper, work)?;
            match directories.mount_new(*userxattr)? {
                Some(overlay) => overlay,
                None => return directories.mount_classic(*userxattr, place),
            }
        }
        RootFs::Directory { path } => Mount::copy_of(path, Depth::Tree)
            .during(Step::Root, || format!("{}", path.display()))?,
        RootFs::Running { .. } => {
            let detail = "the root of a running container is joined, not made";
            return Err(StartFailure::new(
                FailureKind::InvalidBundle,
                Step::Root,
                detail,
            ));
        }
    };
    let place_descriptor = open_directory(place)?;
    mounted
        .set_propagation(libc::MS_PRIVATE, Depth::Tree)
        .and_then(|()| mounted.attach(place_descriptor.as_fd()))
        .during(Step::Root, || "attach".to_owned())?;
    Ok(mounted)
}

/// The directories of an overlay, open.
struct Directories {
    lower: Vec<OwnedFd>,
    upper: OwnedFd,
    work: OwnedFd,
}

impl Directories {
    fn open(lower: &[PathBuf], upper: &Path, work: &Path) -> Result<Self, StartFailure> {
        if lower.is_empty() {
            let detail = "an overlay needs a lower directory";
            return Err(StartFailure::new(
                FailureKind::InvalidBundle,
                Step::Overlay,
                detail,
            ));
        }
        Ok(Self {
            lower: lower
                .iter()
                .map(|path| open_directory(path))
                .collect::<Result<_, _>>()?,
            upper: open_directory(upper)?,
            work: open_directory(work)?,
        })
    }

    /// Mounts with the new API, one `lowerdir+` per layer (Linux 6.8), or returns `None` where the
    /// kernel lacks that option.
    fn mount_new(&self, userxattr: bool) -> Result<Option<Mount>, StartFailure> {
        let context = match fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC) {
            Ok(context) => context,
            Err(Errno::NOSYS) => return Ok(None),
            Err(errno) => return Err(errno).during(Step::Overlay, || "fsopen"),
        };
        let configured = (|| {
            fsconfig_set_string(&context, "source", "overlay")?;
            for (number, lower) in self.lower.iter().enumerate() {
                match fsconfig_set_string(&context, "lowerdir+", name(lower)) {
                    Err(Errno::INVAL) if number == 0 => return Ok(false),
                    other => other?,
                }
            }
            fsconfig_set_string(&context, "upperdir", name(&self.upper))?;
            fsconfig_set_string(&context, "workdir", name(&self.work))?;
            for &(key, value) in plain(userxattr) {
                fsconfig_set_string(&context, key, value)?;
            }
            if userxattr {
                fsconfig_set_flag(&context, "userxattr")?;
            }
            fsconfig_create(&context)?;
            Ok::<_, Errno>(true)
        })();
        if !configured.during(Step::Overlay, || kernel_messages(&context))? {
            return Ok(None);
        }
        let flags = FsMountFlags::FSMOUNT_CLOEXEC;
        fsmount(&context, flags, MountAttrFlags::empty())
            .map(|mounted| Some(Mount::from_descriptor(mounted)))
            .during(Step::Overlay, || "fsmount")
    }

    /// Mounts with mount(2), whose options hold about 230 layers named as above.
    fn mount_classic(&self, userxattr: bool, place: &Path) -> Result<Mount, StartFailure> {
        let lower = self.lower.iter().map(name).collect::<Vec<_>>().join(":");
        let (upper, work) = (name(&self.upper), name(&self.work));
        let mut options = vec![
            format!("lowerdir={lower}"),
            format!("upperdir={upper}"),
            format!("workdir={work}"),
        ];
        options.extend(
            plain(userxattr)
                .iter()
                .map(|(key, value)| format!("{key}={value}")),
        );
        if userxattr {
            options.push("userxattr".to_owned());
        }
        let options = options.join(",");
        // By its full path, for `.` stays the directory below what is mounted over it.
        let place = fs::canonicalize(place).during(Step::Overlay, || "place")?;
        let count = self.lower.len();
        let options = CString::new(options).unwrap_or_default();
        mount(
            "overlay",
            &place,
            "overlay",
            MountFlags::empty(),
            Some(options.as_c_str()),
        )
        .during(Step::Overlay, || format!("{count} layers"))?;
        open_tree(CWD, &place, OpenTreeFlags::OPEN_TREE_CLOEXEC)
            .map(Mount::from_descriptor)
            .during(Step::Overlay, || "open")
    }
}

fn open_directory(path: &Path) -> Result<OwnedFd, StartFailure> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    open(path, flags, Mode::empty()).during(Step::Root, || path.display().to_string())
}

fn name(directory: &OwnedFd) -> String {
    format!("/proc/self/fd/{}", directory.as_raw_fd())
}

/// What the filesystem says about a refused option: reading the context yields one message at a
/// time, such as `e overlay: upper fs does not support xattr`.
fn kernel_messages(context: &OwnedFd) -> String {
    let mut messages = Vec::new();
    let mut buffer = [0; 256];
    if let Ok(context) = context.try_clone() {
        let mut context = File::from(context);
        while let Ok(length @ 1..) = context.read(&mut buffer) {
            messages.push(String::from_utf8_lossy(&buffer[..length]).trim().to_owned());
        }
    }
    if messages.is_empty() {
        "mount".to_owned()
    } else {
        messages.join("; ")
    }
}
