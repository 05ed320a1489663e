//! A layer of an archive on its way: staged and hashed here, unpacked by a worker.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gantry_oci::{Compression, Digest, Hasher};

use super::documents::ArchiveFile;
use super::session::Session;
use super::worker::{Job, Unpacked};
use crate::space::Space;
use crate::stream::Stage;
use crate::{CancelFlag, Error, LayerProgress, LayerState, Progress, ProgressEvent, Result};

/// Bytes of a layer between two reports…
const STEP: u64 = 4 << 20;
/// …unless they come slowly.
const MOMENT: Duration = Duration::from_millis(100);

/// A layer that this load staged.
pub(crate) struct Ticket {
    /// Its path in the archive.
    pub name: String,
    pub stage: Arc<Stage>,
    pub blob: Digest,
    pub size: u64,
    /// Known at the latest when it is unpacked.
    pub compression: Compression,
    pub folder: PathBuf,
    outcome: Option<Receiver<Result<Unpacked>>>,
    job: Option<Job>,
}

impl<'a> Session<'a> {
    /// Starts a layer.
    pub fn spool(
        &mut self,
        name: String,
        size: Option<u64>,
        compression: Compression,
        announced: Option<Digest>,
    ) -> Result<Spool<'a>> {
        let stage = self.new_stage()?;
        // A blob of the very same size is here: it is most likely this one, and unpacking it again
        // would be for nothing. The hash will tell, and the staged bytes do not run away.
        let likely_here =
            announced.is_none() && size.is_some_and(|size| self.store.has_layer_blob_of_size(size));
        let state = if likely_here {
            LayerState::Hashing
        } else {
            LayerState::Unpacking
        };
        self.spool_into(stage, name, size, Some(compression), announced, state)
    }

    /// A stage that goes with the load.
    pub fn new_stage(&self) -> Result<Arc<Stage>> {
        let number = self.tickets.len();
        Stage::create(self.staging.path().join(format!("blob-{number}")))
    }

    /// Starts a layer whose bytes go into a stage of the caller's.
    pub fn spool_into(
        &mut self,
        stage: Arc<Stage>,
        name: String,
        size: Option<u64>,
        compression: Option<Compression>,
        announced: Option<Digest>,
        state: LayerState,
    ) -> Result<Spool<'a>> {
        let number = self.tickets.len();
        let limit = self.store.limits().layers;
        if number as u64 >= limit {
            return Err(Error::TooLarge {
                what: "the archive".to_owned(),
                why: format!("it has more than {limit} layers"),
            });
        }
        self.space
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .expect(size.unwrap_or(0))?;
        let folder = self.staging.path().join(format!("layer-{number}"));
        let (sender, outcome) = channel();
        let job = Job {
            name: name.clone(),
            stage: Arc::clone(&stage),
            compression,
            folder: folder.clone(),
            outcome: sender,
        };
        let mut ticket = Ticket {
            name: name.clone(),
            stage: Arc::clone(&stage),
            blob: Digest::of(b""),
            size: 0,
            compression: compression.unwrap_or_default(),
            folder,
            outcome: Some(outcome),
            job: Some(job),
        };
        if state != LayerState::Hashing {
            self.enqueue(&mut ticket);
        }
        self.tickets.push(ticket);
        Ok(Spool {
            name,
            number,
            stage,
            hasher: Hasher::default(),
            size,
            bytes: 0,
            reported: (0, Instant::now()),
            state,
            announced,
            progress: self.progress,
            cancel: self.abort,
            space: self.space,
        })
    }

    fn enqueue(&self, ticket: &mut Ticket) {
        if let Some(job) = ticket.job.take() {
            // The workers live as long as this sender.
            let _ = self.queue.send(job);
        }
    }

    /// All bytes of a layer are staged.
    pub fn end_spool(&mut self, spool: Spool<'_>) -> Result<()> {
        let Spool {
            name,
            number,
            stage,
            hasher,
            bytes,
            announced,
            state,
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
        let state = match state {
            LayerState::Downloading => LayerState::Downloaded,
            _ => LayerState::Unpacking,
        };
        self.report(&name, &blob, state, bytes, bytes);
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

/// A layer while its bytes come in, on whatever thread they do.
pub(crate) struct Spool<'a> {
    pub name: String,
    number: usize,
    stage: Arc<Stage>,
    hasher: Hasher,
    size: Option<u64>,
    bytes: u64,
    reported: (u64, Instant),
    state: LayerState,
    announced: Option<Digest>,
    progress: &'a dyn Progress,
    cancel: &'a CancelFlag,
    space: &'a Mutex<Space>,
}

impl Spool<'_> {
    /// Takes bytes.
    pub fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.cancel.check()?;
        self.space
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(bytes.len() as u64)?;
        self.stage.append(bytes)?;
        self.count(bytes);
        Ok(())
    }

    /// Takes the next bytes that are in the stage already.
    pub fn recall(&mut self, bytes: &[u8]) {
        self.stage.recall(bytes.len() as u64);
        self.count(bytes);
    }

    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        self.bytes
    }

    fn count(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        let (reported, when) = self.reported;
        if self.bytes - reported >= STEP || when.elapsed() >= MOMENT {
            self.reported = (self.bytes, Instant::now());
            self.progress.report(ProgressEvent::Layer(LayerProgress {
                name: self.name.clone(),
                digest: self.announced,
                diff_id: None,
                state: self.state,
                bytes: self.bytes,
                total: self.size,
            }));
        }
    }
}
