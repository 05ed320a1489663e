//! The small first process of Docker's `--init`: it starts the command as its child, passes every
//! signal on, and reaps what is left to it.
//!
//! It is this very process, after it has given up everything that the container must not have:
//! nothing is executed, so nothing of the host has to be shown inside. It stays undumpable, which
//! keeps the container from looking into it or tracing it.

use std::convert::Infallible;
use std::fs;
use std::io::{Seek, SeekFrom, Write};

use rustix::process::{
    Pid, Signal, WaitOptions, getpid, set_child_subreaper, set_parent_process_death_signal,
    setpgid, wait,
};
use rustix::stdio::stdin;
use rustix::termios::{isatty, tcsetpgrp};

use crate::exec::Command;
use crate::failure::{During, StartFailure, Step};
use crate::sys::{self, Fork};

/// What Docker's own is called.
const NAME: &str = "docker-init";

/// Takes a name of its own: the command line would tell where the host keeps the container. Only
/// looks depend on it, so nothing that fails here matters. Before the ids change, since the files
/// of an undumpable process are root's.
pub fn take_name() {
    let _ = fs::write("/proc/self/comm", NAME);
    let Some((start, end)) = command_line() else {
        return;
    };
    let Some(room) = end.checked_sub(start).filter(|room| *room > 0) else {
        return;
    };
    let mut text = vec![0; room as usize];
    let length = NAME.len().min(text.len() - 1);
    text[..length].copy_from_slice(&NAME.as_bytes()[..length]);
    if let Ok(mut memory) = fs::File::options().write(true).open("/proc/self/mem") {
        let _ = memory
            .seek(SeekFrom::Start(start))
            .and_then(|_| memory.write_all(&text));
    }
}

/// Where the arguments lie: fields 48 and 49 of /proc/PID/stat (proc_pid_stat(5)).
fn command_line() -> Option<(u64, u64)> {
    let line = fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = line.rsplit_once(')')?.1.split_whitespace().skip(48 - 3);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// Starts the command and stays. Returns only in the child, if the command could not be executed.
pub fn run(command: &Command) -> Result<Infallible, StartFailure> {
    // Orphans come here where the container has no pid namespace of its own, too.
    let _ = set_child_subreaper(Some(getpid()));
    let before = sys::block_signals();
    match sys::fork().during(Step::Init, || "fork")? {
        Fork::Parent(child) => stay(child),
        Fork::Child => {
            let _ = set_parent_process_death_signal(Some(Signal::KILL));
            // A group of its own, in the foreground: what is typed at a terminal goes to the
            // command and reaches it once.
            let _ = setpgid(None, None);
            if isatty(stdin()) {
                let _ = tcsetpgrp(stdin(), getpid());
            }
            sys::restore_signals(&before);
            Err(command.execute())
        }
    }
}

fn stay(child: Pid) -> ! {
    // Above all the channel to the shim, whose end tells that the command was executed.
    sys::close_inherited(3);
    loop {
        let Some(signal) = sys::wait_for_signal() else {
            continue;
        };
        if signal != libc::SIGCHLD {
            let _ = sys::kill(child, signal);
        } else if let Some(code) = reap(child) {
            sys::exit_now(code);
        }
    }
}

/// Reaps everybody who has ended; the exit code once the command has.
fn reap(child: Pid) -> Option<i32> {
    let mut code = None;
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        if pid == child {
            let signal = status.terminating_signal().map(|signal| 128 + signal);
            code = signal.or(status.exit_status());
        }
    }
    code
}
