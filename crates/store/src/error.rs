//! What can go wrong, one variant per cause that a caller can act on.

use std::io;
use std::path::{Path, PathBuf};

use gantry_oci::{Digest, ImageId, Reference, ReferenceError};

use crate::tarball::TarError;

/// The result of a store operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a store operation did not happen. Nothing of a failed operation stays visible.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No image has this name or id. The wording is Docker's.
    #[error("No such image: {0}")]
    NoSuchImage(String),
    /// An id prefix fits several images.
    #[error("multiple images found with prefix {prefix:?}: {}", list(.candidates))]
    AmbiguousPrefix {
        prefix: String,
        candidates: Vec<ImageId>,
    },
    /// A text is not an image name.
    #[error("{source}: {text:?}")]
    Reference {
        text: String,
        source: ReferenceError,
    },
    /// A tag operation was given a digest.
    #[error("refusing to create a tag with a digest reference")]
    TagWithDigest(Reference),
    /// An image with names in several repositories is not removed by its id without force.
    #[error(
        "conflict: unable to delete {} (must be forced) - image is referenced in multiple repositories",
        .0.short()
    )]
    ManyRepositories(ImageId),
    /// Another image was made from this one.
    #[error("conflict: unable to delete {} (cannot be forced) - image has dependent child images", .0.short())]
    HasChildren(ImageId),

    /// The input ends before its content does.
    #[error("the archive is truncated: {what} ends after {got} of {}", of_bytes(*.expected))]
    Truncated {
        what: String,
        got: u64,
        expected: Option<u64>,
    },
    /// Content does not have the digest it was announced with.
    #[error("{what} does not match its digest: expected {expected}, got {got}")]
    DigestMismatch {
        what: String,
        expected: Digest,
        got: Digest,
    },
    /// Content does not have the size it was announced with.
    #[error("{what} does not match its size: expected {expected} bytes, got {got}")]
    SizeMismatch {
        what: String,
        expected: u64,
        got: u64,
    },
    /// The input is none of the formats that hold images.
    #[error("not an image archive: {0}")]
    NotAnImage(String),
    /// Something of an image that is to be read is a folder, a link or a device.
    #[error("{0} is not a file")]
    NotAFile(String),
    /// A container has nothing at a path.
    #[error("nothing is at {0}")]
    NoSuchPath(String),
    /// What files are copied into is no folder. The wording is Docker's.
    #[error("extraction point is not a directory")]
    NotAFolder(String),
    /// A folder would be replaced by something else, or the other way round. The wording is Docker's.
    #[error("cannot overwrite {} \"{path}\" with {} \"{with}\"", kind(*.folder), kind(!*.folder))]
    WouldReplace {
        path: String,
        with: String,
        /// What is there is a folder.
        folder: bool,
    },
    /// Something is at a path already.
    #[error("{0} exists already")]
    Exists(String),
    /// A file is not what its editor believes it is.
    #[error("{0} was changed meanwhile")]
    Changed(String),
    /// Something is mounted there: a volume, or a file that the engine keeps.
    #[error("{0}: device or resource busy")]
    Mounted(String),
    /// The root or the volume takes no changes.
    #[error("{0} is read-only")]
    ReadOnly(String),
    /// A document or layer that the archive names is not in it.
    #[error("the archive names {what}, which it does not contain")]
    Missing { what: String },
    /// A document of the archive cannot be read.
    #[error("{what} is invalid: {why}")]
    Invalid { what: String, why: String },
    /// A path, link or mark that no honest tool writes.
    #[error("refused entry {path:?} of {layer}: {why}")]
    Hostile {
        layer: String,
        path: String,
        why: String,
    },
    /// Content that grows beyond what is allowed: a decompression bomb, or a document without end.
    #[error("{what} is too large: {why}")]
    TooLarge { what: String, why: String },

    /// No space is left; `needed` bytes were asked for where it is known.
    #[error("no space left on the disk of {}", .path.display())]
    DiskFull {
        path: PathBuf,
        needed: Option<u64>,
        available: Option<u64>,
    },
    /// The caller raised its [`CancelFlag`](crate::CancelFlag).
    #[error("cancelled")]
    Cancelled,
    /// The store's own files are not as it left them.
    #[error("the image store is damaged: {what}: {why}")]
    Damaged { what: String, why: String },
    /// The reader or writer that the caller passed failed.
    #[error("{doing}: {source}")]
    Stream {
        doing: &'static str,
        source: io::Error,
    },
    /// The operating system refused.
    #[error("{doing} {}: {source}", .path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// The index database failed; it can be rebuilt.
    #[error("the index of the image store: {0}")]
    Index(#[from] rusqlite::Error),
}

impl Error {
    /// A stable name for the cause, for front doors that must not read sentences.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchImage(_) => "image-not-found",
            Self::AmbiguousPrefix { .. } => "ambiguous-id",
            Self::Reference { .. } | Self::TagWithDigest(_) => "invalid-name",
            Self::ManyRepositories(_) | Self::HasChildren(_) => "image-in-use",
            Self::Truncated { .. } => "archive-truncated",
            Self::DigestMismatch { .. } | Self::SizeMismatch { .. } => "digest-mismatch",
            Self::NotAnImage(_) => "not-an-image",
            Self::NotAFile(_) => "not-a-file",
            Self::NoSuchPath(_) => "path-not-found",
            Self::NotAFolder(_) => "not-a-folder",
            Self::WouldReplace { .. } => "would-replace",
            Self::Exists(_) => "path-exists",
            Self::Changed(_) => "file-changed",
            Self::Mounted(_) => "mounted-there",
            Self::ReadOnly(_) => "read-only",
            Self::Missing { .. } | Self::Invalid { .. } => "archive-invalid",
            Self::Hostile { .. } => "archive-refused",
            Self::TooLarge { .. } => "archive-too-large",
            Self::DiskFull { .. } => "disk-full",
            Self::Cancelled => "cancelled",
            Self::Damaged { .. } | Self::Index(_) => "store-damaged",
            Self::Stream { .. } | Self::Io { .. } => "io",
        }
    }

    /// Turns a failed system call on `path` into the error that says most.
    pub(crate) fn io(
        doing: &'static str,
        path: impl AsRef<Path>,
        source: impl Into<io::Error>,
    ) -> Self {
        let (path, source) = (path.as_ref().to_owned(), source.into());
        if source.kind() == io::ErrorKind::FileTooLarge {
            return Self::TooLarge {
                what: path.display().to_string(),
                why: "the file system holds no file of this size".to_owned(),
            };
        }
        if matches!(
            source.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        ) {
            return Self::DiskFull {
                path,
                needed: None,
                available: None,
            };
        }
        Self::Io {
            doing,
            path,
            source,
        }
    }
}

fn list(candidates: &[ImageId]) -> String {
    candidates
        .iter()
        .map(ImageId::short)
        .collect::<Vec<_>>()
        .join(", ")
}

fn kind(folder: bool) -> &'static str {
    if folder { "directory" } else { "non-directory" }
}

fn of_bytes(bytes: Option<u64>) -> String {
    bytes.map_or_else(
        || "an unknown number of bytes".to_owned(),
        |bytes| format!("{bytes} bytes"),
    )
}

impl Error {
    /// An error of a tar, in the words of the archive or layer `what`.
    pub(crate) fn from_tar(error: TarError, what: &str) -> Self {
        match error {
            TarError::Truncated { got, expected } => Self::Truncated {
                what: what.to_owned(),
                got,
                expected: Some(expected),
            },
            TarError::Invalid(why) => Self::Invalid {
                what: what.to_owned(),
                why,
            },
            TarError::Io(source) => Self::from_stream(source, "reading the archive", what),
        }
    }

    /// An error of a stream. Streams inside the store carry the store's own errors through.
    pub(crate) fn from_stream(source: io::Error, doing: &'static str, what: &str) -> Self {
        if source.kind() == io::ErrorKind::UnexpectedEof {
            return Self::Truncated {
                what: what.to_owned(),
                got: 0,
                expected: None,
            };
        }
        match source.downcast::<Self>() {
            Ok(error) => error,
            Err(source) => Self::Stream { doing, source },
        }
    }

    /// The error as one that passes through a stream.
    pub(crate) fn into_stream(self) -> io::Error {
        io::Error::other(self)
    }
}
