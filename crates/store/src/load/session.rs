//! One load from its first byte to its last.

use std::collections::HashMap;
use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use gantry_oci::{Compression, DiffId, Digest, Hasher, ImageConfig};

use super::documents::{
    ArchiveFile, ArchiveFiles, Candidate, Document, PresentLayer, normalise, parse_config,
};
use super::finish::Settled;
use super::worker::{self, Job, Unpacked, WorkContext};
use super::{docker, legacy, oci};
use crate::layout::Staging;
use crate::pins::Pin;
use crate::space::Space;
use crate::stream::Stage;
use crate::tarball::{Kind, Member, TarReader, looks_like_tar};
use crate::{
    CancelFlag, Error, LayerProgress, LayerState, Loaded, Progress, ProgressEvent, Result, Store,
};

/// Bytes of a layer between two reports.
const STEP: u64 = 4 << 20;
/// Bytes that a member costs besides its name.
const NAME: usize = 128;
/// Enough to recognise a tar.
const HEAD: usize = 512;

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

/// One load.
pub(crate) struct Session<'a> {
    pub store: &'a Store,
    pub progress: &'a dyn Progress,
    pub cancel: &'a CancelFlag,
    /// Raised when the load gives up, also for reasons of its own.
    abort: &'a CancelFlag,
    queue: Sender<Job>,
    staging: &'a Staging,
    pub files: ArchiveFiles,
    pub tickets: Vec<Ticket>,
    pub pins: Vec<Pin>,
    /// Layers of the archive that are here already, by path, where that is known before.
    pub known: HashMap<String, PresentLayer>,
    /// Layers whose workers are done.
    pub settled: Settled,
    documents: u64,
    configs: HashMap<Digest, Arc<ImageConfig>>,
    space: Space,
    /// Whether the archive's end mark was seen.
    complete: bool,
}

/// However a load ends, workers must not wait for bytes that never come.
impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.abort.cancel();
        for ticket in &self.tickets {
            ticket.stage.abort();
        }
    }
}

impl Session<'_> {
    /// Runs a load: `read` feeds the session with all files.
    pub fn load(
        store: &Store,
        progress: &dyn Progress,
        cancel: &CancelFlag,
        read: impl FnOnce(&mut Session<'_>) -> Result<()>,
    ) -> Result<Vec<Loaded>> {
        Self::run(store, progress, cancel, |session| {
            read(session)?;
            session.resolve()
        })
    }

    /// Checks the images that `find` finds and makes them visible.
    pub fn run(
        store: &Store,
        progress: &dyn Progress,
        cancel: &CancelFlag,
        find: impl FnOnce(&mut Session<'_>) -> Result<Vec<Candidate>>,
    ) -> Result<Vec<Loaded>> {
        let abort = CancelFlag::new();
        let context = WorkContext {
            powers: store.powers(),
            limits: store.limits(),
            abort: &abort,
        };
        // It goes when all workers have: what they still write must not escape the removal.
        let staging = Staging::new(store.layout())?;
        std::thread::scope(|scope| {
            let mut session = Session {
                store,
                progress,
                cancel,
                abort: &abort,
                queue: worker::start(scope, &context),
                staging: &staging,
                files: ArchiveFiles::default(),
                tickets: Vec::new(),
                pins: Vec::new(),
                known: HashMap::new(),
                settled: Settled::new(),
                documents: 0,
                configs: HashMap::new(),
                space: Space::new(staging.path(), store.limits().reserve),
                complete: true,
            };
            let candidates = find(&mut session)?;
            session.finish(candidates)
        })
    }

    /// Notes whether the archive had its end mark.
    pub fn ended(&mut self, saw_end: bool) {
        self.complete = saw_end;
    }

    /// Takes one member of an archive.
    pub fn member<R: BufRead>(&mut self, member: &Member, reader: &mut TarReader<R>) -> Result<()> {
        self.cancel.check()?;
        let path = normalise(&String::from_utf8_lossy(&member.path));
        self.count((member.path.len() + member.link.len() + NAME) as u64)?;
        match member.kind {
            Kind::Symlink | Kind::Hardlink => {
                let link = String::from_utf8_lossy(&member.link);
                // A symlink is relative to its folder, a hardlink to the archive.
                let target = match (member.kind, path.rsplit_once('/')) {
                    (Kind::Symlink, Some((folder, _))) => format!("{folder}/{link}"),
                    _ => link.into_owned(),
                };
                self.files
                    .insert(path, ArchiveFile::Link(normalise(&target)));
                Ok(())
            }
            Kind::File if member.sparse.is_none() => self.file(path, member.size, reader),
            _ => Ok(()),
        }
    }

    fn file<R: BufRead>(
        &mut self,
        path: String,
        size: u64,
        reader: &mut TarReader<R>,
    ) -> Result<()> {
        let announced = announced(&path)?;
        let known = self.known.remove(&path);
        if let Some(present) = known.or_else(|| self.present(&announced?)) {
            self.report(
                &path,
                &present.record.blob.digest,
                LayerState::AlreadyHere,
                size,
                size,
            );
            self.files
                .insert(path, ArchiveFile::Present(Box::new(present)));
            return Ok(());
        }
        let failed = |error| Error::from_tar(error, &path);
        let mut head = Vec::with_capacity(HEAD);
        while head.len() < HEAD {
            let piece = reader.data().map_err(failed)?;
            let count = piece.len().min(HEAD - head.len());
            if count == 0 {
                break;
            }
            head.extend_from_slice(&piece[..count]);
            reader.consume(count);
        }
        let compression = Compression::detect(&head);
        let is_layer = compression != Compression::None
            || looks_like_tar(&head)
            || path.ends_with("layer.tar");
        if !is_layer {
            return self.document(path, size, head, announced, reader);
        }
        let mut spool = self.spool(path, Some(size), compression, announced)?;
        spool.append(self, &head)?;
        loop {
            let piece = reader
                .data()
                .map_err(|error| Error::from_tar(error, &spool.name))?;
            if piece.is_empty() {
                break;
            }
            spool.append(self, piece)?;
            let count = piece.len();
            reader.consume(count);
        }
        self.end_spool(spool)
    }

    fn document<R: BufRead>(
        &mut self,
        path: String,
        size: u64,
        head: Vec<u8>,
        announced: Option<Digest>,
        reader: &mut TarReader<R>,
    ) -> Result<()> {
        let limits = self.store.limits();
        if size > limits.document {
            // Something else, passed by, unless an image needs it.
            self.files.insert(path, ArchiveFile::Oversized(size));
            return Ok(());
        }
        self.count(size)?;
        let mut bytes = head;
        let rest = reader.read_all(limits.document);
        bytes.extend_from_slice(&rest.map_err(failed_in(&path))?);
        self.add_document(path, bytes, announced)
    }

    /// Counts what an archive makes the load keep in memory.
    pub fn count(&mut self, bytes: u64) -> Result<()> {
        let limit = self.store.limits().documents;
        self.documents = self.documents.saturating_add(bytes);
        if self.documents <= limit {
            return Ok(());
        }
        Err(Error::TooLarge {
            what: "the archive".to_owned(),
            why: format!("its documents and names take more than {limit} bytes"),
        })
    }

    /// An image config, parsed once however many names and images it has.
    pub fn config(&mut self, document: &Document) -> Result<Arc<ImageConfig>> {
        if let Some(config) = self.configs.get(&document.digest) {
            return Ok(Arc::clone(config));
        }
        self.cancel.check()?;
        let config = Arc::new(parse_config(&document.bytes)?);
        self.configs.insert(document.digest, Arc::clone(&config));
        Ok(config)
    }

    /// Adds a small file.
    pub fn add_document(
        &mut self,
        path: String,
        bytes: Vec<u8>,
        announced: Option<Digest>,
    ) -> Result<()> {
        let document = Document::from(bytes);
        if let Some(expected) = announced.filter(|expected| *expected != document.digest) {
            return Err(Error::DigestMismatch {
                what: path,
                expected,
                got: document.digest,
            });
        }
        self.files.insert(path, ArchiveFile::Document(document));
        Ok(())
    }

    /// The layer whose stored bytes have this digest, when it is here; it stays until the load ends.
    pub fn present(&mut self, blob: &Digest) -> Option<PresentLayer> {
        // The pin comes first: a removal looks at the pins after it took the image away.
        let pin = self.store.pin(*blob);
        let (record, facts) = self.store.layer_by_blob(blob)?;
        self.pins.push(pin);
        self.pins.push(self.store.pin(record.diff_id.digest()));
        Some(PresentLayer { record, facts })
    }

    /// The layer with this diff id, when it is here; it stays until the load ends.
    pub fn present_diff(&mut self, diff_id: &DiffId) -> Option<PresentLayer> {
        let pin = self.store.pin(diff_id.digest());
        let (record, facts) = self.store.layer_by_diff_id(diff_id)?;
        self.pins.push(pin);
        self.pins.push(self.store.pin(record.blob.digest));
        Some(PresentLayer { record, facts })
    }

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

    /// Waits until a layer is unpacked.
    pub fn outcome(&mut self, number: usize) -> Result<Unpacked> {
        let Some(outcome) = self.tickets[number].outcome.take() else {
            return Err(Error::Cancelled);
        };
        loop {
            self.cancel.check()?;
            match outcome.recv_timeout(std::time::Duration::from_millis(50)) {
                Ok(result) => return result,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {
                    return Err(Error::Cancelled);
                }
            }
        }
    }

    /// Finds the images that the documents describe.
    fn resolve(&mut self) -> Result<Vec<Candidate>> {
        let candidates = if let Some(images) = self.files.json("manifest.json")? {
            docker::resolve(self, images)
        } else if let Some(index) = self.files.json("index.json")? {
            oci::resolve(self, &index)
        } else if let Some(repositories) = self.files.json("repositories")? {
            legacy::resolve(self, &repositories)
        } else {
            Err(Error::NotAnImage(
                "the tar has no manifest.json, index.json or repositories".to_owned(),
            ))
        };
        // An archive that was cut between two members looks complete but for what is missing.
        candidates.map_err(|error| match error {
            Error::NotAnImage(_) | Error::Missing { .. } if !self.complete => Error::Truncated {
                what: "the archive".to_owned(),
                got: 0,
                expected: None,
            },
            error => error,
        })
    }

    /// Reports what happens to a layer.
    pub fn report(&self, name: &str, digest: &Digest, state: LayerState, bytes: u64, total: u64) {
        self.progress.report(ProgressEvent::Layer(LayerProgress {
            name: name.to_owned(),
            digest: Some(*digest),
            diff_id: None,
            state,
            bytes,
            total: Some(total),
        }));
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

fn failed_in(name: &str) -> impl Fn(crate::tarball::TarError) -> Error + use<> {
    let name = name.to_owned();
    move |error| Error::from_tar(error, &name)
}

/// The digest that a blob's path announces.
fn announced(path: &str) -> Result<Option<Digest>> {
    let Some(name) = path.strip_prefix("blobs/sha256/") else {
        return Ok(None);
    };
    let digest = Digest::from_hex(name);
    digest.map(Some).map_err(|error| Error::Invalid {
        what: path.to_owned(),
        why: error.to_string(),
    })
}
