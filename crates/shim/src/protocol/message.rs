//! The messages.

use gantry_runtime::{ProcessIdentity, StartFailure, TerminalSize};
use serde::{Deserialize, Serialize};

use crate::record::ExitRecord;

/// The protocol's version.
pub const VERSION: u32 = 1;

/// Docker's detach keys: ctrl-p, ctrl-q.
pub const DEFAULT_DETACH_KEYS: &[u8] = &[16, 17];

/// Who speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`] of the speaker.
    pub version: u32,
}

/// From the engine to the shim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToShim {
    /// First on every connection.
    Hello(Hello),
    Request {
        number: u64,
        request: Request,
    },
}

/// From the shim to the engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromShim {
    /// First on every connection, unasked; with what there is to know now.
    Hello {
        hello: Hello,
        status: Status,
    },
    Reply {
        number: u64,
        reply: Result<Reply, Refusal>,
    },
    Event(Event),
}

/// What the engine asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Starts the container, once. Answered by [`Reply::Started`] when the command was executed,
    /// or refused with [`RefusalKind::Start`]; then the shim writes the exit record and ends.
    Start,
    /// Sends a signal to the container's first process. SIGKILL also resumes a paused container.
    Signal {
        signal: i32,
    },
    /// Stops the container: the signal (the bundle's if `None`), SIGKILL after the grace period
    /// (`None` waits for ever). Answered at once; [`Event::Exited`] follows. A paused container is
    /// resumed. A second stop may shorten the grace period, never prolong it.
    Stop {
        signal: Option<i32>,
        grace_ms: Option<u64>,
    },
    /// Freezes every process. Answered when all of them stand still.
    Pause,
    Resume,
    /// The same as [`Request::Pause`] until [`Request::Release`], at the latest until this
    /// connection closes: nothing stands still for an engine that is gone.
    Hold,
    /// Ends a [`Request::Hold`]; a container that was paused meanwhile stays so.
    Release,
    /// Connects a client to the container's streams, before or after its start. The client's
    /// stream socket is the packet's first descriptor, [`Attach::leftover`] says whether there is a
    /// second. Answered by [`Reply::Attached`].
    Attach(Attach),
    /// Lets a client that was attached with [`Attach::held`] have its output.
    Serve {
        client: u64,
    },
    /// Sets the terminal's size, before or after the start.
    Resize(TerminalSize),
    Status,
}

/// How a client is attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attach {
    /// Chosen by the engine, to recognise the client in [`Event::Detached`].
    pub client: u64,
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
    /// Output goes with Docker's 8-byte header before each piece (no terminal), else raw.
    pub framed: bool,
    /// What detaches a terminal's client when typed; empty switches it off.
    pub detach_keys: Vec<u8>,
    /// Bytes that were read from the client already come first: the packet's second descriptor,
    /// made with [`super::stash`], holds them.
    #[serde(default)]
    pub leftover: bool,
    /// Nothing is sent before [`Request::Serve`]: the engine sends what the log holds first, up
    /// to [`Reply::Attached::next_line`]. The container's output waits meanwhile as for any slow
    /// client. A client whose engine is gone is released.
    #[serde(default)]
    pub held: bool,
    /// When the client leaves, other than by its keys, the process is hung up on (SIGHUP): a
    /// window's terminal is gone with the window.
    #[serde(default)]
    pub hang_up: bool,
}

/// What a request that was carried out answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    Done,
    Started {
        process: ProcessIdentity,
    },
    /// The client is attached; `next_line` is the number of the first log row that it is sent. A
    /// held client is sent that row from its beginning, others from where it stands.
    Attached {
        next_line: u64,
    },
    Status(Status),
}

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    pub kind: RefusalKind,
    /// One line, lower case.
    pub message: String,
    /// For [`RefusalKind::Start`]: what went wrong.
    #[serde(default)]
    pub failure: Option<StartFailure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalKind {
    /// The container could not be started.
    Start,
    /// The request does not fit the container's state.
    State,
    /// The shim does not know such a request.
    Unknown,
    /// A system call failed.
    System,
}

/// What happened, told to every connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    Started {
        process: ProcessIdentity,
    },
    /// The container is over and its record stands on disk; the last event.
    Exited {
        record: ExitRecord,
    },
    Paused,
    Resumed,
    /// The kernel killed a process for want of memory; the container may live on.
    OomKilled,
    /// A check of the container's health began.
    Probing,
    /// One is over; [`crate::Health`] on disk has its result.
    Probed,
    /// A client is gone: it typed the detach keys (`by_keys`) or left.
    Detached {
        client: u64,
        by_keys: bool,
    },
}

/// Where the container is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub phase: Phase,
    /// The first process, once it was started.
    pub process: Option<ProcessIdentity>,
    /// Nanoseconds since 1970; `None` before the start.
    pub started_at: Option<u64>,
    /// Whether the kernel killed a process for want of memory.
    pub oom_killed: bool,
    /// Attached clients.
    pub clients: u32,
    /// Pause stops the processes by signals, for want of a freezer: shown as such.
    pub pause_by_signals: bool,
    /// Present in [`Phase::Exited`].
    #[serde(default)]
    pub exit: Option<ExitRecord>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Waiting for [`Request::Start`].
    Ready,
    Running,
    Paused,
    Exited,
}
