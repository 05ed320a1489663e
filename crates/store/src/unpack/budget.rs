//! What a layer may take.

use std::path::Path;

use crate::index::IndexBuilder;
use crate::limits::Limits;
use crate::space::Space;
use crate::tarball::Member;
use crate::{CancelFlag, Error, Result};

/// Entries after which the file system is asked again.
const ENTRIES_STEP: u64 = 4096;

/// Watches what one unpacking takes.
pub(super) struct Budget {
    space: Space,
    limits: Limits,
    members: u64,
}

impl Budget {
    pub fn new(limits: &Limits, path: &Path) -> Self {
        Self {
            space: Space::new(path, limits.reserve),
            limits: limits.clone(),
            members: 0,
        }
    }

    /// Counts a member before it is created.
    pub fn entry(
        &mut self,
        member: &Member,
        index: &IndexBuilder,
        cancel: &CancelFlag,
    ) -> Result<()> {
        self.members += 1;
        let limits = &self.limits;
        if self.members.max(index.len()) > limits.entries {
            return Err(too_large(format!(
                "it has more than {} entries",
                limits.entries
            )));
        }
        if index.bytes() > limits.names {
            let names = limits.names;
            return Err(too_large(format!("its names take more than {names} bytes")));
        }
        if member.size > limits.file {
            return Err(Error::TooLarge {
                what: super::clip(&member.path),
                why: format!("{} bytes; a file may have {}", member.size, limits.file),
            });
        }
        if self.members.is_multiple_of(ENTRIES_STEP) {
            cancel.check()?;
            self.space.expect(0)?;
        }
        Ok(())
    }

    /// Looks whether the bytes that a member announces fit.
    pub fn announced(&self, bytes: u64) -> Result<()> {
        if bytes < 1 << 20 {
            return Ok(());
        }
        self.space.expect(bytes)
    }

    /// Counts bytes that are about to be written.
    pub fn bytes(&mut self, count: usize, cancel: &CancelFlag) -> Result<()> {
        if self.space.take(count as u64)? {
            cancel.check()?;
        }
        Ok(())
    }
}

fn too_large(why: String) -> Error {
    Error::TooLarge {
        what: "a layer".to_owned(),
        why,
    }
}
