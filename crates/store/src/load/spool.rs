//! A layer of an archive on its way: staged and hashed here, unpacked by a worker.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use gantry_oci::{Compression, Digest, Hasher};

use super::documents::ArchiveFile;
use super::session::Session;
use super::worker::{Job, Unpacked};
use crate::stream::Stage;
use crate::{Error, LayerProgress, LayerState, ProgressEvent, Result};

/// Bytes of a layer between two reports.
const STEP: u64 = 4 << 20;

/// A layer that this load staged.
pub(crate) struct Ticket {
    /// Its path in the archive.
    pub name: String,
    pub stage: Arc<Stage>,
    pub blob: Digest,
    pub size: u64,
    pub compression: Compression,
    pub folder: PathBuf,
    outcome: Option<Receiver<Result<Unpacked>>>,
    job: Option<Job>,
}

impl Session<'_> {
    /// Starts a layer.
    pub fn spool(
        &mut self,
        name: String,
        size: Option<u64>,
        compression: Compression,
        announced: Option<Digest>,
    ) -> Result<Spool> {
        let number = self.tickets.len();
        let limit = self.store.limits().layers;
        if number as u64 >= limit {
            return Err(Error::TooLarge {
                what: "the archive".to_owned(),
                why: format!("it has more than {limit} layers"),
            });
        }
        self.space.expect(size.unwrap_or(0))?;
        let stage = Stage::create(self.staging.path().join(format!("blob-{number}")))?;
        let folder = self.staging.path().join(format!("layer-{number}"));
        let (sender, outcome) = channel();
        let job = Job {
            name: name.clone(),
            stage: Arc::clone(&stage),
            compression,
            folder: folder.clone(),
            outcome: sender,
        };
        // A blob of the very same size is here: it is most likely this one, and unpacking it again
        // would be for nothing. The hash will tell, and the staged bytes do not run away.
        let likely_here =
            announced.is_none() && size.is_some_and(|size| self.store.has_layer_blob_of_size(size));
        let mut ticket = Ticket {
            name: name.clone(),
            stage: Arc::clone(&stage),
            blob: Digest::of(b""),
            size: 0,
            compression,
            folder,
            outcome: Some(outcome),
            job: Some(job),
        };
        if !likely_here {
            self.enqueue(&mut ticket);
        }
        let state = if likely_here {
            LayerState::Hashing
        } else {
            LayerState::Unpacking
        };
        self.tickets.push(ticket);
        Ok(Spool {
            name,
            number,
            stage,
            hasher: Hasher::default(),
            size,
            bytes: 0,
            reported: 0,
            state,
            announced,
        })
    }

    fn enqueue(&self, ticket: &mut Ticket) {
        if let Some(job) = ticket.job.take() {
            // The workers live as long as this sender.
            let _ = self.queue.send(job);
        }
    }

    /// All bytes of a layer are staged.
    pub fn end_spool(&mut self, spool: Spool) -> Result<()> {
        let Spool {
            name,
            number,
            stage,
            hasher,
            bytes,
            announced,
            ..
        } = spool;
        let blob = hasher.finish();
        if let Some(expected) = announced.filter(|expected| *expected != blob) {
            return Err(Error::DigestMismatch {
                what: name,
                expected,
                got: blob,
            });
        }
        stage.complete();
        let ticket = &mut self.tickets[number];
        (ticket.blob, ticket.size) = (blob, bytes);
        if ticket.job.is_some() {
            if let Some(present) = self.present(&blob) {
                self.report(&name, &blob, LayerState::AlreadyHere, bytes, bytes);
                self.tickets[number].job = None;
                // The bytes are here: the staged copy is only in the way.
                let _ = std::fs::remove_file(stage.path());
                self.files
                    .insert(name, ArchiveFile::Present(Box::new(present)));
                return Ok(());
            }
            let job = self.tickets[number].job.take();
            if let Some(job) = job {
                let _ = self.queue.send(job);
            }
        }
        self.report(&name, &blob, LayerState::Unpacking, bytes, bytes);
        self.files.insert(name, ArchiveFile::Layer(number));
        Ok(())
    }

    /// Waits until a layer is unpacked. Whoever cancels the load ends its workers, and so this wait.
    pub fn outcome(&mut self, number: usize) -> Result<Unpacked> {
        let outcome = self.tickets[number].outcome.take();
        let Some(Ok(result)) = outcome.map(|outcome| outcome.recv()) else {
            return Err(Error::Cancelled);
        };
        result
    }
}

/// A layer while its bytes come in.
pub(crate) struct Spool {
    pub name: String,
    number: usize,
    stage: Arc<Stage>,
    hasher: Hasher,
    size: Option<u64>,
    bytes: u64,
    reported: u64,
    state: LayerState,
    announced: Option<Digest>,
}

impl Spool {
    /// Takes bytes.
    pub fn append(&mut self, session: &mut Session<'_>, bytes: &[u8]) -> Result<()> {
        session.cancel.check()?;
        session.space.take(bytes.len() as u64)?;
        self.stage.append(bytes)?;
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        if self.bytes - self.reported >= STEP {
            self.reported = self.bytes;
            session.progress.report(ProgressEvent::Layer(LayerProgress {
                name: self.name.clone(),
                digest: self.announced,
                diff_id: None,
                state: self.state,
                bytes: self.bytes,
                total: self.size,
            }));
        }
        Ok(())
    }
}
