//! Small files that are replaced in one step: whoever reads one finds the old content or the new,
//! whole.
//!
//! The new content is written to `NAME.new` beside the file and renamed. Whoever replaces the same
//! file at the same time, in this process or in another, waits for its turn; what a crash left there
//! is overwritten by the next. What a power cut may take is the caller's to say: [`Durability`].
#![deny(unsafe_code)]

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::retry_on_intr;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What of a new content a power cut may take. A crash of the process takes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: it is on the disk when the call returns.
    Durable,
    /// All of it, and on some filesystems the content before it too. Nobody waits for the disk.
    Quick,
}

/// Replaces a file, or makes it. Returns it open for reading and writing, at its beginning.
pub fn replace(path: &Path, content: &[u8], durability: Durability) -> io::Result<File> {
    let beside = beside(path);
    let file = take_turn(&beside)?;
    let replaced = (|| {
        // Not truncated before: what room is there may be all there is.
        file.write_all_at(content, 0)?;
        file.set_len(content.len() as u64)?;
        if durability == Durability::Durable {
            file.sync_all()?;
        }
        fs::rename(&beside, path)
    })();
    if replaced.is_err() {
        // Whoever waits for it sees that it is gone, and makes another.
        let _ = fs::remove_file(&beside);
    }
    let _ = flock(&file, FlockOperation::Unlock);
    replaced?;
    if durability == Durability::Durable {
        sync_folder_of(path)?;
    }
    Ok(file)
}

/// Replaces a file by a value as JSON.
pub fn replace_json(path: &Path, value: &impl Serialize, durability: Durability) -> io::Result<()> {
    replace(path, &serde_json::to_vec(value)?, durability).map(drop)
}

/// Reads a value as JSON; `None` where there is no file.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes room on the disk for the next content, so that [`replace`] needs no more of it.
pub fn make_room(path: &Path, bytes: usize) -> io::Result<()> {
    fs::write(beside(path), vec![b' '; bytes])
}

/// Removes a file; one that is not there is removed already.
pub fn remove(path: &Path, durability: Durability) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        done => done?,
    }
    match durability {
        Durability::Durable => sync_folder_of(path),
        Durability::Quick => Ok(()),
    }
}

/// Removes what a crash left of a content that did not take its place.
pub fn remove_unfinished(path: &Path) -> io::Result<()> {
    remove(&beside(path), Durability::Quick)
}

/// Has the names in a folder on the disk when it returns.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => sync_folder(Path::new(".")),
        Some(folder) => sync_folder(folder),
        None => Ok(()),
    }
}

/// Where the new content is written.
fn beside(path: &Path) -> PathBuf {
    path.with_added_extension("new")
}

/// Opens the file for the new content when nobody else writes to it. Where the filesystem knows no
/// locks nobody is waited for.
fn take_turn(path: &Path) -> io::Result<File> {
    loop {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(path)?;
        let _ = retry_on_intr(|| flock(&file, FlockOperation::LockExclusive));
        // Whoever had it before has given it its place, or thrown it away.
        let own = file.metadata()?;
        let same = |found: fs::Metadata| (found.dev(), found.ino()) == (own.dev(), own.ino());
        if path.metadata().is_ok_and(same) {
            return Ok(file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_way_the_new_content_is_there_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it.json");
        for (value, durability) in [(1000, Durability::Quick), (2, Durability::Durable)] {
            replace_json(&path, &value, durability).unwrap();
            assert_eq!(read_json(&path).unwrap(), Some(value));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        remove(&path, Durability::Durable).unwrap();
        remove(&path, Durability::Durable).unwrap();
        assert_eq!(read_json::<i32>(&path).unwrap(), None);
    }

    #[test]
    fn a_content_that_cannot_be_written_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it.json");
        replace(&path, b"old", Durability::Quick).unwrap();
        fs::create_dir(beside(&path)).unwrap();
        replace(&path, b"new", Durability::Quick).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        let occupied = folder.path().join("folder");
        fs::create_dir(&occupied).unwrap();
        replace(&occupied, b"new", Durability::Quick).unwrap_err();
        assert!(!beside(&occupied).exists());
    }

    #[test]
    fn what_a_crash_left_and_room_that_was_made_are_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it.json");
        make_room(&path, 2048).unwrap();
        replace_json(&path, &7, Durability::Quick).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"7");
        make_room(&path, 1).unwrap();
        remove_unfinished(&path).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// Contents of different lengths: a mixture of two would show.
    #[test]
    fn those_who_replace_at_once_take_turns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it");
        let content = |which: u8| vec![b'a' + which; 1000 * usize::from(which + 1)];
        std::thread::scope(|scope| {
            for which in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..200 {
                        replace(path, &content(which), Durability::Quick).unwrap();
                        let found = fs::read(path).unwrap();
                        assert_eq!(found, content(found[0] - b'a'));
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// Pages of a file that the disk does not have; `None` where this kernel does not tell.
    #[allow(unsafe_code)]
    fn not_on_disk(file: &File) -> Option<u64> {
        use std::os::fd::AsRawFd;
        /// Since Linux 6.5.
        const CACHESTAT: libc::c_long = 451;
        let range = [0_u64; 2];
        let mut found = [0_u64; 5];
        // SAFETY: the kernel reads a `struct cachestat_range` and writes a `struct cachestat`, which
        // are two and five numbers of 64 bits.
        let done = unsafe {
            libc::syscall(
                CACHESTAT,
                file.as_raw_fd(),
                range.as_ptr(),
                found.as_mut_ptr(),
                0,
            )
        };
        let [_, dirty, writeback, ..] = found;
        (done == 0).then_some(dirty + writeback)
    }

    #[test]
    fn what_is_durable_is_on_the_disk_when_the_call_returns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it");
        let file = replace(&path, &vec![7; 100_000], Durability::Durable).unwrap();
        match not_on_disk(&file) {
            Some(pages) => assert_eq!(pages, 0),
            None => eprintln!("skipped: cachestat(2) is unknown to this kernel"),
        }
    }
}
