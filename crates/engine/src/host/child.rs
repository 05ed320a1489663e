//! Work that must not happen to this process: a child does it and says how it went.

use std::io::{self, Read, Write};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Runs `work` in a child and returns what it said; empty when it died on the way or took longer
/// than `patience`.
///
/// This process must have no other thread: the child goes on with ordinary code.
pub(crate) fn in_child(patience: Duration, work: impl FnOnce() -> String) -> io::Result<String> {
    let (mut answer, mut tell) = io::pipe()?;
    // SAFETY: this process has one thread (the caller's contract), so the child may go on with
    // ordinary code; it ends in `_exit` and never returns.
    let child = match unsafe { fork() }? {
        ForkResult::Child => {
            drop(answer);
            let told = tell.write_all(work().as_bytes());
            // SAFETY: `_exit` skips the parent's exit handlers and buffers, which are not the
            // child's to run.
            unsafe { libc::_exit(i32::from(told.is_err())) }
        }
        ForkResult::Parent { child } => child,
    };
    drop(tell);
    let time = Timespec::try_from(patience).ok();
    let mut text = String::new();
    // It writes once, at its end.
    if poll(&mut [PollFd::new(&answer, PollFlags::IN)], time.as_ref()).is_ok_and(|ready| ready > 0)
    {
        answer.read_to_string(&mut text)?;
    } else {
        kill(child, Signal::SIGKILL)?;
    }
    waitpid(child, None)?;
    Ok(text)
}
