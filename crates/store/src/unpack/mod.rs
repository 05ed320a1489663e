//! From a layer's tar stream to its directory and its index, in one pass.
//!
//! Nothing in the stream is trusted. A path is never handed to the kernel as a whole from the
//! process's own root: its parent directory is resolved with `openat2` beneath the layer's root
//! ([`dirs`]), and only the last component is created there, never followed and never overwritten in
//! place. Modes and times of directories are applied at the end, because filling them changes the
//! times, and setgid directories would hand their group on.

mod attributes;
mod budget;
pub(crate) mod content;
mod create;
mod dirs;
pub(crate) mod paths;
mod whiteout;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufWriter};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{Mode, OFlags};

pub(crate) use self::attributes::{Ownership, timestamps};
use self::budget::Budget;
use self::dirs::Directories;
use crate::index::{DirId, IndexBuilder, Totals};
use crate::limits::Limits;
use crate::platform::Powers;
use crate::tarball::{Member, TarError, TarReader};
use crate::{CancelFlag, Error, Result};

/// The directory of a layer's files inside the layer's folder.
pub(crate) const DIFF: &str = "diff";
/// The index file inside the layer's folder.
pub(crate) const INDEX: &str = "index";

/// What the names of whiteouts mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whiteouts {
    /// They hide what lies below, as in a layer.
    Hide,
    /// They are names like any other.
    Names,
}

/// What an unpacking needs besides the stream.
pub(crate) struct UnpackContext<'a> {
    /// What the layer is called in errors.
    pub name: &'a str,
    pub powers: Powers,
    pub limits: &'a Limits,
    pub whiteouts: Whiteouts,
    pub cancel: &'a CancelFlag,
}

/// Unpacks a layer into `folder`, which must exist and be empty: files below `diff`, the index
/// beside it.
pub(crate) fn unpack(
    input: impl BufRead,
    folder: &Path,
    context: &UnpackContext<'_>,
) -> Result<Totals> {
    let mut unpacker = Unpacker::new(folder, context)?;
    let mut reader = TarReader::new(input);
    while let Some(member) = reader
        .next_member()
        .map_err(|error| unpacker.tar_error(error))?
    {
        context.cancel.check()?;
        unpacker.member(&member, &mut reader)?;
    }
    // What follows the end mark belongs to the layer's digest: it is read, and has no meaning.
    drain(reader.input_mut()).map_err(|error| unpacker.tar_error(error))?;
    unpacker.finish(folder)
}

pub(crate) fn drain(input: &mut impl BufRead) -> Result<(), TarError> {
    loop {
        let count = input.fill_buf()?.len();
        if count == 0 {
            return Ok(());
        }
        input.consume(count);
    }
}

/// A path as messages show it.
pub(crate) fn clip(path: &[u8]) -> String {
    const SHOWN: usize = 200;
    let text = String::from_utf8_lossy(path);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// Attributes that a directory gets when everything else is done.
struct DirectoryAttributes {
    mode: u32,
    uid: u32,
    gid: u32,
    mtime: Option<crate::tarball::Time>,
}

struct Unpacker<'a> {
    context: &'a UnpackContext<'a>,
    root: OwnedFd,
    directories: Directories,
    index: IndexBuilder,
    pending: HashMap<DirId, DirectoryAttributes>,
    /// Devices that could not be created, with all their names.
    absent: HashSet<Vec<u8>>,
    ownership: Ownership,
    budget: Budget,
    folder: &'a Path,
}

impl<'a> Unpacker<'a> {
    fn new(folder: &'a Path, context: &'a UnpackContext<'a>) -> Result<Self> {
        let path = folder.join(DIFF);
        let failed = |source: rustix::io::Errno| Error::io("unpacking into", &path, source);
        rustix::fs::mkdir(&path, Mode::RWXU).map_err(failed)?;
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let root = rustix::fs::open(&path, flags, Mode::empty()).map_err(failed)?;
        let mut index = IndexBuilder::default();
        let directories = Directories::new(root.as_fd(), &mut index).map_err(failed)?;
        let budget = Budget::new(context.limits, folder);
        let mut unpacker = Self {
            context,
            root,
            directories,
            index,
            pending: HashMap::new(),
            absent: HashSet::new(),
            ownership: Ownership::of_process(),
            budget,
            folder,
        };
        let root_id = unpacker.directories.root().id;
        unpacker.imply(root_id);
        Ok(unpacker)
    }

    /// Adds one member of the tar.
    fn member<R: BufRead>(&mut self, member: &Member, reader: &mut TarReader<R>) -> Result<()> {
        if matches!(member.kind, crate::tarball::Kind::Other(_)) {
            // Types that no layer uses; what they mean is unknown.
            return Ok(());
        }
        self.budget
            .entry(member, &self.index, self.context.cancel)?;
        let path = paths::clean(&member.path).map_err(|why| self.hostile(&member.path, why))?;
        let Some((parent, name)) = paths::split(&path) else {
            return self.root_entry(member);
        };
        if self.context.whiteouts == Whiteouts::Names {
            return self.create(member, parent, name, reader);
        }
        if parent
            .split(|&byte| byte == b'/')
            .any(|part| part.starts_with(whiteout::PREFIX))
        {
            return self.inside_mark(member, parent);
        }
        if let Some(hidden) = name.strip_prefix(whiteout::PREFIX) {
            return self.whiteout(member, parent, hidden);
        }
        self.create(member, parent, name, reader)
    }

    /// Applies what had to wait and writes the index.
    fn finish(mut self, folder: &Path) -> Result<Totals> {
        self.apply_directories()?;
        let path = folder.join(INDEX);
        let failed = |source: std::io::Error| Error::io("writing the layer index", &path, source);
        let mut out = BufWriter::with_capacity(1 << 18, File::create(&path).map_err(failed)?);
        let totals = self.index.finish(&mut out).map_err(failed)?;
        out.into_inner()
            .map_err(|error| failed(error.into_error()))?;
        Ok(totals)
    }

    fn hostile(&self, path: &[u8], why: impl Into<String>) -> Error {
        Error::Hostile {
            layer: self.context.name.to_owned(),
            path: clip(path),
            why: why.into(),
        }
    }

    fn tar_error(&self, error: TarError) -> Error {
        Error::from_tar(error, self.context.name)
    }

    /// A system call on an entry failed.
    fn failed(&self, path: &[u8], source: rustix::io::Errno) -> Error {
        if source == rustix::io::Errno::NAMETOOLONG {
            return self.hostile(path, "it lies deeper than a path can say");
        }
        Error::io("unpacking", self.folder.join(DIFF).join(clip(path)), source)
    }
}
