//! What a crash left behind, found when the store is opened.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gantry_oci::{DiffId, Digest};

use crate::catalogue::Catalogue;
use crate::database::Database;
use crate::layer::LayerFacts;
use crate::layout::Layout;
use crate::{Error, InUse, Result, Store, trash};

/// How long the beginning of a download is kept.
const STALE: Duration = Duration::from_hours(24);

/// Reads the facts of all layers, and removes in the background what nothing needs: staging folders,
/// thrown away trees, and blobs that were renamed into place just before a crash.
pub(crate) fn open(
    layout: &Layout,
    catalogue: &Catalogue,
    database: &Database,
) -> Result<HashMap<DiffId, LayerFacts>> {
    let unfinished = layout.catalogue();
    gantry_file::remove_unfinished(&unfinished)
        .map_err(|source| Error::io("removing", &unfinished, source))?;
    let mut removed = Vec::new();
    // What was deleted when the process ended lies in the trash still.
    removed.extend(list(&layout.trash())?.into_iter().map(|(path, _)| path));
    removed.extend(layout.throw_away(&layout.staging())?);
    for (path, _) in list(&layout.partials())? {
        if is_stale(&path) {
            removed.extend(layout.throw_away(&path)?);
        }
    }

    let blobs = catalogue.blobs();
    for (path, name) in list(&layout.blobs())? {
        if !Digest::from_hex(&name).is_ok_and(|digest| blobs.contains(&digest)) {
            removed.extend(layout.throw_away(&path)?);
        }
    }
    trash::remove_in_background(removed);

    layers_on_disk(layout, database)
}

/// The facts of all layers: from the database, and from `layer.json` where it does not know one.
fn layers_on_disk(layout: &Layout, database: &Database) -> Result<HashMap<DiffId, LayerFacts>> {
    let mut known = database.layers();
    let (mut layers, mut new) = (HashMap::new(), Vec::new());
    for (_, name) in list(&layout.layers())? {
        let Ok(diff_id) = Digest::from_hex(&name).map(DiffId) else {
            continue;
        };
        if let Some(facts) = known.remove(&diff_id) {
            layers.insert(diff_id, facts);
            continue;
        }
        match LayerFacts::read(&layout.layer_facts(&diff_id)) {
            Ok(facts) => {
                new.push(facts.clone());
                layers.insert(diff_id, facts);
            }
            // The other images are still good: this one says so when it is used.
            Err(error) => tracing::warn!(%diff_id, %error, "a layer cannot be used"),
        }
    }
    if !new.is_empty() {
        database.add(&new);
    }
    if !known.is_empty() {
        database.remove(&known.into_keys().collect::<Vec<_>>());
    }
    Ok(layers)
}

impl Store {
    /// Removes what neither an image nor a container needs, in the background: what was
    /// [kept](crate::RemoveOptions::keep), and what a crash left.
    pub fn sweep(&self, in_use: &InUse) -> Result<()> {
        let _writing = self.writing();
        self.release_locked(in_use)?;
        let needed = self.state().catalogue.layers();
        let mut removed = Vec::new();
        for (path, name) in list(&self.layout().layers())? {
            let diff_id = Digest::from_hex(&name).map(DiffId).ok();
            if let Some(diff_id) = diff_id {
                let kept = needed.contains(&diff_id) || in_use.has_layer(&diff_id);
                if kept || self.is_pinned(&diff_id.digest()) {
                    continue;
                }
                self.state_mut().layers.remove(&diff_id);
                self.database().remove(&[diff_id]);
                crate::links::remove(self.layout(), &diff_id);
            }
            removed.extend(self.layout().throw_away(&path)?);
        }
        trash::remove_in_background(removed);
        Ok(())
    }
}

/// Whether a download was left so long ago that nobody is likely to go on with it.
fn is_stale(path: &Path) -> bool {
    let modified = std::fs::metadata(path).and_then(|found| found.modified());
    modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > STALE))
}

/// The entries of a folder, each with its name.
pub(crate) fn list(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let failed = |source| Error::io("reading", folder, source);
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        entries.push((
            entry.path(),
            entry.file_name().to_string_lossy().into_owned(),
        ));
    }
    Ok(entries)
}
