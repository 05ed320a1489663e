//! Where bytes go that leave the engine: a stream to a client, or a file of this computer.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::{StreamExt, future};
use gantry_store::CancelFlag;
use rustix::fs::{CWD, FileType, Mode, OFlags, RenameFlags, fstat, renameat_with};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::{BoxStream, Error, Result};

/// Bytes that are written at once.
pub(crate) const PIECE: usize = 256 * 1024;
/// Pieces that may wait for a slow client.
const PIECES: usize = 4;

/// The path of a file to write: absolute, and free unless it may be replaced.
pub(crate) fn place(path: &str, overwrite: bool) -> Result<PathBuf> {
    let place = PathBuf::from(path);
    if !place.is_absolute() {
        return Err(Error::Invalid(format!("{path} is not an absolute path")));
    }
    if !overwrite && place.try_exists().map_err(Error::io("look at", &place))? {
        return Err(Error::FileExists(place));
    }
    Ok(place)
}

/// What `write` writes, as it is written; dropping the stream ends it.
pub(crate) fn streamed(
    write: impl FnOnce(&mut (dyn Write + Send), &CancelFlag) -> Result<()> + Send + 'static,
) -> BoxStream<io::Result<Bytes>> {
    let (pieces, sent) = mpsc::channel(PIECES);
    let errors = pieces.clone();
    tokio::task::spawn_blocking(move || {
        let mut output = BufWriter::with_capacity(PIECE, Pieces(pieces));
        let written = write(&mut output, &CancelFlag::new());
        let written = written.and_then(|()| {
            output
                .flush()
                .map_err(Error::io("write", Path::new("the stream")))
        });
        if let Err(error) = written {
            let _ = errors.blocking_send(Err(io::Error::other(error.to_string())));
        }
    });
    // An empty piece would end a chunked body early.
    let sent = ReceiverStream::new(sent).filter(|piece| {
        future::ready(
            piece
                .as_ref()
                .map_or(true, |bytes: &Bytes| !bytes.is_empty()),
        )
    });
    Box::pin(sent)
}

/// When what was written is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnDisk {
    /// Before the file has its name.
    First,
    /// A moment later: it is a copy of what is here.
    Soon,
}

/// Fills a file beside its place and renames it when it is whole; returns its size.
pub(crate) fn beside_and_renamed(
    path: &Path,
    on_disk: OnDisk,
    fill: impl FnOnce(&File) -> Result<()>,
) -> Result<u64> {
    let beside = beside(path);
    let write = || -> Result<u64> {
        let file = File::create(&beside).map_err(Error::io("create", &beside))?;
        fill(&file)?;
        if on_disk == OnDisk::First {
            file.sync_all().map_err(Error::io("write", &beside))?;
        }
        let size = file
            .metadata()
            .map_err(Error::io("look at", &beside))?
            .len();
        let replaced = match on_disk {
            OnDisk::First => None,
            OnDisk::Soon => exchanged(&beside, path),
        };
        if replaced.is_none() {
            std::fs::rename(&beside, path).map_err(Error::io("rename to", path))?;
        }
        if on_disk == OnDisk::Soon {
            sync_in_background(file, replaced, path);
        }
        Ok(size)
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&beside);
    })
}

/// Lets the new file change places with the one that has its name and removes that one, which is
/// freed when what is returned is dropped; `None` where there is none or it is no file.
///
/// A plain rename over a file waits on ext4 until all of the new one is on its way to the disk.
fn exchanged(beside: &Path, path: &Path) -> Option<OwnedFd> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let replaced = rustix::fs::open(path, flags, Mode::empty()).ok()?;
    let kind = FileType::from_raw_mode(fstat(&replaced).ok()?.st_mode);
    if kind == FileType::Directory {
        return None;
    }
    renameat_with(CWD, beside, CWD, path, RenameFlags::EXCHANGE).ok()?;
    if let Err(error) = std::fs::remove_file(beside) {
        tracing::warn!(path = %beside.display(), %error, "what was replaced is still there");
    }
    Some(replaced)
}

fn sync_in_background(file: File, replaced: Option<OwnedFd>, path: &Path) {
    let path = path.to_owned();
    let sync = move || {
        if let Err(error) = file.sync_all() {
            tracing::warn!(path = %path.display(), %error, "it may not be on the disk");
        }
        drop(replaced);
    };
    // The kernel does it within half a minute where no thread can be had.
    let _ = std::thread::Builder::new()
        .name("sync".to_owned())
        .spawn(sync);
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

/// A blocking writer whose pieces a stream hands on; full means wait, closed means stop.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        self.0
            .blocking_send(Ok(piece))
            .map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "the client went away"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_takes_the_place_of_another_and_of_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("saved.tar");
        for on_disk in [OnDisk::Soon, OnDisk::First] {
            for content in ["first", "second"] {
                let fill = |mut file: &File| {
                    file.write_all(content.as_bytes()).unwrap();
                    Ok(())
                };
                let size = beside_and_renamed(&path, on_disk, fill).unwrap();
                assert_eq!(size, content.len() as u64);
                assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
                assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
            }
            let failed = beside_and_renamed(&path, on_disk, |_| Err(Error::Cancelled));
            failed.unwrap_err();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "second");
            let inside = folder.path().join("folder/file");
            std::fs::create_dir_all(inside.parent().unwrap()).unwrap();
            std::fs::write(&inside, "kept").unwrap();
            beside_and_renamed(inside.parent().unwrap(), on_disk, |_| Ok(())).unwrap_err();
            assert_eq!(std::fs::read_to_string(&inside).unwrap(), "kept");
            std::fs::remove_dir_all(inside.parent().unwrap()).unwrap();
            std::fs::remove_file(&path).unwrap();
        }
    }
}
