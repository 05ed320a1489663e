//! What callers ask for: the query strings of the API, parsed and typed.

use std::os::fd::OwnedFd;

pub use gantry_wire::{StopOptions, WaitCondition};

use crate::Filters;

/// Whether an operation changed anything; Docker answers 304 where it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did (204).
    Done,
    /// The container was in that state already (304).
    Unchanged,
}

/// Which containers a list shows.
#[derive(Debug, Clone, Default)]
pub struct ContainerQuery {
    /// Stopped ones too.
    pub all: bool,
    /// At most this many, the newest; implies `all`.
    pub limit: Option<usize>,
    /// With their sizes, which costs a walk over each upper directory.
    pub size: bool,
    /// Docker's filters.
    pub filters: Filters,
}

/// Which readings of what a container uses are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatsQuery {
    /// One each second, until the container is removed.
    Stream,
    /// One, as soon as it is there.
    Once,
    /// One that tells the one before too, so that rates can be had from it.
    Twice,
}

/// How a container is removed.
#[derive(Debug, Clone, Copy, Default)]
pub struct RemoveOptions {
    /// Kill it first if it runs.
    pub force: bool,
    /// Remove its anonymous volumes too.
    pub volumes: bool,
}

/// How an image is removed.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImageRemoval {
    /// With all names where it was given by id, and also where a stopped container stands on it.
    pub force: bool,
    /// Parents without a name stay.
    pub keep_parents: bool,
    /// Not where a container stands on it, forced or not.
    pub unused_only: bool,
}

impl ImageRemoval {
    /// As `docker rmi` does it, with or without `--force`.
    pub fn forced(force: bool) -> Self {
        Self {
            force,
            ..Self::default()
        }
    }
}

/// What of the disk's use is told.
#[derive(Debug, Clone, Copy)]
pub struct DiskUsageQuery {
    pub containers: bool,
    pub images: bool,
    pub volumes: bool,
}

/// What is pulled.
#[derive(Debug, Clone, Default)]
pub struct PullOptions {
    /// With a tag or a digest; `latest` otherwise.
    pub reference: String,
    /// Every tag of the repository, where `reference` has neither.
    pub all_tags: bool,
    /// `linux/arm64`; this computer's when there is none.
    pub platform: Option<String>,
    pub credentials: Option<gantry_registry::Credentials>,
}

/// What is looked for in a registry.
#[derive(Debug, Clone, Default)]
pub struct ImageSearch {
    /// `registry.example:5000/word`; Docker Hub where no registry is named.
    pub term: String,
    /// 1 to 100; 25 when there is none, or zero.
    pub limit: Option<i64>,
    /// Docker's filters.
    pub filters: Filters,
    pub credentials: Option<gantry_registry::Credentials>,
}

/// What is pushed.
#[derive(Debug, Clone, Default)]
pub struct PushOptions {
    pub reference: String,
    /// Every tag that is here of the repository.
    pub all_tags: bool,
    pub credentials: Option<gantry_registry::Credentials>,
}

/// Which rows of a log are wanted.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    /// Rows of standard output.
    pub stdout: bool,
    /// Rows of standard error.
    pub stderr: bool,
    /// From this time on, in nanoseconds since 1970.
    pub since: Option<u64>,
    /// Up to this time, in nanoseconds since 1970.
    pub until: Option<u64>,
    /// Only the last rows; `None` is all of them.
    pub tail: Option<u64>,
    /// Go on until the container ends.
    pub follow: bool,
}

/// How a client is attached.
#[derive(Debug, Clone, Default)]
pub struct AttachOptions {
    /// Send what the log holds first.
    pub logs: bool,
    /// Stay connected to what comes.
    pub stream: bool,
    /// Hand on what the client sends.
    pub stdin: bool,
    /// Send standard output.
    pub stdout: bool,
    /// Send standard error.
    pub stderr: bool,
    /// Such as `ctrl-p,ctrl-q`; `None` is that.
    pub detach_keys: Option<String>,
}

/// A hijacked connection.
#[derive(Debug)]
pub struct ClientSocket {
    /// The connected stream socket, not blocking.
    pub fd: OwnedFd,
    /// What was read from it already and belongs to the stream.
    pub leftover: Vec<u8>,
}

/// How an image is made from a container.
#[derive(Debug, Clone, Default)]
pub struct CommitOptions {
    /// A name or an id.
    pub container: String,
    /// `name` or `name:tag`; an image without a name otherwise.
    pub reference: Option<String>,
    /// Who made it.
    pub author: String,
    /// Why.
    pub comment: String,
    /// Dockerfile instructions such as `CMD ["ls"]`.
    pub changes: Vec<String>,
    /// Replaces the container's configuration in the image, as Docker's body does.
    pub config: Option<Box<gantry_wire::ContainerConfig>>,
    /// Which changes the image gets, by absolute path; empty means all.
    pub paths: Vec<String>,
    /// Whether the container may go on meanwhile.
    pub pause: CommitPause,
}

/// How an image is made of a root file system.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// `name` or `name:tag`; an image without a name otherwise.
    pub reference: Option<String>,
    /// For the history; Docker's words when it is empty.
    pub message: String,
    /// Dockerfile instructions such as `CMD ["ls"]`.
    pub changes: Vec<String>,
    /// `linux/arm64`; this computer's when there is none.
    pub platform: Option<String>,
}

/// Whether a container stands still while it is committed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CommitPause {
    /// It does, as Docker's default is.
    #[default]
    Pause,
    /// It goes on, and the image may catch files half written.
    KeepRunning,
}

/// Which images a list shows.
#[derive(Debug, Clone, Default)]
pub struct ImageQuery {
    /// Intermediate images too; there are none here.
    pub all: bool,
    /// With the bytes that are shared with other images.
    pub shared_size: bool,
    /// Docker's filters.
    pub filters: Filters,
}

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct EventQuery {
    /// From this time on, in nanoseconds since 1970, as far as the history goes back.
    pub since: Option<i64>,
    /// Up to this time, in nanoseconds since 1970; the stream ends there.
    pub until: Option<i64>,
    /// Docker's filters.
    pub filters: Filters,
}

/// Which rows a window reads of a log.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogWindow {
    /// Begin with this row, counted from 1.
    pub from: Option<u64>,
    /// Begin with the first row of this time or later, in nanoseconds since 1970; `from` wins.
    pub since: Option<u64>,
    /// Begin with the last rows; the others win.
    pub tail: Option<u64>,
    /// Only rows of this stream.
    pub stream: Option<gantry_log::Stream>,
    /// End after this many rows.
    pub limit: Option<u64>,
    /// Go on until the container ends.
    pub follow: bool,
}

/// What is looked for in a log.
#[derive(Debug, Clone)]
pub struct LogSearch {
    /// The text or the expression; empty finds every row.
    pub text: String,
    /// It is a regular expression.
    pub regex: bool,
    /// Upper and lower case differ.
    pub match_case: bool,
    /// Only rows of this stream.
    pub stream: Option<gantry_log::Stream>,
    /// Begin with this row, counted from 1.
    pub from: Option<u64>,
    /// Go on until the container is gone.
    pub follow: bool,
}
