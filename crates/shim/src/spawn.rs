//! Starting a shim.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use gantry_packet::{Started, start};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::Errno;

use crate::ShimRecord;

/// What a shim writes to its standard error, in the container's directory.
pub const SHIM_LOG: &str = "shim.log";

/// How often pages that somebody refers to are waited for: several seconds.
const SEAL_ATTEMPTS: usize = 40;

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
    seal(&copy)?;
    Ok(copy.into())
}

/// Seals a memory file, its content and its size. The kernel waits 150 ms for whoever still refers
/// to its pages (memfd_wait_for_pins), which may be itself on a busy machine, and then says `EBUSY`.
fn seal(memfd: &File) -> io::Result<()> {
    let seals = SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE;
    let mut left = SEAL_ATTEMPTS;
    loop {
        match fcntl_add_seals(memfd, seals) {
            Err(Errno::BUSY) if left > 0 => left -= 1,
            result => return Ok(result?),
        }
    }
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

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// A page that lies in a pipe is referred to until somebody reads it.
    #[test]
    fn a_seal_waits_for_pages_that_are_in_use() {
        let memfd = memfd_create(c"sealed", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING);
        let mut memfd = File::from(memfd.unwrap());
        memfd.write_all(&[1; 4096]).unwrap();
        let (mut reader, writer) = io::pipe().unwrap();
        let sent = rustix::fs::sendfile(&writer, &memfd, Some(&mut 0), 4096).unwrap();
        let late = thread::spawn(move || {
            thread::sleep(Duration::from_millis(400));
            reader.read_exact(&mut vec![0; sent]).unwrap();
        });
        seal(&memfd).unwrap();
        late.join().unwrap();
        memfd.write_all(b"more").unwrap_err();
    }
}
