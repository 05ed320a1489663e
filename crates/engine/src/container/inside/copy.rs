//! `docker cp`, and the same of a volume: what is at a path, a tar out of it, a tar into it.

use std::io;

use bytes::Bytes;
use gantry_runtime::user_in_root;
use gantry_store::{CancelFlag, Extraction, FilesRoot, PathFacts, Replace, TakeOwner};
use gantry_wire::gantry::FilesOf;
use gantry_wire::{NEVER, PathStat, Timestamp};
use rustix::fs::OFlags;
use tokio::io::AsyncRead;
use tokio_util::io::SyncIoBridge;

use super::{Access, Opened};
use crate::container::Containers;
use crate::container::record::{Definition, View};
use crate::engine::BoxStream;
use crate::input::drain;
use crate::output::streamed;
use crate::{Error, Result};

/// How an archive is copied into a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upload {
    /// What it may replace.
    pub replace: Replace,
    /// The files become the container's user's, whatever the archive says (Docker's `copyUIDGID`).
    pub to_its_user: bool,
}

impl Containers {
    pub(crate) async fn path_stat(&self, of: &FilesOf, path: &str) -> Result<PathStat> {
        let wanted = Wanted::new(of, path)?;
        self.open_files(of, Access::Read, move |_, opened| {
            let found = opened.files().stat(&wanted.path);
            Ok(stat(
                found.map_err(|error| wanted.told(error, opened.view()))?,
            ))
        })
        .await
    }

    /// What is at a path, and all of it as a tar, as it is read.
    pub(crate) async fn archive(
        &self,
        of: &FilesOf,
        path: &str,
    ) -> Result<(PathStat, BoxStream<io::Result<Bytes>>)> {
        let wanted = Wanted::new(of, path)?;
        self.open_files(of, Access::Read, move |core, opened| {
            let found = opened.files().stat(&wanted.path);
            let found = found.map_err(|error| wanted.told(error, opened.view()))?;
            if let Some(view) = opened.view() {
                core.container_event(view, "archive-path", &[]);
            }
            let packed = streamed(move |output, cancel| {
                let packed = opened.files().pack(&wanted.path, None, output, &(), cancel);
                packed.map_err(|error| wanted.told(error, opened.view()))
            });
            Ok((stat(found), packed))
        })
        .await
    }

    /// Copies a tar into a folder.
    pub(crate) async fn put_archive(
        &self,
        of: &FilesOf,
        path: &str,
        archive: impl AsyncRead + Send + Unpin + 'static,
        upload: Upload,
    ) -> Result<()> {
        let wanted = Wanted::new(of, path)?;
        let (copied, rest) = self
            .open_files(of, Access::Write, move |core, opened| {
                let mut archive = archive;
                let input = SyncIoBridge::new(&mut archive);
                let copied = extract(&opened, &wanted, input, upload);
                if let (Ok(()), Some(view)) = (&copied, opened.view()) {
                    core.container_event(view, "extract-to-dir", &[]);
                }
                Ok((copied, archive))
            })
            .await?;
        drain(rest).await;
        copied
    }
}

fn extract(
    opened: &Opened,
    wanted: &Wanted,
    input: impl io::Read + Send,
    upload: Upload,
) -> Result<()> {
    let owner = if upload.to_its_user {
        owner(opened, wanted)?
    } else {
        TakeOwner::Archive
    };
    let how = Extraction {
        owner,
        replace: upload.replace,
        rename: None,
    };
    let cancel = CancelFlag::new();
    let files = opened.files();
    let copied = files.extract(&wanted.path, input, &how, &(), &cancel);
    copied.map_err(|error| wanted.told(error, opened.view()))
}

/// Whose the files of a person become: the container's user's, if it has one; in a volume, which
/// has no user, whose the folder is.
fn owner(opened: &Opened, wanted: &Wanted) -> Result<TakeOwner> {
    let files = opened.files();
    let ids = match opened.view() {
        Some(view) if view.definition.config.user.is_empty() => return Ok(TakeOwner::Archive),
        Some(view) => user_of(files, &view.definition.config.user)?,
        None => {
            let folder = files.open(wanted.path.as_bytes(), OFlags::PATH | OFlags::DIRECTORY);
            let folder = folder.map_err(|error| wanted.told(error, None))?;
            let found = rustix::fs::fstat(&folder);
            let found =
                found.map_err(|error| Error::io("look at", wanted.path.as_ref())(error.into()))?;
            (found.st_uid, found.st_gid)
        }
    };
    let (uid, gid) = ids;
    Ok(TakeOwner::Ids { uid, gid })
}

fn user_of(files: &FilesRoot, user: &str) -> Result<(u32, u32)> {
    let root = files.open(b"/", OFlags::PATH | OFlags::DIRECTORY)?;
    user_in_root(root, user).map_err(|failure| Error::Invalid(failure.to_string()))
}

/// A path of a container or a volume, as the client named both.
pub(super) struct Wanted {
    of: FilesOf,
    pub(super) path: String,
}

impl Wanted {
    pub(super) fn new(of: &FilesOf, path: &str) -> Result<Self> {
        if path.is_empty() {
            return Err(Error::Invalid("bad parameter: path cannot be empty".into()));
        }
        Ok(Self {
            of: of.clone(),
            path: path.to_owned(),
        })
    }

    /// The store's error in Docker's words; a volume has no view.
    pub(super) fn told(&self, error: gantry_store::Error, view: Option<&View>) -> Error {
        match (error, &self.of, view) {
            (gantry_store::Error::NoSuchPath(_), FilesOf::Container(id), _) => Error::NoSuchPath {
                path: self.path.clone(),
                container: id.clone(),
            },
            (gantry_store::Error::NoSuchPath(_), FilesOf::Volume(_), _) => {
                Error::NoSuchEntry(self.path.clone())
            }
            (gantry_store::Error::ReadOnly(path), _, Some(view)) => {
                Error::ReadOnlyPlace(read_only(&view.definition, &path))
            }
            (other, ..) => other.into(),
        }
    }
}

/// What refuses changes at a path: the root, or what is mounted there.
fn read_only(definition: &Definition, path: &str) -> &'static str {
    let mut mounts = definition.mounts.iter().filter(|mount| !mount.rw);
    let mounted = mounts.any(|mount| std::path::Path::new(path).starts_with(&mount.destination));
    if definition.host_config.readonly_rootfs && !mounted {
        "container rootfs is marked read-only"
    } else {
        "mounted volume is marked read-only"
    }
}

/// Size and time of a file.
pub(super) fn stat_of(found: &rustix::fs::Stat) -> (i64, Timestamp) {
    let nanos = i32::try_from(found.st_mtime_nsec).unwrap_or(0);
    let mtime = Timestamp::new(found.st_mtime, nanos).unwrap_or(NEVER);
    (found.st_size, mtime)
}

pub(super) fn stat(found: PathFacts) -> PathStat {
    let nanos = i32::try_from(found.modified.nanos).unwrap_or(0);
    PathStat {
        name: found.name,
        size: found.size,
        mode: go_mode(found.mode),
        mtime: Timestamp::new(found.modified.seconds, nanos).unwrap_or(NEVER),
        link_target: found.link_target,
    }
}

/// A mode as Go's `os.FileMode` has it.
fn go_mode(mode: u32) -> u32 {
    let kind = match mode & libc::S_IFMT {
        libc::S_IFDIR => PathStat::FOLDER,
        libc::S_IFLNK => PathStat::SYMLINK,
        libc::S_IFBLK => 1 << 26,
        libc::S_IFCHR => 1 << 26 | 1 << 21,
        libc::S_IFIFO => 1 << 25,
        libc::S_IFSOCK => 1 << 24,
        _ => 0,
    };
    let special = [(0o4000, 1 << 23), (0o2000, 1 << 22), (0o1000, 1 << 20)];
    let special = special.iter().filter(|(bit, _)| mode & bit != 0);
    special.fold(kind | mode & 0o777, |all, (_, bit)| all | bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_gos() {
        assert_eq!(go_mode(0o100_644), 0o644);
        assert_eq!(go_mode(0o041_777), 1 << 31 | 1 << 20 | 0o777);
        assert_eq!(go_mode(0o104_755), 1 << 23 | 0o755);
        assert_eq!(go_mode(0o020_666), 1 << 26 | 1 << 21 | 0o666);
        assert_eq!(go_mode(0o120_777), 1 << 27 | 0o777);
    }
}
