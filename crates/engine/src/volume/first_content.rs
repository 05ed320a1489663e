//! The first content of a volume: what the image has at its place.
//!
//! The image's layers are joined by an overlay that is mounted nowhere: a detached mount is only a
//! descriptor, so nothing has to be unmounted, also after a crash. Everything is reached from
//! descriptors; no path of the image is ever resolved by the host's rules.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Gid, Mode, OFlags, RawMode, ResolveFlags, Stat, Timespec,
    Timestamps, Uid,
};
use rustix::fs::{
    chownat, fchmod, fgetxattr, flistxattr, fsetxattr, fstat, futimens, mkdirat, mknodat, openat,
    openat2, readlinkat, statat, symlinkat, utimensat,
};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, fsconfig_create, fsconfig_set_flag,
    fsconfig_set_string, fsmount, fsopen,
};

/// Copies what the layers (topmost first) have at `place` into a new, empty volume. Nothing there,
/// or no folder, leaves the volume empty.
pub(super) fn fill(
    layers: &[PathBuf],
    place: &str,
    volume: &Path,
    rootless: bool,
) -> io::Result<()> {
    let root = image_root(layers, rootless)?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let found = openat2(&root, place, flags, Mode::empty(), ResolveFlags::IN_ROOT);
    let source = match found {
        Ok(source) => source,
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let target = openat(CWD, volume, flags, Mode::empty())?;
    copy_folder(&source, &target)?;
    copy_traits(&source, &target, &fstat(&source)?)
}

/// The image's root: its only layer, or a read-only overlay of all of them.
fn image_root(layers: &[PathBuf], rootless: bool) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    if let [only] = layers {
        return Ok(openat(CWD, only, flags, Mode::empty())?);
    }
    let overlay = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
    let lower: Vec<_> = layers.iter().map(|layer| layer.to_string_lossy()).collect();
    fsconfig_set_string(overlay.as_fd(), "lowerdir", lower.join(":"))?;
    if rootless {
        fsconfig_set_flag(overlay.as_fd(), "userxattr")?;
    }
    fsconfig_create(overlay.as_fd())?;
    let read_only = MountAttrFlags::MOUNT_ATTR_RDONLY;
    Ok(fsmount(
        overlay.as_fd(),
        FsMountFlags::FSMOUNT_CLOEXEC,
        read_only,
    )?)
}

/// Copies a tree without recursion: a deep one must not end the engine's stack.
fn copy_folder(source: &OwnedFd, target: &OwnedFd) -> io::Result<()> {
    let mut left = vec![(source.try_clone()?, target.try_clone()?)];
    while let Some((source, target)) = left.pop() {
        for entry in Dir::read_from(&source)? {
            let entry = entry?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            if let Some(folder) = copy_entry(&source, &target, name)? {
                left.push(folder);
            }
        }
    }
    Ok(())
}

/// Copies one entry; a folder is made and returned to be gone through.
fn copy_entry(
    source: &OwnedFd,
    target: &OwnedFd,
    name: &CStr,
) -> io::Result<Option<(OwnedFd, OwnedFd)>> {
    let found = statat(source, name, AtFlags::SYMLINK_NOFOLLOW)?;
    let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match FileType::from_raw_mode(found.st_mode) {
        FileType::Directory => {
            mkdirat(target, name, Mode::RWXU)?;
            let flags = flags | OFlags::RDONLY | OFlags::DIRECTORY;
            let from = openat(source, name, flags, Mode::empty())?;
            let to = openat(target, name, flags, Mode::empty())?;
            copy_traits(&from, &to, &found)?;
            return Ok(Some((from, to)));
        }
        FileType::RegularFile => {
            let from = openat(source, name, flags | OFlags::RDONLY, Mode::empty())?;
            let new = flags | OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
            let mut to = File::from(openat(target, name, new, Mode::RUSR | Mode::WUSR)?);
            let mut from = File::from(from);
            io::copy(&mut from, &mut to)?;
            copy_traits(&from, &to, &found)?;
        }
        FileType::Symlink => {
            let link = readlinkat(source, name, Vec::new())?;
            symlinkat(link, target, name)?;
            own(target, name, &found)?;
        }
        kind => {
            let mode = Mode::from_raw_mode(found.st_mode as RawMode);
            match mknodat(target, name, kind, mode, found.st_rdev) {
                // A user namespace makes no device nodes; the volume is there without.
                Err(Errno::PERM) => return Ok(None),
                made => made?,
            }
            own(target, name, &found)?;
        }
    }
    Ok(None)
}

fn own(target: &OwnedFd, name: &CStr, found: &Stat) -> io::Result<()> {
    let (user, group) = (Uid::from_raw(found.st_uid), Gid::from_raw(found.st_gid));
    chownat(
        target,
        name,
        Some(user),
        Some(group),
        AtFlags::SYMLINK_NOFOLLOW,
    )?;
    utimensat(target, name, &times(found), AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(())
}

/// Owner first, since a change of owner takes set-id bits and capabilities away.
fn copy_traits(from: impl AsFd, to: impl AsFd, found: &Stat) -> io::Result<()> {
    let (user, group) = (Uid::from_raw(found.st_uid), Gid::from_raw(found.st_gid));
    rustix::fs::fchown(&to, Some(user), Some(group))?;
    fchmod(&to, Mode::from_raw_mode(found.st_mode as RawMode))?;
    copy_attributes(from.as_fd(), to.as_fd())?;
    futimens(&to, &times(found))?;
    Ok(())
}

/// Extended attributes, except overlay's own and those that this filesystem or namespace refuses.
fn copy_attributes(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> io::Result<()> {
    let mut names = vec![0; 64 * 1024];
    let length = match flistxattr(from, &mut names[..]) {
        Ok(length) => length,
        Err(Errno::NOTSUP) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for name in names[..length]
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
    {
        if name.starts_with(b"trusted.overlay.") || name.starts_with(b"user.overlay.") {
            continue;
        }
        let Ok(name) = CString::new(name) else {
            continue;
        };
        let mut value = vec![0; 64 * 1024];
        let length = fgetxattr(from, name.as_c_str(), &mut value[..])?;
        let set = fsetxattr(
            to,
            name.as_c_str(),
            &value[..length],
            rustix::fs::XattrFlags::empty(),
        );
        match set {
            Err(Errno::PERM | Errno::NOTSUP) => {}
            other => other?,
        }
    }
    Ok(())
}

fn times(found: &Stat) -> Timestamps {
    Timestamps {
        last_access: Timespec {
            tv_sec: found.st_atime,
            tv_nsec: found.st_atime_nsec as _,
        },
        last_modification: Timespec {
            tv_sec: found.st_mtime,
            tv_nsec: found.st_mtime_nsec as _,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn one_layer_is_copied_with_modes_links_and_times() {
        let folder = tempfile::tempdir().unwrap();
        let (layer, volume) = (folder.path().join("layer"), folder.path().join("volume"));
        fs::create_dir_all(layer.join("srv/data/sub")).unwrap();
        fs::create_dir(&volume).unwrap();
        fs::write(layer.join("srv/data/sub/file"), "content").unwrap();
        let mode = fs::Permissions::from_mode(0o640);
        fs::set_permissions(layer.join("srv/data/sub/file"), mode).unwrap();
        symlink("sub/file", layer.join("srv/data/link")).unwrap();
        // The place itself is reached through a link, which stays inside the image.
        symlink("/srv/data", layer.join("data")).unwrap();
        fill(std::slice::from_ref(&layer), "/data", &volume, false).unwrap();
        assert_eq!(fs::read_to_string(volume.join("link")).unwrap(), "content");
        let (before, after) = (
            layer.join("srv/data/sub/file").metadata().unwrap(),
            volume.join("sub/file").metadata().unwrap(),
        );
        assert_eq!(after.mode(), before.mode());
        assert_eq!(after.mtime_nsec(), before.mtime_nsec());
    }

    #[test]
    fn a_place_that_the_image_does_not_have_leaves_the_volume_empty() {
        let folder = tempfile::tempdir().unwrap();
        let (layer, volume) = (folder.path().join("layer"), folder.path().join("volume"));
        fs::create_dir(&layer).unwrap();
        fs::create_dir(&volume).unwrap();
        fill(&[layer], "/nowhere", &volume, false).unwrap();
        assert_eq!(fs::read_dir(volume).unwrap().count(), 0);
    }
}
