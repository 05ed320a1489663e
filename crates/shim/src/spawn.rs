//! Starting a shim.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use gantry_packet::{Started, start};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

use crate::ShimRecord;

/// What a shim writes to its standard error, in the container's directory.
pub const SHIM_LOG: &str = "shim.log";

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

/// Starts `gantry-shim container DIRECTORY` from its binary: [`sealed_binary`], or any file that can
/// be executed.
pub fn spawn(binary: impl AsFd, directory: &Path) -> io::Result<Started> {
    let log = File::options()
        .create(true)
        .append(true)
        .open(directory.join(SHIM_LOG))?;
    start(binary, "container", directory, log)
}
