//! What a first process that stays needs: fork, and signals as they are, real-time ones included.

#![allow(unsafe_code)]

use rustix::process::Pid;

use super::result;

/// Faults of the program itself, which must end it.
const FAULTS: [libc::c_int; 6] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGABRT,
];

/// Which of the two processes goes on.
pub enum Fork {
    Parent(Pid),
    Child,
}

/// The signals that a process had blocked.
pub struct Blocked(libc::sigset_t);

/// `fork(2)`, only for a process with a single thread.
pub fn fork() -> rustix::io::Result<Fork> {
    // SAFETY: there is no other thread whose locks the child could find taken.
    let pid = result(unsafe { libc::fork() }.into())?;
    Ok(Pid::from_raw(pid as i32).map_or(Fork::Child, Fork::Parent))
}

/// Blocks every signal but faults, so that [`wait_for_signal`] takes them; returns what was blocked.
pub fn block_signals() -> Blocked {
    // SAFETY: both sets are written by the C library before they are read.
    unsafe {
        let (mut all, mut before) = (std::mem::zeroed(), std::mem::zeroed());
        libc::sigfillset(&raw mut all);
        for fault in FAULTS {
            libc::sigdelset(&raw mut all, fault);
        }
        libc::sigprocmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
        Blocked(before)
    }
}

/// Blocks what was blocked before, and nothing else.
pub fn restore_signals(before: &Blocked) {
    // SAFETY: the set came from sigprocmask.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const before.0, std::ptr::null_mut()) };
}

/// Waits for the next signal; `None` if it was disturbed.
pub fn wait_for_signal() -> Option<i32> {
    // SAFETY: the set is written by sigfillset before it is read; no details are asked for.
    let signal = unsafe {
        let mut all = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::sigwaitinfo(&raw const all, std::ptr::null_mut())
    };
    (signal > 0).then_some(signal)
}

/// Sends any signal to a child, which keeps its pid until this process reaps it.
pub fn kill(child: Pid, signal: i32) -> rustix::io::Result<()> {
    // SAFETY: no memory is passed.
    result(unsafe { libc::kill(child.as_raw_nonzero().get(), signal) }.into())?;
    Ok(())
}
