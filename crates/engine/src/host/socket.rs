//! The API's socket: bound with mode 0600 before any thread exists, or handed over by systemd.

use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::fs::Mode;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use rustix::process::umask;

use super::EnterError;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// A socket that is bound but refuses connections until it listens.
#[derive(Debug)]
pub(super) struct BoundSocket {
    fd: OwnedFd,
    /// The path to remove when the engine leaves; none for a socket that systemd keeps.
    pub(super) owned_path: Option<PathBuf>,
}

impl BoundSocket {
    /// Takes the socket that systemd passed, else binds one at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, EnterError> {
        if let Some(fd) = activated()? {
            return Ok(Self {
                fd,
                owned_path: None,
            });
        }
        let address = SocketAddrUnix::new(path)
            .map_err(|_| EnterError::SocketPathTooLong(path.to_owned()))?;
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(EnterError::io("make", parent))?;
        }
        remove_stale(path)?;
        let fd = rustix::net::socket_with(
            AddressFamily::UNIX,
            SocketType::STREAM,
            SocketFlags::CLOEXEC,
            None,
        )
        .map_err(|error| EnterError::io("make a socket for", path)(error.into()))?;
        // The mask holds for the whole process, which has one thread here.
        let before = umask(Mode::from_raw_mode(0o177));
        let bound = rustix::net::bind(&fd, &address);
        umask(before);
        bound.map_err(|error| EnterError::io("bind", path)(error.into()))?;
        Ok(Self {
            fd,
            owned_path: Some(path.to_owned()),
        })
    }

    /// Whether a service manager keeps the socket and would start the engine again.
    pub(super) fn is_activated(&self) -> bool {
        self.owned_path.is_none()
    }

    /// Begins to accept connections.
    pub(super) fn listen(&self) -> io::Result<UnixListener> {
        if self.owned_path.is_some() {
            rustix::net::listen(&self.fd, BACKLOG)?;
        }
        let listener = UnixListener::from(self.fd.as_fd().try_clone_to_owned()?);
        listener.set_nonblocking(true)?;
        Ok(listener)
    }
}

/// A socket file without a listener is what a killed engine leaves behind.
fn remove_stale(path: &Path) -> Result<(), EnterError> {
    match UnixStream::connect(path) {
        Ok(_) => Err(EnterError::io("bind", path)(
            io::ErrorKind::AddrInUse.into(),
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path).map_err(EnterError::io("remove", path))
        }
        Err(error) => Err(EnterError::io("bind", path)(error)),
    }
}

/// The socket of `sd_listen_fds(3)`, when this process is the one it was meant for.
fn activated() -> Result<Option<OwnedFd>, EnterError> {
    let meant = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|value| value.parse::<u32>().ok())
    };
    if meant("LISTEN_PID") != Some(std::process::id()) {
        return Ok(None);
    }
    match meant("LISTEN_FDS") {
        None | Some(0) => return Ok(None),
        Some(1) => {}
        Some(more) => {
            return Err(EnterError::Activation(format!(
                "one socket expected, {more} were passed"
            )));
        }
    }
    rustix::io::fcntl_getfd(FIRST_PASSED)
        .map_err(|error| EnterError::Activation(format!("descriptor 3: {error}")))?;
    // SAFETY: systemd passes descriptor 3 to exactly this process (LISTEN_PID says so), it is
    // open (checked above), and nothing else in this process has taken it before.
    let fd = unsafe { OwnedFd::from_raw_fd(3) };
    rustix::io::fcntl_setfd(&fd, rustix::io::FdFlags::CLOEXEC)
        .map_err(|error| EnterError::Activation(error.to_string()))?;
    Ok(Some(fd))
}

/// `SD_LISTEN_FDS_START`, borrowed only to ask whether it is open.
// SAFETY: the borrow is used for one fcntl that fails cleanly on a closed descriptor.
const FIRST_PASSED: std::os::fd::BorrowedFd<'static> =
    unsafe { std::os::fd::BorrowedFd::borrow_raw(3) };

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_socket_is_private_and_a_stale_one_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("engine.sock");
        let first = BoundSocket::open(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        drop(first);
        let second = BoundSocket::open(&path).unwrap();
        let _listener = second.listen().unwrap();
        UnixStream::connect(&path).unwrap();
        assert!(BoundSocket::open(&path).is_err());
    }
}
