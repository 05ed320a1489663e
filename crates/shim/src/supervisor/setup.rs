//! What a shim does before it waits.

use std::env;
use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use gantry_runtime::{
    BUNDLE_FILE, Bundle, FailureKind, ProcessIdentity, StartFailure, Step, TerminalSize,
    adopt_orphans, close_inherited,
};
use gantry_shim::protocol::{
    FromShim, Hello, Phase, Refusal, RefusalKind, Status, ToShim, VERSION, recv, send,
};
use gantry_shim::{EXIT_FILE, ExitRecord, SHIM_FILE, ShimRecord};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, listen, socket_with,
};
use rustix::stdio::{dup2_stdin, stdin};

use super::poll::{Poll, Source};
use super::{Life, PIECE, Supervisor, clock};

/// How many engines may be waiting to be accepted.
const WAITING: i32 = 16;

/// Supervises the container of a directory. Standard input is the engine's connection.
pub fn supervise(directory: &Path) -> io::Result<()> {
    close_inherited(3);
    // Not in the engine's session: what ends that must not end the container.
    let _ = rustix::process::setsid();
    adopt_orphans()?;
    let connection = take_connection()?;
    env::set_current_dir(directory)?;
    match Supervisor::new(directory, connection) {
        Ok(mut supervisor) => supervisor.run(),
        Err((connection, failure)) => refuse(directory, &connection, &failure),
    }
}

/// Moves the connection away from standard input, which children would inherit.
fn take_connection() -> io::Result<OwnedFd> {
    let connection = rustix::io::fcntl_dupfd_cloexec(stdin(), 3)?;
    let null = openat(
        CWD,
        "/dev/null",
        OFlags::RDWR | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    dup2_stdin(&null)?;
    Ok(connection)
}

impl Supervisor {
    fn new(directory: &Path, connection: OwnedFd) -> Result<Self, (OwnedFd, StartFailure)> {
        let made = Bundle::read(&directory.join(BUNDLE_FILE)).and_then(|bundle| {
            let failed = |error: io::Error| {
                StartFailure::new(FailureKind::Other, Step::Bundle, error.to_string())
            };
            Self::prepare(directory, bundle).map_err(failed)
        });
        let mut supervisor = match made {
            Ok(supervisor) => supervisor,
            Err(failure) => return Err((connection, failure)),
        };
        let _ = rustix::io::ioctl_fionbio(&connection, true);
        supervisor.add_connection(connection);
        Ok(supervisor)
    }

    fn prepare(directory: &Path, bundle: Bundle) -> io::Result<Self> {
        // A record of an earlier run would be taken for this one's.
        remove_if_there(&bundle.exit_record)?;
        let listener = listen_at(&bundle.socket)?;
        let signals = watch_signals()?;
        let poll = Poll::new()?;
        poll.watch(&listener, Source::Listener)?;
        poll.watch(signals.as_fd(), Source::Signals)?;
        let supervisor = Self {
            directory: directory.to_owned(),
            terminal_size: terminal_size(&bundle),
            bundle,
            me: ProcessIdentity::of(std::process::id() as i32)?,
            poll,
            listener: Some(listener),
            deaf_until: None,
            signals,
            connections: Vec::new(),
            clients: Vec::new(),
            next_number: 0,
            buffer: vec![0; PIECE],
            life: Life::Ready,
            oom_killed: false,
            settled: true,
        };
        supervisor.write_record()?;
        Ok(supervisor)
    }

    /// Takes away what leads to this shim: it has nothing more to say. What a new shim of the same
    /// container has put there stays.
    pub(super) fn withdraw(&mut self) {
        let record = ShimRecord::read(&self.directory).ok().flatten();
        let mine = record.is_some_and(|record| record.shim == self.me);
        if self.listener.take().is_some() && mine {
            let _ = fs::remove_file(&self.bundle.socket);
            let _ = fs::remove_file(self.directory.join(SHIM_FILE));
        }
    }
}

/// Listens where a restarted engine looks. What stands there was left by a shim that was killed:
/// the engine starts one shim per container.
fn listen_at(path: &Path) -> io::Result<OwnedFd> {
    remove_if_there(path)?;
    let address = SocketAddrUnix::new(path)?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let listener = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    let umask = rustix::process::umask(Mode::from_raw_mode(0o177));
    let bound = bind(&listener, &address);
    rustix::process::umask(umask);
    bound?;
    listen(&listener, WAITING)?;
    Ok(listener)
}

/// SIGTERM comes through a descriptor; other signals that ask to end are ignored.
fn watch_signals() -> io::Result<SignalFd> {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGTERM);
    let mut blocked = signals;
    blocked.add(Signal::SIGINT);
    blocked.add(Signal::SIGHUP);
    blocked.thread_block()?;
    Ok(SignalFd::with_flags(
        &signals,
        SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK,
    )?)
}

fn terminal_size(bundle: &Bundle) -> Option<TerminalSize> {
    let size = bundle.spec.process().as_ref()?.console_size()?;
    Some(TerminalSize {
        rows: size.height() as u16,
        columns: size.width() as u16,
    })
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Tells the engine, which waits for the answer to its start, that there is nothing to start.
fn refuse(directory: &Path, connection: &OwnedFd, failure: &StartFailure) -> io::Result<()> {
    let record = ExitRecord::of_failure(failure, clock::now());
    record.write(&directory.join(EXIT_FILE))?;
    let status = Status {
        phase: Phase::Exited,
        process: None,
        started_at: None,
        oom_killed: false,
        clients: 0,
        pause_by_signals: false,
        exit: Some(record),
    };
    let hello = Hello { version: VERSION };
    let _ = send(connection, &FromShim::Hello { hello, status }, &[]);
    while let Ok((message, _)) = recv::<ToShim>(connection) {
        if let ToShim::Request { number, .. } = message {
            let reply = Err(Refusal {
                kind: RefusalKind::Start,
                message: failure.to_string(),
                failure: Some(failure.clone()),
            });
            let _ = send(connection, &FromShim::Reply { number, reply }, &[]);
        }
    }
    Ok(())
}
