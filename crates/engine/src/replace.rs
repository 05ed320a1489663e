//! The engine's own small files: each is replaced in one step.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use crate::{Error, Result};

/// What of a new content a power cut may take. A crash of the engine leaves the old or the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Nothing: it is on the disk when the call returns.
    Durable,
    /// All of it. Nobody waits for the disk, as on the way of a run.
    Quick,
}

/// Writes a value beside the file and renames it to its place.
pub(crate) fn replace(path: &Path, value: &impl Serialize, durability: Durability) -> Result<()> {
    let text = serde_json::to_vec(value)
        .map_err(|error| Error::Internal(format!("{}: {error}", path.display())))?;
    let beside = path.with_extension("json.new");
    write(&beside, &text, durability).map_err(Error::io("write", &beside))?;
    let renamed = fs::rename(&beside, path).and_then(|()| match (durability, path.parent()) {
        (Durability::Durable, Some(folder)) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    });
    renamed.map_err(Error::io("replace", path))
}

fn write(path: &Path, text: &[u8], durability: Durability) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text)?;
    match durability {
        Durability::Durable => file.sync_all(),
        Durability::Quick => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_way_the_new_content_is_there_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it.json");
        for (value, durability) in [(1, Durability::Quick), (2, Durability::Durable)] {
            replace(&path, &value, durability).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), value.to_string());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_content_that_cannot_be_written_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it.json");
        replace(&path, &"old", Durability::Quick).unwrap();
        fs::create_dir(path.with_extension("json.new")).unwrap();
        replace(&path, &"new", Durability::Quick).unwrap_err();
        assert_eq!(fs::read_to_string(&path).unwrap(), "\"old\"");
    }
}
