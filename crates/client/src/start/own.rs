//! What is ours at the engine's place: in /tmp anybody may have been there first.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::process::geteuid;
use tokio::net::UnixStream;

use super::StartError;

/// The runtime folder of a user without another.
pub(super) fn folder_in_tmp() -> PathBuf {
    PathBuf::from(format!("/tmp/gantry-{}", geteuid().as_raw()))
}

/// Fails if the socket lies in such a folder, and that, or one below it, is not ours alone.
pub(super) fn check_folders(socket: &Path) -> Result<(), StartError> {
    check_below(&folder_in_tmp(), socket)
}

/// From the upper folder on: in one that is ours alone nobody else can put another.
fn check_below(base: &Path, socket: &Path) -> Result<(), StartError> {
    let folders = socket.ancestors().skip(1);
    let mut folders: Vec<_> = folders.filter(|one| one.starts_with(base)).collect();
    folders.reverse();
    for path in folders {
        let found = match path.symlink_metadata() {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(source) => {
                return Err(StartError::Place {
                    doing: "look at",
                    path: path.to_owned(),
                    source,
                });
            }
        };
        let mode = found.permissions().mode() & 0o777;
        let why = if !found.is_dir() {
            "it is not a folder".to_owned()
        } else if found.uid() != geteuid().as_raw() {
            format!("it belongs to user {}", found.uid())
        } else if mode & 0o077 != 0 {
            format!("its mode is {mode:o}, not 700")
        } else {
            continue;
        };
        return Err(StartError::UnsafeFolder {
            path: path.to_owned(),
            why,
        });
    }
    Ok(())
}

/// Fails unless root listens there or this user; root may talk to everybody.
pub(crate) fn check_listener(stream: &UnixStream, socket: &Path) -> Result<(), StartError> {
    let listener = stream.peer_cred().map_err(|source| StartError::Place {
        doing: "look who listens at",
        path: socket.to_owned(),
        source,
    })?;
    if is_trusted(listener.uid(), geteuid().as_raw()) {
        return Ok(());
    }
    Err(StartError::UnsafeFolder {
        path: socket.to_owned(),
        why: format!("user {} listens there", listener.uid()),
    })
}

/// Whether a user trusts what another has made.
fn is_trusted(other: u32, own: u32) -> bool {
    own == 0 || other == 0 || other == own
}

/// Opens a file of ours, made if it is not there, through no link.
pub(super) fn open_file(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened = options
        .create(true)
        .mode(0o600)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    let found = opened.metadata()?;
    if !found.is_file() || !is_trusted(found.uid(), geteuid().as_raw()) {
        let why = format!("it belongs to user {}, or is no file", found.uid());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    Ok(opened)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn folders_must_be_ours_alone_where_others_could_have_made_them() {
        let home = tempfile::tempdir().unwrap();
        let base = home.path().join("base");
        let socket = base.join("hash/engine.sock");
        let refused = |base: &Path| match check_below(base, &socket) {
            Ok(()) => None,
            Err(StartError::UnsafeFolder { path, .. }) => Some(path),
            Err(other) => panic!("{other}"),
        };
        let mode = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode));
        assert_eq!(refused(&base), None, "nothing is there");
        let folder = base.join("hash");
        fs::create_dir_all(&folder).unwrap();
        mode(&base, 0o700).unwrap();
        mode(&folder, 0o700).unwrap();
        assert_eq!(refused(&base), None);
        mode(&folder, 0o710).unwrap();
        assert_eq!(refused(&base).as_deref(), Some(&*folder));
        mode(&base, 0o755).unwrap();
        assert_eq!(refused(&base).as_deref(), Some(&*base));
        assert_eq!(refused(&home.path().join("elsewhere")), None);
        fs::rename(&base, home.path().join("real")).unwrap();
        mode(&home.path().join("real"), 0o700).unwrap();
        symlink("real", &base).unwrap();
        assert_eq!(refused(&base).as_deref(), Some(&*base));
    }

    #[test]
    fn files_are_opened_through_no_link() {
        let home = tempfile::tempdir().unwrap();
        let (victim, link) = (home.path().join("victim"), home.path().join("link"));
        fs::write(&victim, "kept").unwrap();
        symlink(&victim, &link).unwrap();
        let append = || OpenOptions::new().append(true).clone();
        assert!(open_file(&mut append(), &link).is_err());
        assert!(open_file(&mut append(), &victim).is_ok());
        let made = open_file(&mut append(), &home.path().join("made")).unwrap();
        assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn nobody_is_trusted_but_root_and_oneself() {
        assert!(is_trusted(1000, 1000) && is_trusted(0, 1000) && is_trusted(1000, 0));
        assert!(!is_trusted(1001, 1000));
    }
}
