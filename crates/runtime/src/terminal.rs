//! The container's terminal: a pair of its own devpts instance, so that `tty` inside names it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, fchmod, fstat, fstatfs, makedev};
use rustix::io::{Errno, Result};
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::bundle::TerminalSize;
use crate::credentials::give;
use crate::mount::{Depth, Mount};
use crate::root::{Root, TargetKind};

/// Both ends of a terminal. The shim keeps the master.
#[derive(Debug)]
pub struct Terminal {
    pub master: OwnedFd,
    pub slave: OwnedFd,
}

/// What to do where the container has no /dev/pts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// The host's is used; only before this process has left the host's root.
    TheHosts,
    Fail,
}

/// Opens a pair from the container's /dev/pts.
pub fn open(
    root: &Root,
    owner: u32,
    size: Option<TerminalSize>,
    otherwise: Otherwise,
) -> Result<Terminal> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let master = match root.open(Path::new("/dev/pts/ptmx"), OFlags::PATH) {
        // The image may have put anything there: it must be the multiplexer of a devpts, and is
        // not opened before that is sure.
        Ok(found) if is_multiplexer(&found)? => {
            root.reopen(&found, OFlags::RDWR | OFlags::NOCTTY)?
        }
        Ok(_) => return Err(Errno::NODEV),
        Err(Errno::NOENT | Errno::NOTDIR) if otherwise == Otherwise::TheHosts => openpt(flags)?,
        Err(errno) => return Err(errno),
    };
    unlockpt(&master)?;
    // The peer by descriptor, never by a name inside the container (CVE-2025-52565).
    let slave = ioctl_tiocgptpeer(&master, flags)?;
    if let Some(size) = size {
        resize(master.as_fd(), size)?;
    }
    give(slave.as_fd(), owner)?;
    fchmod(&slave, Mode::from_raw_mode(0o620))?;
    Ok(Terminal { master, slave })
}

/// Shows a slave as the container's /dev/console.
pub fn show_as_console(root: &Root, slave: BorrowedFd<'_>) -> Result<()> {
    let console = root.mount_point(Path::new("/dev/console"), TargetKind::File)?;
    Mount::copy_of_descriptor(slave, Depth::One)?.attach(console.as_fd())
}

/// Whether this is the node 5:2 of a terminal filesystem.
fn is_multiplexer(found: &OwnedFd) -> Result<bool> {
    /// `DEVPTS_SUPER_MAGIC` of `linux/magic.h`.
    const DEVPTS: u64 = 0x1cd1;
    let node = fstat(found)?;
    let character = FileType::from_raw_mode(node.st_mode) == FileType::CharacterDevice;
    Ok(character && node.st_rdev == makedev(5, 2) && fstatfs(found)?.f_type as u64 == DEVPTS)
}

/// Tells a terminal its size; the foreground process group gets SIGWINCH.
pub fn resize(master: impl AsFd, size: TerminalSize) -> Result<()> {
    let size = Winsize {
        ws_row: size.rows,
        ws_col: size.columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(master, size)
}
