//! `docker save`, and saving as a task.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use gantry_oci::{Compression, Digest, Hasher, Reference};
use gantry_store::{SaveRequest, Store, Target};
use gantry_wire::gantry::{self, TaskKind, TaskResult, TaskStarted};

use super::{Images, find, load::cancelled};
use crate::output::{OnDisk, PIECE, beside_and_renamed, streamed};
use crate::task::TaskHandle;
use crate::{BoxStream, Error, Result, output};

impl Images {
    /// One tar with all the images, as it is written. A client that goes away ends it.
    pub async fn save(
        &self,
        names: &[String],
        format: gantry::SaveFormat,
        compression: gantry::Compression,
    ) -> Result<BoxStream<io::Result<Bytes>>> {
        let request = self.request(names, format, compression).await?;
        for name in names {
            // A repository without `latest` stands for several images.
            if let Ok(image) = self.resolve(name).await {
                self.event_of("save", image.id).await;
            }
        }
        let store = self.store.clone();
        Ok(streamed(move |output, cancel| {
            Ok(store.save(&request, output, &(), cancel)?)
        }))
    }

    /// Writes images to a file or folder of this computer, as a task that outlives its client.
    pub async fn save_task(&self, request: gantry::SaveRequest) -> Result<TaskStarted> {
        let path = output::place(&request.path, request.overwrite)?;
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
        let size = beside_and_renamed(path, OnDisk::Soon, |file| {
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
    beside_and_renamed(path, OnDisk::Soon, |file| {
        Ok(store.save_file(request, file, task, cancel)?)
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
