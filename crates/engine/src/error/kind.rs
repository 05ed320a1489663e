//! What programs make of an error: its stable code, and how the request ends.

use std::io;

use super::{Error, registry};

/// How an error ends at the API; the HTTP layer maps it to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The request itself is wrong (400).
    BadRequest,
    /// Who asks is not believed (401).
    Unauthorized,
    /// The named thing does not exist (404).
    NotFound,
    /// The thing exists, and this is never done to it (403).
    Forbidden,
    /// The thing is in a state that forbids the operation (409).
    Conflict,
    /// The engine or the machine failed (500).
    Internal,
    /// The engine does not do this (501).
    NotImplemented,
    /// The engine is leaving (503).
    Unavailable,
}

impl Error {
    /// The stable code that front ends and scripts match on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchContainer(_) => "container-not-found",
            Self::AmbiguousContainer(_) | Self::AmbiguousImage(_) => "ambiguous-id",
            Self::NoSuchImage(_) | Self::NoSuchTag(_) => "image-not-found",
            Self::NoSuchEntry(_) => "entry-not-found",
            Self::NoSuchPath { .. } => "path-not-found",
            Self::ReadOnlyPlace(_) => "read-only",
            Self::FilesUnavailable(_) => "files-unavailable",
            Self::NoSuchVolume(_) => "volume-not-found",
            Self::VolumeExists(_) => "volume-exists",
            Self::VolumeInUse { .. } => "volume-in-use",
            Self::NoSuchNetwork(_) | Self::NetworkGone(_) => "network-not-found",
            Self::NoSuchTask(_) => "task-not-found",
            Self::NoSuchExec(_) => "exec-not-found",
            Self::NoSuchUndo(_) => "undo-expired",
            Self::NameInUse { .. } => "name-in-use",
            Self::InvalidName(_) => "invalid-name",
            Self::WrongState { code, .. } | Self::NetworkState { code, .. } => code,
            Self::ImageInUse { .. } => "image-in-use",
            Self::PlatformMismatch { .. } | Self::NotOfPlatform { .. } => "platform-mismatch",
            Self::LimitUnavailable { .. } => "limit-unavailable",
            Self::AddressInUse { .. } => "address-in-use",
            Self::PortInUse { .. } => "port-in-use",
            Self::PortForbidden { .. } => "port-forbidden",
            Self::NetworkExists(_) => "network-exists",
            Self::Network(_) => "network-failed",
            Self::NetworkKeeper(_) => "network-keeper",
            Self::Unsupported { .. } => "unsupported",
            Self::Invalid(_) => "invalid-request",
            Self::StartFailed(failure) => failure.code,
            Self::Supervisor { .. } => "supervisor-lost",
            Self::SupervisorSilent(_) => "supervisor-silent",
            Self::DoesNotEnd(_) => "container-unkillable",
            Self::Store(error) => error.code(),
            Self::Registry(error) => error.code(),
            Self::Log(_) => "log-unreadable",
            Self::Cancelled => "cancelled",
            Self::ShuttingDown => "shutting-down",
            Self::ShimMissing(_) => "shim-missing",
            Self::Seccomp(_) => "seccomp",
            Self::FileExists(_) => "file-exists",
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => "disk-full",
            Self::Io { .. } => "io",
            Self::Damaged { .. } => "damaged",
            Self::Internal(_) => "internal",
        }
    }

    /// What the request ends with at the API.
    pub fn status(&self) -> Status {
        match self {
            Self::NoSuchContainer(_)
            | Self::NoSuchImage(_)
            | Self::NoSuchTag(_)
            | Self::NoSuchEntry(_)
            | Self::NoSuchPath { .. }
            | Self::NoSuchVolume(_)
            | Self::NoSuchNetwork(_)
            | Self::NetworkGone(_)
            | Self::NotOfPlatform { .. }
            | Self::NoSuchTask(_)
            | Self::NoSuchExec(_)
            | Self::NoSuchUndo(_) => Status::NotFound,
            Self::AmbiguousContainer(_)
            | Self::AmbiguousImage(_)
            | Self::InvalidName(_)
            // Not 404: Docker's client would go and pull the image.
            | Self::PlatformMismatch { .. }
            | Self::LimitUnavailable { .. }
            | Self::Unsupported { .. }
            | Self::ReadOnlyPlace(_)
            | Self::Invalid(_)
            | Self::StartFailed(_) => Status::BadRequest,
            Self::NameInUse { .. }
            | Self::NetworkExists(_)
            | Self::AddressInUse { .. }
            | Self::WrongState { .. }
            | Self::ImageInUse { .. }
            | Self::VolumeExists(_)
            | Self::VolumeInUse { .. }
            | Self::FileExists(_) => Status::Conflict,
            Self::Store(error) => match error.code() {
                "image-not-found" => Status::NotFound,
                "image-in-use" | "mounted-there" | "path-exists" | "file-changed" => Status::Conflict,
                "disk-full" | "io" | "store-damaged" | "cancelled" => Status::Internal,
                _ => Status::BadRequest,
            },
            Self::Registry(error) => registry::status(error),
            Self::ShuttingDown => Status::Unavailable,
            // As Docker's: the machine refused, not the engine.
            Self::NetworkState { .. } => Status::Forbidden,
            Self::PortInUse { .. }
            | Self::PortForbidden { .. }
            | Self::Network(_)
            | Self::NetworkKeeper(_)
            | Self::Supervisor { .. }
            | Self::SupervisorSilent(_)
            | Self::DoesNotEnd(_)
            | Self::FilesUnavailable(_)
            | Self::Log(_)
            | Self::Cancelled
            | Self::ShimMissing(_)
            | Self::Seccomp(_)
            | Self::Io { .. }
            | Self::Damaged { .. }
            | Self::Internal(_) => Status::Internal,
        }
    }
}
