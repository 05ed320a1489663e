//! Unpacking staged layers while they are still being written.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Scope;

use gantry_oci::{Compression, DiffId};

use crate::index::Totals;
use crate::limits::Limits;
use crate::platform::Powers;
use crate::stream::{Stage, inflate};
use crate::unpack::{UnpackContext, Whiteouts, unpack};
use crate::{CancelFlag, Error, Result};

/// Layers that are unpacked at the same time, at most.
const WORKERS: usize = 8;

/// A layer on its way.
pub(crate) struct Job {
    /// What the layer is called in errors.
    pub name: String,
    pub stage: Arc<Stage>,
    /// `None` where its first bytes have to tell.
    pub compression: Option<Compression>,
    /// The folder to unpack into; the worker creates it.
    pub folder: PathBuf,
    pub outcome: Sender<Result<Unpacked>>,
}

/// What came of a job.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unpacked {
    pub compression: Compression,
    /// `None` for a layer that came uncompressed: the digest of its blob.
    pub diff_id: Option<DiffId>,
    /// Bytes of the tar; `None` for a layer that came uncompressed: the size of its blob.
    pub tar_size: Option<u64>,
    pub totals: Totals,
}

/// What all jobs of a load share.
pub(crate) struct WorkContext<'a> {
    pub powers: Powers,
    pub limits: &'a Limits,
    /// Raised when the load gives up.
    pub abort: &'a CancelFlag,
}

/// Starts workers in `scope`; they end when the sender is dropped and the queue is empty.
pub(crate) fn start<'scope>(
    scope: &'scope Scope<'scope, '_>,
    context: &'scope WorkContext<'scope>,
) -> Sender<Job> {
    let (sender, jobs) = channel::<Job>();
    let jobs = Arc::new(Mutex::new(jobs));
    let count = std::thread::available_parallelism()
        .map_or(2, usize::from)
        .clamp(2, WORKERS);
    for _ in 0..count {
        let jobs = Arc::clone(&jobs);
        scope.spawn(move || {
            while let Some(job) = next(&jobs) {
                let result = run(&job, context);
                // A load that gave up does not wait for outcomes.
                let _ = job.outcome.send(result);
            }
        });
    }
    sender
}

fn next(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .recv()
        .ok()
}

/// Unpacks one layer.
pub(crate) fn run(job: &Job, context: &WorkContext<'_>) -> Result<Unpacked> {
    context.abort.check()?;
    std::fs::create_dir(&job.folder)
        .map_err(|source| Error::io("staging a layer", &job.folder, source))?;
    let unpacking = UnpackContext {
        name: &job.name,
        powers: context.powers,
        limits: context.limits,
        whiteouts: Whiteouts::Hide,
        cancel: context.abort,
    };
    let mut input = job.stage.follow()?;
    let compression = match job.compression {
        Some(known) => known,
        None => Compression::detect(
            &input
                .head()
                .map_err(|error| Error::from_stream(error, "reading a staged blob", &job.name))?,
        ),
    };
    if compression == Compression::None {
        let totals = unpack(input, &job.folder, &unpacking)?;
        return Ok(Unpacked {
            compression,
            diff_id: None,
            tar_size: None,
            totals,
        });
    }
    std::thread::scope(|scope| {
        let (chunks, inflated) = inflate(scope, input, compression, context.limits);
        let totals = unpack(chunks, &job.folder, &unpacking)?;
        let inflated = inflated.join().ok().flatten().ok_or(Error::Cancelled)?;
        Ok(Unpacked {
            compression,
            diff_id: Some(inflated.diff_id),
            tar_size: Some(inflated.size),
            totals,
        })
    })
}
