//! Starting a keeper, and finding one again.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect};
use rustix::net::{socket_with, socketpair};

use crate::plan::{KEEPER_LOG, Plan};

/// A keeper that was just started.
#[derive(Debug)]
pub struct Started {
    /// The child process; wait for it some time, or it stays a zombie.
    pub child: Child,
    /// This side's end of the connection: `SOCK_SEQPACKET`, close-on-exec, non-blocking.
    pub connection: OwnedFd,
}

/// Writes the plan and starts `gantry-shim net DIRECTORY` from its binary.
pub fn spawn(binary: impl AsFd, directory: &Path, plan: &Plan) -> io::Result<Started> {
    std::fs::create_dir_all(directory)?;
    plan.write(directory)?;
    let flags = SocketFlags::CLOEXEC;
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    rustix::io::ioctl_fionbio(&ours, true)?;
    let log = File::create(directory.join(KEEPER_LOG))?;
    let program = format!("/proc/self/fd/{}", binary.as_fd().as_raw_fd());
    let mut command = Command::new(program);
    command.arg0("gantry-shim").arg("net").arg(directory);
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

/// Connects to a keeper at its listening socket: `SOCK_SEQPACKET`, close-on-exec, non-blocking.
pub fn connect_to(socket: &Path) -> io::Result<OwnedFd> {
    let address = SocketAddrUnix::new(socket)?;
    let flags = SocketFlags::CLOEXEC;
    let connection = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    connect(&connection, &address)?;
    rustix::io::ioctl_fionbio(&connection, true)?;
    Ok(connection)
}
