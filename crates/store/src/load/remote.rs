//! Layers from a registry: several at once, each from where it was left.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::Scope;

use gantry_oci::{Descriptor, Digest, ImageConfig, Manifest};

use super::documents::{ArchiveFile, Candidate, Document};
use super::session::Session;
use super::spool::Spool;
use crate::stream::Stage;
use crate::{CancelFlag, Error, LayerState, Remote, RemoteImage, Result};

/// Bytes of an earlier download that are hashed at once.
const BUFFER: usize = 1 << 18;

/// Fetches what is missing of an image.
pub(crate) fn candidate(
    session: &mut Session<'_>,
    image: &RemoteImage,
    manifest: &Manifest,
    remote: &dyn Remote,
) -> Result<Candidate> {
    let config = config(session, &manifest.config, remote)?;
    let parsed = session.config(&config)?;
    let (layers, exact) = layers(session, manifest, &parsed, remote)?;
    // A layer that is here as another blob serves, but then the manifest describes another image file.
    let manifest = exact.then(|| (image.manifest.as_slice().into(), image.media_type.clone()));
    Ok(Candidate {
        config,
        parsed,
        names: image.names.clone(),
        layers,
        manifest,
    })
}

fn config(session: &Session<'_>, descriptor: &Descriptor, remote: &dyn Remote) -> Result<Document> {
    let limit = session.store.limits().document;
    if descriptor.size > limit {
        return Err(Error::TooLarge {
            what: "the image config".to_owned(),
            why: format!("{} bytes; a document may have {limit}", descriptor.size),
        });
    }
    let document = if let Some(bytes) = session.store.small_blob(&descriptor.digest) {
        Document {
            digest: Digest::of(&bytes),
            bytes,
        }
    } else {
        let mut bytes = Vec::new();
        let mut take = |piece: &[u8]| {
            bytes.extend_from_slice(piece);
            Ok(())
        };
        remote
            .fetch(descriptor, 0, session.abort, &mut take)
            .map_err(|error| Error::from_stream(error, "downloading", "the image config"))?;
        bytes.into()
    };
    if document.digest != descriptor.digest {
        return Err(Error::DigestMismatch {
            what: "the image config".to_owned(),
            expected: descriptor.digest,
            got: document.digest,
        });
    }
    Ok(document)
}

/// The layers, lowest first, and whether all of them are the blobs that the manifest names.
fn layers(
    session: &mut Session<'_>,
    manifest: &Manifest,
    config: &ImageConfig,
    remote: &dyn Remote,
) -> Result<(Vec<ArchiveFile>, bool)> {
    let diff_ids = &config.rootfs.diff_ids;
    if diff_ids.len() != manifest.layers.len() {
        return Err(Error::Invalid {
            what: "the manifest".to_owned(),
            why: format!(
                "layers length mismatch: expected {}, got {}",
                diff_ids.len(),
                manifest.layers.len()
            ),
        });
    }
    let (mut missing, mut seen, mut exact) = (Vec::new(), HashSet::new(), true);
    for (layer, diff_id) in manifest.layers.iter().zip(diff_ids) {
        let name = layer.digest.to_string();
        if !seen.insert(layer.digest) {
            continue;
        }
        let by_blob = session.present(&layer.digest);
        exact &= by_blob.is_some() || session.present_diff(diff_id).is_none();
        let state = if let Some(present) = by_blob.or_else(|| session.present_diff(diff_id)) {
            let file = ArchiveFile::Present(Box::new(present));
            session.files.insert(name.clone(), file);
            LayerState::AlreadyHere
        } else {
            missing.push(layer);
            LayerState::Waiting
        };
        let done = if state == LayerState::Waiting {
            0
        } else {
            layer.size
        };
        session.report(&name, &layer.digest, state, done, layer.size);
    }
    fetch(session, &missing, remote)?;
    let files = manifest.layers.iter();
    let files = files.map(|layer| session.files.layer(&layer.digest.to_string()));
    Ok((files.collect::<Result<_>>()?, exact))
}

/// One layer on its way.
struct Download<'a> {
    layer: Descriptor,
    stage: Arc<Stage>,
    spool: Spool<'a>,
    /// Bytes that an earlier download left.
    left: u64,
}

type Ended<'a> = (Download<'a>, Result<()>);

/// Fetches layers until all are staged with the right digest, or one fails.
fn fetch(session: &mut Session<'_>, layers: &[&Descriptor], remote: &dyn Remote) -> Result<()> {
    let (ended, ends) = channel();
    let abort = session.abort;
    std::thread::scope(|scope| {
        let (mut waiting, mut running) = (layers.iter(), 0);
        let mut outcome = Ok(());
        loop {
            while running < remote.at_once() && outcome.is_ok() {
                let Some(layer) = waiting.next() else { break };
                match begin(session, layer) {
                    Ok(download) => {
                        start(scope, download, remote, abort, ended.clone());
                        running += 1;
                    }
                    Err(error) => outcome = stop(abort, error),
                }
            }
            if running == 0 {
                return outcome;
            }
            let Ok((download, result)) = ends.recv() else {
                return Err(Error::Cancelled);
            };
            running -= 1;
            match result.and_then(|()| end(session, download)) {
                Ok(None) => {}
                Ok(Some(again)) => {
                    start(scope, again, remote, abort, ended.clone());
                    running += 1;
                }
                // What the others end with is the doing of the first that failed.
                Err(_) if outcome.is_err() => {}
                Err(error) => outcome = stop(abort, error),
            }
        }
    })
}

fn stop(abort: &CancelFlag, error: Error) -> Result<()> {
    abort.cancel();
    Err(error)
}

/// Gives a layer its stage: the file of an earlier download, unless another operation writes it.
fn begin<'a>(session: &mut Session<'a>, layer: &Descriptor) -> Result<Download<'a>> {
    let Some(claim) = session.store.claim(layer.digest) else {
        let stage = session.new_stage()?;
        return into(session, layer, stage, 0);
    };
    if claim.len() > layer.size {
        claim.discard();
    }
    let (stage, left) = (Stage::resume(claim.path().to_owned())?, claim.len());
    session.claims.push(claim);
    into(session, layer, stage, left)
}

fn into<'a>(
    session: &mut Session<'a>,
    layer: &Descriptor,
    stage: Arc<Stage>,
    left: u64,
) -> Result<Download<'a>> {
    let spool = session.spool_into(
        Arc::clone(&stage),
        layer.digest.to_string(),
        Some(layer.size),
        None,
        Some(layer.digest),
        LayerState::Downloading,
    )?;
    Ok(Download {
        layer: layer.clone(),
        stage,
        spool,
        left,
    })
}

/// Runs a download on a thread of its own.
fn start<'scope, 'a: 'scope>(
    scope: &'scope Scope<'scope, '_>,
    mut download: Download<'a>,
    remote: &'scope dyn Remote,
    abort: &'scope CancelFlag,
    ended: Sender<Ended<'a>>,
) {
    scope.spawn(move || {
        let result = download.run(remote, abort);
        // Who asked for it waits until all downloads have ended.
        let _ = ended.send((download, result));
    });
}

impl Download<'_> {
    fn run(&mut self, remote: &dyn Remote, abort: &CancelFlag) -> Result<()> {
        self.recall(abort)?;
        let spool = &mut self.spool;
        let mut take = |bytes: &[u8]| spool.append(bytes).map_err(Error::into_stream);
        remote
            .fetch(&self.layer, self.left, abort, &mut take)
            .map_err(|error| {
                Error::from_stream(error, "downloading", &self.layer.digest.to_string())
            })
    }

    /// Hashes and hands on what an earlier download left.
    fn recall(&mut self, abort: &CancelFlag) -> Result<()> {
        if self.left == 0 {
            return Ok(());
        }
        let path = self.stage.path();
        let failed = |source| Error::io("reading a staged blob", path, source);
        let mut file = File::open(path).map_err(failed)?.take(self.left);
        let mut buffer = vec![0; BUFFER];
        loop {
            abort.check()?;
            match file.read(&mut buffer).map_err(failed)? {
                0 => return Ok(()),
                count => self.spool.recall(&buffer[..count]),
            }
        }
    }
}

/// Checks a download that came to its end. What an earlier one left may not be what it was (after a
/// power cut, for instance): then all of it is fetched again.
fn end<'a>(session: &mut Session<'a>, download: Download<'a>) -> Result<Option<Download<'a>>> {
    let Download {
        layer,
        stage,
        spool,
        left,
    } = download;
    let got = spool.len();
    if got != layer.size {
        return Err(Error::SizeMismatch {
            what: format!("the layer {}", layer.digest),
            expected: layer.size,
            got,
        });
    }
    match session.end_spool(spool) {
        Ok(()) => Ok(None),
        Err(Error::DigestMismatch { .. }) if left > 0 => {
            stage.abort();
            let path = stage.path();
            std::fs::remove_file(path)
                .map_err(|source| Error::io("removing a staged blob", path, source))?;
            let stage = Stage::resume(path.to_owned())?;
            into(session, &layer, stage, 0).map(Some)
        }
        Err(error) => Err(error),
    }
}
