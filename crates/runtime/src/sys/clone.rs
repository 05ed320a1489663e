//! `clone3(2)`, used as a fork.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use super::result;

/// `linux/sched.h`; wider than the C library's type for flags.
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

/// Which of the two processes goes on.
pub enum Side {
    Parent { pid: i32, pidfd: OwnedFd },
    Child,
}

/// `struct clone_args` of `linux/sched.h` up to `cgroup` (Linux 5.7).
#[repr(C, align(8))]
#[derive(Default)]
struct CloneArgs {
    flags: u64,
    pidfd: u64,
    child_tid: u64,
    parent_tid: u64,
    exit_signal: u64,
    stack: u64,
    stack_size: u64,
    tls: u64,
    set_tid: u64,
    set_tid_size: u64,
    cgroup: u64,
}

/// Forks into new namespaces, and into a cgroup2 directory if one is given.
///
/// Only for a process with a single thread: the child goes on with a copy of everything, and a
/// lock that another thread held would stay locked in it.
pub fn clone3(namespaces: u64, cgroup: Option<BorrowedFd<'_>>) -> rustix::io::Result<Side> {
    let mut pidfd: libc::c_int = -1;
    let mut arguments = CloneArgs {
        flags: namespaces | libc::CLONE_PIDFD as u64,
        pidfd: &raw mut pidfd as u64,
        exit_signal: libc::SIGCHLD as u64,
        ..CloneArgs::default()
    };
    if let Some(cgroup) = cgroup {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = cgroup.as_raw_fd() as u64;
    }
    // SAFETY: the arguments outlive the call; without CLONE_VM and with no stack given the child
    // has its own copy of this memory and returns here, as after fork.
    let pid = result(unsafe {
        libc::syscall(libc::SYS_clone3, &raw mut arguments, size_of::<CloneArgs>())
    })?;
    if pid == 0 {
        return Ok(Side::Child);
    }
    Ok(parent(pid, pidfd))
}

/// Forks a sibling: a child of this process's own parent, to which its end is told. A seccomp filter
/// that lets a program start others lets this call pass, which `clone3` is not true of.
///
/// Only for a process with a single thread, as [`clone3`].
pub fn clone_sibling() -> rustix::io::Result<Side> {
    let mut pidfd: libc::c_int = -1;
    // Architectures order the last two arguments differently: both are null.
    // SAFETY: the place for the descriptor outlives the call; without CLONE_VM and with no stack
    // given the child has its own copy of this memory and returns here, as after fork.
    let pid = result(unsafe {
        libc::syscall(
            libc::SYS_clone,
            (libc::CLONE_PARENT | libc::CLONE_PIDFD) as libc::c_ulong,
            std::ptr::null_mut::<libc::c_void>(),
            &raw mut pidfd,
            std::ptr::null_mut::<libc::c_int>(),
            0_usize,
        )
    })?;
    if pid == 0 {
        return Ok(Side::Child);
    }
    Ok(parent(pid, pidfd))
}

/// What a successful call left with the process that made it.
fn parent(pid: libc::c_long, pidfd: libc::c_int) -> Side {
    // SAFETY: the kernel stored a new descriptor, owned by nobody else.
    let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
    Side::Parent {
        pid: pid as i32,
        pidfd,
    }
}
