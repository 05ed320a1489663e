//! `docker save`, and saving as a task.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, future};
use gantry_oci::{Compression, Digest, Hasher, Reference};
use gantry_store::{CancelFlag, SaveRequest, Store, Target};
use gantry_wire::gantry::{self, TaskKind, TaskResult, TaskStarted};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{Images, find, load::cancelled};
use crate::task::TaskHandle;
use crate::{BoxStream, Error, Result};

/// Bytes of one piece of a saved stream.
const PIECE: usize = 256 * 1024;
/// Pieces that may wait for a slow client.
const PIECES: usize = 4;

impl Images {
    /// One tar with all the images, as it is written. A client that goes away ends it.
    pub async fn save(
        &self,
        names: &[String],
        format: gantry::SaveFormat,
        compression: gantry::Compression,
    ) -> Result<BoxStream<io::Result<Bytes>>> {
        let request = self.request(names, format, compression).await?;
        let store = self.store.clone();
        Ok(streamed(move |output, cancel| {
            Ok(store.save(&request, output, &(), cancel)?)
        }))
    }

    /// Writes images to a file or folder of this computer, as a task that outlives its client.
    pub async fn save_task(&self, request: gantry::SaveRequest) -> Result<TaskStarted> {
        let path = PathBuf::from(&request.path);
        if !path.is_absolute() {
            return Err(Error::Invalid(format!(
                "{} is not an absolute path",
                request.path
            )));
        }
        if !request.overwrite && path.try_exists().map_err(Error::io("look at", &path))? {
            return Err(Error::FileExists(path));
        }
        let wanted = self
            .request(&request.images, request.format, request.compression)
            .await?;
        let mut ids = Vec::new();
        for name in &request.images {
            ids.push(self.resolve(name).await?.id.to_string());
        }
        let task = Arc::new(self.tasks.start(TaskKind::Save, request.path.clone()));
        let started = TaskStarted {
            task: task.id().to_owned(),
        };
        let this = self.clone();
        tokio::spawn(async move {
            let working = Arc::clone(&task);
            let written = this
                .blocking(move |store| match request.format {
                    gantry::SaveFormat::OciLayout => write_folder(store, &wanted, &path, &working),
                    _ => write_file(store, &wanted, &path, request.checksum, &working),
                })
                .await
                .map_err(cancelled);
            match written {
                Ok(bytes) => task.finish(TaskResult {
                    images: request.images,
                    ids,
                    path: Some(request.path),
                    bytes: Some(bytes),
                }),
                Err(error) => task.fail(&error),
            }
        });
        Ok(started)
    }

    /// Looks every image up before the first byte is written.
    async fn request(
        &self,
        names: &[String],
        format: gantry::SaveFormat,
        compression: gantry::Compression,
    ) -> Result<SaveRequest> {
        if names.is_empty() {
            return Err(Error::Invalid("no image was named".into()));
        }
        let names = names.to_vec();
        self.blocking(move |store| {
            let images = names
                .iter()
                .map(|name| target(store, name))
                .collect::<Result<_>>()?;
            Ok(SaveRequest {
                images,
                format: match format {
                    gantry::SaveFormat::DockerArchive => gantry_store::SaveFormat::DockerArchive,
                    _ => gantry_store::SaveFormat::OciArchive,
                },
                compression: match compression {
                    gantry::Compression::None => Compression::None,
                    gantry::Compression::Gzip => Compression::Gzip,
                    gantry::Compression::Zstd => Compression::Zstd,
                },
            })
        })
        .await
    }
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

/// An image saved with the name it was asked for by, or without one when asked for by id.
fn target(store: &Store, name: &str) -> Result<Target> {
    let id = match find(store, name) {
        Ok(id) => id,
        // A repository without `latest` still means all its tags.
        Err(missing) => {
            let reference: Reference = name
                .parse()
                .map_err(|_| Error::NoSuchImage(name.to_owned()))?;
            let has_tags = store.images()?.iter().any(|image| {
                image
                    .names
                    .iter()
                    .any(|known| known.same_repository(&reference))
            });
            return if reference.tag().is_none() && has_tags {
                Ok(Target::Name(reference))
            } else {
                Err(missing)
            };
        }
    };
    let named = name.parse::<Reference>().ok().filter(|reference| {
        let image = store.image(&id);
        image.is_ok_and(|image| {
            image
                .names
                .iter()
                .any(|known| known.same_repository(reference))
        })
    });
    Ok(named.map_or(Target::Id(id), Target::Name))
}

/// Saves into a file, so that a file of that name is always whole.
fn write_file(
    store: &Store,
    request: &SaveRequest,
    path: &Path,
    checksum: bool,
    task: &TaskHandle,
) -> Result<u64> {
    let cancel = task.cancel_flag();
    if checksum {
        // The sum is made of the bytes on their way.
        let mut sum = None;
        let size = beside_and_renamed(path, |file| {
            let mut output = Summed {
                output: BufWriter::with_capacity(PIECE, file),
                sum: Hasher::default(),
            };
            store.save(request, &mut output, task, cancel)?;
            sum = Some(output.sum.finish());
            Ok(())
        })?;
        if let Some(sum) = sum {
            write_checksum(path, &sum)?;
        }
        return Ok(size);
    }
    beside_and_renamed(path, |file| {
        Ok(store.save_file(request, file, task, cancel)?)
    })
}

/// Fills a file beside its place and renames it when it is whole; returns its size.
pub(crate) fn beside_and_renamed(
    path: &Path,
    fill: impl FnOnce(&File) -> Result<()>,
) -> Result<u64> {
    let beside = beside(path);
    let write = || -> Result<u64> {
        let file = File::create(&beside).map_err(Error::io("create", &beside))?;
        fill(&file)?;
        file.sync_all().map_err(Error::io("write", &beside))?;
        let size = file
            .metadata()
            .map_err(Error::io("look at", &beside))?
            .len();
        std::fs::rename(&beside, path).map_err(Error::io("rename to", path))?;
        Ok(size)
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&beside);
    })
}

/// `<path>.sha256`, in the form that `sha256sum --check` reads.
fn write_checksum(path: &Path, digest: &Digest) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut beside = path.as_os_str().to_owned();
    beside.push(".sha256");
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, format!("{}  {name}\n", digest.to_hex()))
        .map_err(Error::io("write", &beside))
}

/// A writer that hashes what passes through it.
struct Summed<W> {
    output: W,
    sum: Hasher,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.write(bytes)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

fn write_folder(
    store: &Store,
    request: &SaveRequest,
    path: &Path,
    task: &TaskHandle,
) -> Result<u64> {
    store.save_layout(&request.images, path, task, task.cancel_flag())?;
    let blobs = path.join("blobs/sha256");
    let sizes = std::fs::read_dir(&blobs).map_err(Error::io("read", &blobs))?;
    Ok(sizes
        .filter_map(|blob| Some(blob.ok()?.metadata().ok()?.len()))
        .sum())
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
