//! Saving: stored blobs copied as they are, behind the documents that name them.
//!
//! The layout is the one that `docker save` writes since version 25: an OCI layout with Docker's
//! `manifest.json` and `repositories` around the same blobs, so every tool finds what it knows. The
//! documents come first, because a reader of a stream can then decide what it needs.

mod documents;
mod folder;
mod output;
mod selection;

use std::fs::File;
use std::io::{BufWriter, Read, Write};

use gantry_oci::{Compression, Digest};
use rustix::io::Errno;

use self::output::Output;
use self::selection::Selection;
use crate::tarball::{Kind, Member, TarWriter, Time};
use crate::{CancelFlag, Error, Progress, ProgressEvent, Result, SaveFormat, SaveRequest, Store};

const BUFFER: usize = 1 << 20;
/// Bytes that the kernel copies at once: between two looks at the cancel flag.
const PIECE: usize = 64 << 20;
/// Bytes between two reports.
const STEP: u64 = 4 << 20;

impl Store {
    /// Writes images as one tar: layers that several images share are in it once.
    pub fn save(
        &self,
        request: &SaveRequest,
        output: impl Write + Send,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<()> {
        self.save_with(request, output, None, progress, cancel)
    }

    /// The same into a file: stored blobs are copied by the kernel, on file systems that can
    /// without copying.
    pub fn save_file(
        &self,
        request: &SaveRequest,
        file: &File,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<()> {
        let direct = match request.compression {
            Compression::None => Some(file),
            _ => None,
        };
        let output = BufWriter::with_capacity(BUFFER, file);
        self.save_with(request, output, direct, progress, cancel)
    }

    fn save_with(
        &self,
        request: &SaveRequest,
        output: impl Write + Send,
        direct: Option<&File>,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<()> {
        let selection = Selection::new(self, &request.images)?;
        let output = Output::new(output, request.compression).map_err(writing)?;
        let total = selection.blobs().map(|(_, size)| size).sum();
        let mut archive = Archive {
            store: self,
            tar: TarWriter::new(output),
            direct,
            written: 0,
            reported: 0,
            total,
            progress,
            cancel,
        };
        archive.folder("blobs/")?;
        archive.folder("blobs/sha256/")?;
        for (path, content) in
            documents::all(&selection, request.format == SaveFormat::DockerArchive)?
        {
            archive
                .tar
                .file(path, &content, Time::default())
                .map_err(writing)?;
        }
        for (digest, size) in selection.blobs() {
            archive.blob(&digest, size)?;
        }
        let output = archive.tar.finish().map_err(writing)?;
        output.finish().map_err(writing)?;
        progress.report(ProgressEvent::Written {
            bytes: archive.written,
            total: Some(total),
        });
        Ok(())
    }
}

fn writing(source: std::io::Error) -> Error {
    if source.kind() == std::io::ErrorKind::StorageFull {
        return Error::DiskFull {
            path: "the archive".into(),
            needed: None,
            available: None,
        };
    }
    match source.downcast::<Error>() {
        Ok(error) => error,
        Err(source) => Error::Stream {
            doing: "writing the archive",
            source,
        },
    }
}

/// A tar under construction.
struct Archive<'a, W: Write> {
    store: &'a Store,
    tar: TarWriter<Output<W>>,
    /// Where the tar goes, when it is an uncompressed file.
    direct: Option<&'a File>,
    written: u64,
    reported: u64,
    total: u64,
    progress: &'a dyn Progress,
    cancel: &'a CancelFlag,
}

impl<W: Write> Archive<'_, W> {
    fn folder(&mut self, path: &str) -> Result<()> {
        self.tar
            .start(&Member::new(path, Kind::Directory))
            .map_err(writing)
    }

    /// Copies a stored blob.
    fn blob(&mut self, digest: &Digest, size: u64) -> Result<()> {
        let path = self.store.blob_path(digest);
        let failed = |source| Error::io("reading a blob", &path, source);
        let mut file = File::open(&path).map_err(failed)?;
        let mut member = Member::new(format!("blobs/sha256/{}", digest.to_hex()), Kind::File);
        member.size = size;
        self.tar.start_aligned(&member).map_err(writing)?;
        let mut left = size;
        if let Some(output) = self.direct {
            self.tar.output_mut().flush().map_err(writing)?;
            let copied = self.copy(&file, output, size)?;
            self.tar.was_written(copied);
            left -= copied;
        }
        let mut buffer = vec![0; BUFFER.min(usize::try_from(left).unwrap_or(BUFFER))];
        while left > 0 {
            self.cancel.check()?;
            let wanted = usize::try_from(left).unwrap_or(BUFFER).min(BUFFER);
            let count = file.read(&mut buffer[..wanted]).map_err(failed)?;
            if count == 0 {
                return Err(Error::Damaged {
                    what: path.display().to_string(),
                    why: format!("it is {left} bytes too short"),
                });
            }
            self.tar.data(&buffer[..count]).map_err(writing)?;
            left -= count as u64;
            self.count(count as u64);
        }
        self.tar.end_data(size).map_err(writing)
    }

    /// Lets the kernel copy from one file to the other; returns how much it did, which is nothing
    /// where it cannot, between some file systems for instance.
    fn copy(&mut self, from: &File, to: &File, size: u64) -> Result<u64> {
        let mut done = 0;
        while done < size {
            self.cancel.check()?;
            let wanted = usize::try_from(size - done).unwrap_or(PIECE).min(PIECE);
            match rustix::fs::copy_file_range(from, None, to, None, wanted) {
                Ok(count) if count > 0 => {
                    done += count as u64;
                    self.count(count as u64);
                }
                Err(Errno::NOSPC | Errno::DQUOT) => return Err(writing(Errno::NOSPC.into())),
                Err(Errno::INTR) => {}
                // What is left is read and written.
                Ok(_) | Err(_) => break,
            }
        }
        Ok(done)
    }

    fn count(&mut self, bytes: u64) {
        self.written += bytes;
        if self.written - self.reported >= STEP {
            self.reported = self.written;
            let (bytes, total) = (self.written, Some(self.total));
            self.progress
                .report(ProgressEvent::Written { bytes, total });
        }
    }
}
