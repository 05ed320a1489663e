//! Signals, descriptors and keyrings of a process.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd};

use super::result;

/// Sends any signal, real-time ones included, through a pidfd.
pub fn send_signal(pidfd: BorrowedFd<'_>, signal: i32) -> rustix::io::Result<()> {
    // SAFETY: no memory is passed.
    result(unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd.as_raw_fd(),
            signal,
            0_usize,
            0_u32,
        )
    })?;
    Ok(())
}

/// Closes every descriptor but the standard streams and `kept` (`close_range(2)`). Only for a
/// process that will but execute or end: whatever owned them must not be used or dropped again.
pub fn close_all_but(kept: BorrowedFd<'_>) -> rustix::io::Result<()> {
    let kept = kept.as_raw_fd() as u32;
    for (first, last) in [(3, kept.saturating_sub(1)), (kept.max(2) + 1, u32::MAX)] {
        if first <= last {
            // SAFETY: no memory is passed; the caller says that nobody uses these descriptors.
            result(unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) })?;
        }
    }
    Ok(())
}

/// Closes every descriptor from `first` on. Only for the beginning of a process, when nothing can
/// own them yet.
pub fn close_inherited(first: u32) {
    // SAFETY: the caller says that nothing in this process owns these descriptors.
    let _ = result(unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, 0) });
}

/// Gives every signal its default action and unblocks all: exec keeps ignored and blocked ones.
pub fn reset_signals() {
    for signal in 1..=libc::SIGRTMAX() {
        // SAFETY: SIG_DFL is no handler that could run; numbers that may not be changed (SIGKILL,
        // SIGSTOP, those of the C library) are refused, which is as good.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    // SAFETY: the set is made by sigemptyset before it is read.
    unsafe {
        let mut none = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
    }
}

/// Makes a terminal the controlling terminal of this session.
pub fn take_controlling_terminal(terminal: BorrowedFd<'_>) -> rustix::io::Result<()> {
    // SAFETY: TIOCSCTTY takes an integer.
    result(unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSCTTY, 0) }.into())?;
    Ok(())
}

/// Leaves the session keyring of the user for an empty one (`keyctl(2)`), which keeps the host's
/// keys out of the container. Where keyrings are not compiled in, forbidden or used up, there is
/// nothing to join and Docker's filter forbids `keyctl` inside anyway.
pub fn fresh_session_keyring() {
    const KEYCTL_JOIN_SESSION_KEYRING: libc::c_int = 1;
    // SAFETY: a null name asks for an anonymous keyring.
    let _ = result(unsafe {
        libc::syscall(
            libc::SYS_keyctl,
            KEYCTL_JOIN_SESSION_KEYRING,
            std::ptr::null::<libc::c_char>(),
        )
    });
}

/// Ends this process without destructors and exit handlers, which are the parent's.
pub fn exit_now(code: i32) -> ! {
    // SAFETY: `_exit` may be called at any point.
    unsafe { libc::_exit(code) }
}
