//! One path of a layer.

pub use crate::tarball::Time;

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    File,
    Directory,
    Symlink,
    CharDevice,
    BlockDevice,
    Fifo,
    /// The path is removed from the layers below.
    Whiteout,
}

/// What a layer says about one path. Paths and names are relative to the layer's root, without a
/// leading slash, and not always UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The last component; empty for the root itself.
    pub name: Vec<u8>,
    pub kind: EntryKind,
    /// Permission bits, setuid, setgid and sticky.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// Bytes of a file's content; 0 for all else.
    pub size: u64,
    pub mtime: Time,
    /// A symlink's target; for a hardlink the path of the entry that holds the content.
    pub link: Vec<u8>,
    /// Major and minor number of a device.
    pub device: (u32, u32),
    /// A directory that hides what the layers below have in it.
    pub opaque: bool,
    /// A directory that the tar does not mention: its attributes come from below.
    pub implicit: bool,
    /// Something of it could not be created here: the device itself, its owner or an attribute.
    pub withheld: bool,
}

impl Entry {
    /// Whether the entry is a second name for another one's content.
    pub fn is_hardlink(&self) -> bool {
        self.kind != EntryKind::Symlink && !self.link.is_empty()
    }

    /// Whether the entry is a directory.
    pub fn is_dir(&self) -> bool {
        self.kind == EntryKind::Directory
    }
}

pub(super) const OPAQUE: u8 = 1;
pub(super) const IMPLICIT: u8 = 2;
pub(super) const WITHHELD: u8 = 4;

impl EntryKind {
    pub(super) fn to_byte(self) -> u8 {
        match self {
            Self::File => 0,
            Self::Directory => 1,
            Self::Symlink => 2,
            Self::CharDevice => 3,
            Self::BlockDevice => 4,
            Self::Fifo => 5,
            Self::Whiteout => 6,
        }
    }

    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::File,
            1 => Self::Directory,
            2 => Self::Symlink,
            3 => Self::CharDevice,
            4 => Self::BlockDevice,
            5 => Self::Fifo,
            6 => Self::Whiteout,
            _ => return None,
        })
    }
}
