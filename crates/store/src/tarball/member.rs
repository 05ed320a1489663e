//! One member of a tar: what its header and extended records say together.

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Hardlink,
    Symlink,
    CharDevice,
    BlockDevice,
    Directory,
    Fifo,
    /// A type that layers do not use.
    Other(u8),
}

/// A point in time; before 1970 `seconds` is negative and `nanos` still counts up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Time {
    pub seconds: i64,
    pub nanos: u32,
}

/// A part of a sparse file that holds data; what is between the parts reads as zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    pub offset: u64,
    pub length: u64,
}

/// One member of a tar.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// As written in the archive: not cleaned, not trusted.
    pub path: Vec<u8>,
    pub kind: Kind,
    /// Target of a link.
    pub link: Vec<u8>,
    /// Permission bits, setuid, setgid and sticky.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub mtime: Time,
    /// Bytes of the file, holes included.
    pub size: u64,
    /// Major and minor number of a device.
    pub device: (u32, u32),
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// Set for a sparse file: ascending, not overlapping, inside `size`.
    pub sparse: Option<Vec<Segment>>,
}

impl Member {
    /// A member that only has a path and a kind.
    pub fn new(path: impl Into<Vec<u8>>, kind: Kind) -> Self {
        Self {
            path: path.into(),
            kind,
            link: Vec::new(),
            mode: if kind == Kind::Directory {
                0o755
            } else {
                0o644
            },
            uid: 0,
            gid: 0,
            mtime: Time::default(),
            size: 0,
            device: (0, 0),
            xattrs: Vec::new(),
            sparse: None,
        }
    }
}
