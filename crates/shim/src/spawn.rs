//! Starting a shim, and finding one again.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect};
use rustix::net::{socket_with, socketpair};

use crate::ShimRecord;

/// What a shim writes to its standard error, in the container's directory.
pub const SHIM_LOG: &str = "shim.log";

/// A shim that was just started.
#[derive(Debug)]
pub struct Shim {
    /// The child process; wait for it some time, or it stays a zombie.
    pub child: Child,
    /// This side's end of the connection: `SOCK_SEQPACKET`, close-on-exec, non-blocking.
    pub connection: OwnedFd,
}

/// Copies a shim's binary into a sealed memory file, which no container can write to whatever it
/// reaches (CVE-2019-5736). Once per build: every shim started from it shares its pages.
pub fn sealed_binary(path: &Path) -> io::Result<OwnedFd> {
    let mut source = File::open(path)?;
    // MFD_EXEC is wanted by kernels whose vm.memfd_noexec is set, and unknown before Linux 6.3.
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let memfd = memfd_create(c"gantry-shim", flags | MemfdFlags::EXEC)
        .or_else(|_| memfd_create(c"gantry-shim", flags))?;
    let mut copy = File::from(memfd);
    io::copy(&mut source, &mut copy)?;
    fcntl_add_seals(
        &copy,
        SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE,
    )?;
    Ok(copy.into())
}

/// The sealed binary of a living shim, to be used again by a restarted engine of the same build.
pub fn sealed_binary_of(record: &ShimRecord) -> io::Result<OwnedFd> {
    let gone = || io::Error::new(io::ErrorKind::NotFound, "the shim is gone");
    let file = File::open(format!("/proc/{}/exe", record.shim.pid))?;
    if !record.is_alive() {
        return Err(gone());
    }
    Ok(file.into())
}

/// Starts `gantry-shim container DIRECTORY` from its binary ([`sealed_binary`], or any file that
/// can be executed). The connection is its standard input, which needs no code between fork and
/// exec and thus lets `posix_spawn` do it; it inherits nothing else.
pub fn spawn(binary: impl AsFd, directory: &Path) -> io::Result<Shim> {
    let flags = SocketFlags::CLOEXEC;
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    rustix::io::ioctl_fionbio(&ours, true)?;
    let log = File::options()
        .create(true)
        .append(true)
        .open(directory.join(SHIM_LOG))?;
    let program = format!("/proc/self/fd/{}", binary.as_fd().as_raw_fd());
    let mut command = Command::new(program);
    command.arg0("gantry-shim").arg("container").arg(directory);
    command
        .stdin(theirs)
        .stdout(Stdio::null())
        .stderr(log)
        .env_clear();
    let child = command.spawn()?;
    Ok(Shim {
        child,
        connection: ours,
    })
}

/// Connects to a shim at its listening socket: `SOCK_SEQPACKET`, close-on-exec, non-blocking.
pub fn connect_to(socket: &Path) -> io::Result<OwnedFd> {
    let address = SocketAddrUnix::new(socket)?;
    let flags = SocketFlags::CLOEXEC;
    let connection = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    connect(&connection, &address)?;
    rustix::io::ioctl_fionbio(&connection, true)?;
    Ok(connection)
}
