//! The container's streams, seen from the shim: what it writes goes to the log and to every
//! client, what clients type goes to it.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use gantry_log::Stream;
use gantry_runtime::{StdinPlan, Streams, null_device};
use nix::fcntl::OFlag;
use nix::unistd::pipe2;
use rustix::io::Errno;
use rustix::pipe::{fcntl_getpipe_size, fcntl_setpipe_size};
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer};

use super::backlog::Backlog;
use super::poll::Registration;
use super::splice::{Moved, move_pages};

/// How much typed input waits for the container before clients have to.
const MAX_TYPED: usize = 64 * 1024;

/// Bytes after which a pipe is widened: whoever moves much need not wait for each other so often.
const MUCH: u64 = 1024 * 1024;
/// How much a wide pipe holds. All pipes of a user together may hold 64 MiB (pipe(7)).
const WIDE: usize = 256 * 1024;
/// From here on pages are moved rather than copied.
const LARGE: usize = 16 * 1024;

/// Counts what goes through a pipe.
#[derive(Debug, Default)]
struct Flow(u64);

impl Flow {
    fn count(&mut self, pipe: impl AsFd, bytes: usize) {
        let before = self.0;
        self.0 += bytes as u64;
        if before < MUCH && self.0 >= MUCH {
            // Otherwise it stays as it is; a terminal is no pipe.
            let _ = fcntl_setpipe_size(pipe, WIDE);
        }
    }
}

/// More than a terminal holds of what was written to it (`TTYB_DEFAULT_MEM_LIMIT` in the kernel's
/// drivers/tty/tty_buffer.c).
const TERMINAL: usize = 1024 * 1024;

/// One stream of output.
#[derive(Debug)]
pub struct Output {
    pub stream: Stream,
    pub registration: Registration,
    descriptor: OwnedFd,
    flow: Flow,
    ended: bool,
    /// The other side of a terminal, held open: without it the master would report a hang-up for
    /// as long as no process of the container happens to have the terminal open.
    held: Option<OwnedFd>,
}

/// What one read gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    Bytes(usize),
    Nothing,
    End,
}

impl Output {
    fn new(stream: Stream, descriptor: OwnedFd, held: Option<OwnedFd>) -> Self {
        let registration = Registration::default();
        Self {
            stream,
            registration,
            descriptor,
            flow: Flow::default(),
            ended: false,
            held,
        }
    }

    pub fn descriptor(&self) -> &OwnedFd {
        &self.descriptor
    }

    /// Nothing more will come.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// The most bytes that were written and not read.
    pub fn capacity(&self) -> usize {
        fcntl_getpipe_size(&self.descriptor).unwrap_or(TERMINAL)
    }

    /// How many bytes wait, where there are so many that moving them costs less than copying.
    pub fn waiting(&self) -> Option<usize> {
        if self.ended || self.held.is_some() {
            return None;
        }
        let waiting = rustix::io::ioctl_fionread(&self.descriptor).ok()?;
        usize::try_from(waiting)
            .ok()
            .filter(|bytes| *bytes >= LARGE)
    }

    /// Moves at most so many bytes to a socket.
    pub fn pass_to(&mut self, socket: impl AsFd, count: usize) -> Moved {
        let moved = move_pages(&self.descriptor, socket, count);
        if let Moved::Bytes(count) = moved {
            self.flow.count(&self.descriptor, count);
        }
        moved
    }

    pub fn read(&mut self, buffer: &mut [u8]) -> Piece {
        if self.ended {
            return Piece::End;
        }
        match rustix::io::read(&self.descriptor, buffer) {
            Ok(count @ 1..) => {
                self.flow.count(&self.descriptor, count);
                Piece::Bytes(count)
            }
            Err(Errno::AGAIN | Errno::INTR) => Piece::Nothing,
            // The end of a pipe, or EIO of a terminal that was hung up.
            Ok(0) | Err(_) => {
                self.ended = true;
                Piece::End
            }
        }
    }
}

/// The container's standard input.
#[derive(Debug)]
pub struct Input {
    pub registration: Registration,
    plan: StdinPlan,
    descriptor: OwnedFd,
    flow: Flow,
    terminal: bool,
    backlog: Backlog,
    state: InputState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InputState {
    Open,
    /// Closed as soon as what was typed is written.
    Ending,
    Closed,
}

impl Input {
    fn new(plan: StdinPlan, descriptor: OwnedFd, terminal: bool) -> Self {
        let backlog = Backlog::default();
        let registration = Registration::default();
        Self {
            registration,
            plan,
            descriptor,
            flow: Flow::default(),
            terminal,
            backlog,
            state: InputState::Open,
        }
    }

    pub fn descriptor(&self) -> &OwnedFd {
        &self.descriptor
    }

    /// Whether clients may type more.
    pub fn has_room(&self) -> bool {
        self.backlog.len() < MAX_TYPED
    }

    pub fn is_waiting(&self) -> bool {
        !self.backlog.is_empty()
    }

    pub fn is_closed(&self) -> bool {
        self.state == InputState::Closed
    }

    /// Takes what a client typed. A container that does not read its input does not get it.
    pub fn take(&mut self, bytes: &[u8]) {
        if self.plan == StdinPlan::Closed || self.state != InputState::Open {
            return;
        }
        self.flow.count(&self.descriptor, bytes.len());
        if self.backlog.write(&self.descriptor, &[], bytes).is_err() {
            self.close();
        }
    }

    /// Takes what a client typed from its socket, as the pages that it is in.
    pub fn take_from(&mut self, socket: impl AsFd) -> Moved {
        let may = self.plan != StdinPlan::Closed && self.state == InputState::Open;
        if !may || self.terminal || self.is_waiting() {
            return Moved::Nothing;
        }
        let moved = move_pages(socket, &self.descriptor, WIDE);
        if let Moved::Bytes(count) = moved {
            self.flow.count(&self.descriptor, count);
        }
        moved
    }

    pub fn flush(&mut self) {
        let flushed = self.backlog.flush(&self.descriptor);
        if flushed.is_err() || (self.state == InputState::Ending && self.backlog.is_empty()) {
            self.close();
        }
    }

    /// A client will type no more. With `Once` this ends the container's input as soon as it has
    /// read what was typed; a terminal's is never ended (as with Docker).
    pub fn client_ended(&mut self) {
        if self.plan == StdinPlan::Once && !self.terminal && self.state == InputState::Open {
            self.state = InputState::Ending;
            self.flush();
        }
    }

    /// The container closed its end, or is over.
    pub fn close(&mut self) {
        self.state = InputState::Closed;
        self.backlog = Backlog::default();
    }
}

/// The shim's ends of pipes, and the container's.
pub struct Pipes {
    pub container: Streams,
    stdin: Option<OwnedFd>,
    stdout: OwnedFd,
    stderr: OwnedFd,
}

/// Makes pipes for a container without a terminal.
pub fn make_pipes(plan: StdinPlan) -> io::Result<Pipes> {
    let pipe = || pipe2(OFlag::O_CLOEXEC);
    let (stdin, our_stdin) = match plan {
        StdinPlan::Closed => (null_device()?, None),
        StdinPlan::Once | StdinPlan::Open => {
            let (read, write) = pipe()?;
            (read, Some(write))
        }
    };
    let (our_stdout, stdout) = pipe()?;
    let (our_stderr, stderr) = pipe()?;
    // A pipe's ends are two open files: the container's stay blocking.
    for ours in our_stdin.iter().chain([&our_stdout, &our_stderr]) {
        rustix::io::ioctl_fionbio(ours, true)?;
    }
    let container = Streams::Separate {
        stdin,
        stdout,
        stderr,
    };
    Ok(Pipes {
        container,
        stdin: our_stdin,
        stdout: our_stdout,
        stderr: our_stderr,
    })
}

impl Pipes {
    /// The container was given its ends; these are the shim's.
    pub fn split(self, plan: StdinPlan) -> (Streams, Option<Input>, Vec<Output>) {
        let outputs = vec![
            Output::new(Stream::Stdout, self.stdout, None),
            Output::new(Stream::Stderr, self.stderr, None),
        ];
        let input = self.stdin.map(|stdin| Input::new(plan, stdin, false));
        (self.container, input, outputs)
    }
}

/// Both directions of a terminal.
pub fn from_terminal(master: &OwnedFd, plan: StdinPlan) -> io::Result<(Input, Vec<Output>)> {
    rustix::io::ioctl_fionbio(master, true)?;
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let held = ioctl_tiocgptpeer(master, flags)?;
    let output = Output::new(
        Stream::Stdout,
        master.as_fd().try_clone_to_owned()?,
        Some(held),
    );
    let input = Input::new(plan, master.as_fd().try_clone_to_owned()?, true);
    Ok((input, vec![output]))
}
