//! Exporting: what a container sees of its root, as a tar.
//!
//! The layers and the upper directory are merged here, as overlayfs would, and not read through a
//! mount: so it is the same for a container that runs and one that does not, nothing that the
//! container does can lead the reading elsewhere, and what this process could not create (a device
//! in a user namespace, an owner beyond its map) is written as the layer's index knows it.

use std::collections::BTreeMap;
use std::io::Write;

use gantry_oci::DiffId;
use rustix::fs::FileType;

use crate::index::{Chain, Entry, EntryKind};
use crate::packer::{Packer, sending};
use crate::tarball::{Kind, Member};
use crate::upper::{Found, Walk, join};
use crate::{CancelFlag, Progress, Result, Store, UpperDir};

/// Whose entry is seen under a name.
enum Seen {
    Upper(Found),
    /// With the position of the layer, counted from the topmost.
    Lower(usize, Entry),
}

/// An entry that is still to be written.
struct Pending {
    path: Vec<u8>,
    seen: Seen,
    /// It is a directory, and the layers have one here that is not hidden.
    below: bool,
}

impl Store {
    /// Writes the files of a container: its layers, given lowest first, under its upper directory.
    pub fn export(
        &self,
        upper: &UpperDir,
        layers: &[DiffId],
        output: impl Write,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<()> {
        let walks = layers
            .iter()
            .rev()
            .map(|layer| Walk::new(&self.layout().layer_diff(layer), self.powers()))
            .collect::<Result<_>>()?;
        let mut export = Export {
            upper: Walk::new(&upper.0, self.powers())?,
            walks,
            chain: self.chain_of(layers)?,
            packer: Packer::new(output, progress, cancel),
        };
        // Depth first: readers give a directory its time when they leave it.
        let mut pending = export.children(b"", true, true)?;
        while let Some(next) = pending.pop() {
            cancel.check()?;
            pending.extend(export.entry(&next)?);
        }
        let (mut output, _) = export.packer.finish()?;
        output.flush().map_err(sending)
    }
}

struct Export<'a, W: Write> {
    upper: Walk,
    /// Of the layers, topmost first.
    walks: Vec<Walk>,
    chain: Chain,
    packer: Packer<'a, W>,
}

impl<W: Write> Export<'_, W> {
    /// Writes an entry; returns what is seen in it, last name first.
    fn entry(&mut self, next: &Pending) -> Result<Vec<Pending>> {
        let (directory, upper) = match &next.seen {
            Seen::Upper(found) => {
                self.packer.entry(&self.upper, &next.path, found)?;
                (found.kind == FileType::Directory, true)
            }
            Seen::Lower(at, entry) => {
                self.lower(*at, &next.path, entry)?;
                (entry.is_dir(), false)
            }
        };
        if directory {
            self.children(&next.path, upper, next.below)
        } else {
            Ok(Vec::new())
        }
    }

    /// What is seen in a directory that the upper directory or the layers have, last name first.
    fn children(&self, path: &[u8], upper: bool, lower: bool) -> Result<Vec<Pending>> {
        let mut seen: BTreeMap<Vec<u8>, (Seen, bool)> = BTreeMap::new();
        if lower && !(upper && self.upper.is_opaque(path)?) {
            for (at, entry) in self.chain.children(path)? {
                if !entry.name.is_empty() {
                    let below = entry.is_dir();
                    seen.insert(entry.name.clone(), (Seen::Lower(at, entry), below));
                }
            }
        }
        if upper {
            for found in self.upper.list(path)? {
                let before = seen.remove(&found.name);
                if !found.whiteout {
                    let below = before.is_some_and(|(_, below)| below);
                    seen.insert(found.name.clone(), (Seen::Upper(found), below));
                }
            }
        }
        let pending = |(name, (seen, below)): (Vec<u8>, _)| Pending {
            path: join(path, &name),
            seen,
            below,
        };
        Ok(seen.into_iter().rev().map(pending).collect())
    }

    /// Writes an entry of a layer: attributes as its index has them, content from its directory.
    fn lower(&mut self, at: usize, path: &[u8], entry: &Entry) -> Result<()> {
        let kind = match entry.kind {
            EntryKind::File => Kind::File,
            EntryKind::Directory => Kind::Directory,
            EntryKind::Symlink => Kind::Symlink,
            EntryKind::CharDevice => Kind::CharDevice,
            EntryKind::BlockDevice => Kind::BlockDevice,
            EntryKind::Fifo => Kind::Fifo,
            EntryKind::Whiteout => return Ok(()),
        };
        let mut member = Member::new(path, kind);
        member.mode = entry.mode;
        (member.uid, member.gid) = (entry.uid, entry.gid);
        member.mtime = entry.mtime;
        member.device = entry.device;
        let walk = &self.walks[at];
        match walk.found(path)? {
            Some(found) => self.packer.member(walk, path, &found, member),
            None if kind == Kind::File => Ok(()),
            None => self.packer.bare(member),
        }
    }
}
