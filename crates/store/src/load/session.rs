//! One load from its first byte to its last.

use std::collections::HashMap;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

use gantry_oci::{DiffId, Digest, ImageConfig};

use super::documents::{ArchiveFiles, Candidate, Document, PresentLayer, parse_config};
use super::finish::Settled;
use super::spool::Ticket;
use super::worker::{self, Job, WorkContext};
use super::{docker, legacy, oci};
use crate::layout::Staging;
use crate::partial::Claim;
use crate::pins::Pin;
use crate::space::Space;
use crate::{
    CancelFlag, Error, LayerProgress, LayerState, Loaded, Progress, ProgressEvent, Result, Store,
};

/// One load.
pub(crate) struct Session<'a> {
    pub store: &'a Store,
    pub progress: &'a dyn Progress,
    pub cancel: &'a CancelFlag,
    /// Raised when the load gives up, also for reasons of its own.
    pub(super) abort: &'a CancelFlag,
    pub(super) queue: Sender<Job>,
    pub(super) staging: &'a Staging,
    pub files: ArchiveFiles,
    pub tickets: Vec<Ticket>,
    pub pins: Vec<Pin>,
    /// The stages of layers that come from a registry.
    pub claims: Vec<Claim>,
    /// Layers of the archive that are here already, by path, where that is known before.
    pub known: HashMap<String, PresentLayer>,
    /// Layers whose workers are done.
    pub settled: Settled,
    documents: u64,
    configs: HashMap<Digest, Arc<ImageConfig>>,
    pub(super) space: &'a Mutex<Space>,
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
        let abort = cancel.child();
        let context = WorkContext {
            powers: store.powers(),
            limits: store.limits(),
            abort: &abort,
        };
        // It goes when all workers have: what they still write must not escape the removal.
        let staging = Staging::new(store.layout())?;
        let space = Mutex::new(Space::new(staging.path(), store.limits().reserve));
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
                claims: Vec::new(),
                known: HashMap::new(),
                settled: Settled::new(),
                documents: 0,
                configs: HashMap::new(),
                space: &space,
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
