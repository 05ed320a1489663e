//! /gantry/v1: what Docker's API lacks. Keys are snake_case, absent means "not known".

mod doctor;
mod ending;
mod explore;
mod failure;
mod file;
mod layer;
mod log;
mod network;
mod registry;
mod request;
mod row;
mod shell;
mod snapshot;
mod task;
mod usage;
mod volume;

pub use doctor::{Finding, FindingState};
pub use ending::{Ending, EndingCause};
pub use explore::{
    Comparison, Difference, Hit, Scope, SearchResult, Waste, WastedFile, WastedLayer,
};
pub use failure::Failure;
pub use file::{ChangeSums, FilesOf, RenameFile};
pub use layer::{Entry, EntryChange, EntryKind, EntryPage, Layer, LayerStack, StackItem};
pub use log::{LogBatch, LogExtent, LogFound, LogLine, LogNews, LogRun, LogStream};
pub use network::{Attachment, LostPort, Network};
pub use registry::{
    PlainRegistries, PlainRegistry, RegistryFind, RegistryFinds, RegistryImage, RegistrySearch,
    RegistryTag, RegistryTags, RemoteImage, RemoteLayer, TagPage,
};
pub use request::{
    ChangePorts, CommitRequest, Compression, ExportRequest, ImportRequest, LoadRequest, PortChange,
    PullRequest, PushRequest, RemoveContainer, RemoveImage, Removed, SaveFormat, SaveRequest,
    TaskStarted,
};
pub use row::{Container, Image};
pub use shell::Shell;
pub use snapshot::{Change, Engine, Snapshot, Update};
pub use task::{Task, TaskKind, TaskPart, TaskResult, TaskState};
pub use usage::{
    ProcessRound, ProcessRow, Usage, UsageHistory, UsagePoint, UsageRound, UsageRow, UsageSource,
    UsageSpan,
};
pub use volume::{BackupRequest, FileEntry, FilePage, RestoreRequest, Volume, VolumeUse};
