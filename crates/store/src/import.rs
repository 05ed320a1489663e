//! Importing: an image of one layer from the tar of a root file system.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use gantry_oci::{Compression, HistoryItem, RootFs, media_type};

use crate::load::{Candidate, Document, Session, load_failed, open_file};
use crate::stream::CountingReader;
use crate::tarball::looks_like_tar;
use crate::{CancelFlag, Error, ImportRequest, Loaded, Progress, Result, Store};

const BUFFER: usize = 1 << 20;
/// What the layer is called while it has no digest.
const LAYER: &str = "the root file system";

impl Store {
    /// Makes an image of a root file system that comes as a tar: plain, gzip or zstd.
    ///
    /// The tar becomes the only layer, stored as it came.
    pub fn import(
        &self,
        input: impl Read + Send,
        request: &ImportRequest,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<Loaded> {
        self.import_sized(input, None, request, progress, cancel)
    }

    /// The same from a file.
    pub fn import_path(
        &self,
        path: &Path,
        request: &ImportRequest,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<Loaded> {
        let (file, metadata) = open_file(path)?;
        if !metadata.is_file() {
            return Err(Error::NotAnImage("it is not a file".to_owned()));
        }
        self.import_sized(file, Some(metadata.len()), request, progress, cancel)
    }

    fn import_sized(
        &self,
        input: impl Read + Send,
        total: Option<u64>,
        request: &ImportRequest,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<Loaded> {
        if let Some(name) = request.names.iter().find(|name| name.digest().is_some()) {
            return Err(Error::TagWithDigest(name.clone()));
        }
        let counted = CountingReader::new(input, total, progress, cancel);
        let mut input = BufReader::with_capacity(BUFFER, counted);
        let loaded = Session::run(self, progress, cancel, |session| {
            let layer = spool(session, &mut input, total)?;
            let diff_id = session.diff_id_of(&layer)?;
            let config = config(request, diff_id)?;
            let parsed = session.config(&config)?;
            Ok(vec![Candidate {
                config,
                parsed,
                names: request
                    .names
                    .iter()
                    .map(|name| name.clone().or_latest())
                    .collect(),
                layers: vec![layer],
                manifest: None,
            }])
        })?;
        loaded.into_iter().next().ok_or(Error::Cancelled)
    }
}

/// Reads the whole stream as one layer.
fn spool(
    session: &mut Session<'_>,
    input: &mut impl BufRead,
    total: Option<u64>,
) -> Result<crate::load::ArchiveFile> {
    let reading = |error| Error::from_stream(error, "reading the archive", LAYER);
    let head = input.fill_buf().map_err(reading)?;
    let compression = Compression::detect(head);
    if compression == Compression::None && !looks_like_tar(head) {
        return Err(load_failed(head));
    }
    let mut spool = session.spool(LAYER.to_owned(), total, compression, None)?;
    loop {
        let piece = input.fill_buf().map_err(reading)?;
        let count = piece.len();
        if count == 0 {
            break;
        }
        spool.append(piece)?;
        input.consume(count);
    }
    session.end_spool(spool)?;
    session.files.layer(LAYER)
}

/// The config of the new image.
fn config(request: &ImportRequest, diff_id: gantry_oci::DiffId) -> Result<Document> {
    let created = jiff::Timestamp::now().to_string();
    let mut config = request.config.clone();
    config.created = Some(created.clone());
    config.rootfs = RootFs {
        diff_ids: vec![diff_id],
        ..RootFs::default()
    };
    config.history = vec![HistoryItem {
        created: Some(created),
        comment: request.comment.clone(),
        ..HistoryItem::default()
    }];
    let bytes = serde_json::to_vec(&config).map_err(|error| Error::Invalid {
        what: media_type::OCI_CONFIG.to_owned(),
        why: error.to_string(),
    })?;
    Ok(bytes.into())
}
