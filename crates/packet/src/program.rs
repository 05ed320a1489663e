//! Starting a process that speaks packets, and finding one again.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect};
use rustix::net::{socket_with, socketpair};

/// A process that was just started.
#[derive(Debug)]
pub struct Started {
    /// The child process; wait for it some time, or it stays a zombie.
    pub child: Child,
    /// This side's end of the connection: `SOCK_SEQPACKET`, close-on-exec, non-blocking.
    pub connection: OwnedFd,
}

/// Starts `gantry-shim VERB DIRECTORY` from its binary, any file that can be executed. The
/// connection is its standard input, which needs no code between fork and exec and thus lets
/// `posix_spawn` do it; its standard error is `log`, and it inherits nothing else.
pub fn start(binary: impl AsFd, verb: &str, directory: &Path, log: File) -> io::Result<Started> {
    let flags = SocketFlags::CLOEXEC;
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    rustix::io::ioctl_fionbio(&ours, true)?;
    let program = format!("/proc/self/fd/{}", binary.as_fd().as_raw_fd());
    let mut command = Command::new(program);
    command.arg0("gantry-shim").arg(verb).arg(directory);
    command
        .stdin(theirs)
        .stdout(Stdio::null())
        .stderr(log)
        .env_clear();
    let child = command.spawn()?;
    Ok(Started {
        child,
        connection: ours,
    })
}

/// Connects to such a process at its listening socket: `SOCK_SEQPACKET`, close-on-exec,
/// non-blocking. One that has not accepted as many as may wait is [`io::ErrorKind::WouldBlock`].
pub fn connect_to(socket: &Path) -> io::Result<OwnedFd> {
    let address = SocketAddrUnix::new(socket)?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let connection = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    connect(&connection, &address)?;
    Ok(connection)
}
