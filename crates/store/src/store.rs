//! The store itself: opening it, and what it knows about images.

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use gantry_oci::{DiffId, Digest, ImageConfig, ImageId, Platform};

use crate::catalogue::{Catalogue, ImageRecord, LayerRecord};
use crate::database::Database;
use crate::image::fit;
use crate::index::Chain;
use crate::layer::{Layer, LayerFacts};
use crate::layout::Layout;
use crate::limits::Limits;
use crate::partial::{Claim, Partials};
use crate::pins::{Pin, Pins};
use crate::platform::Powers;
use crate::settle::{self, Settler};
use crate::{Error, FilesRoot, Image, Result, sweep};

/// Documents that are read into memory are smaller than this.
const SMALL: u64 = 16 << 20;

/// The images of one data root. Clones share it; all methods block, and the drop of the last one
/// until what is new is on the disk.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    /// What brings new images to the disk; `None` for its own thread.
    settler: Option<Arc<Settler>>,
}

struct Inner {
    layout: Layout,
    database: Database,
    powers: Powers,
    limits: Limits,
    state: RwLock<State>,
    configs: Mutex<HashMap<ImageId, Arc<ImageConfig>>>,
    /// Held by whoever changes what images there are.
    writer: Mutex<()>,
    /// Whether the settler's thread will look again; changes under the writer's lock.
    settling: AtomicBool,
    boot: Option<String>,
    pins: Pins,
    partials: Partials,
}

/// What is here.
#[derive(Default)]
pub(crate) struct State {
    pub catalogue: Catalogue,
    pub layers: HashMap<DiffId, LayerFacts>,
}

impl Store {
    /// Opens the store below `root`, creating it where it is missing.
    ///
    /// What a crash left behind is removed in the background, except layers: a container may need
    /// one that no image has, so these wait for [`Store::sweep`]. One process opens a root at
    /// a time: the engine's lock sees to that.
    pub fn open(root: &Path) -> Result<Self> {
        Self::open_with(root, Limits::default())
    }

    /// Opens the store with other bounds on what comes in.
    pub fn open_with(root: &Path, limits: Limits) -> Result<Self> {
        let layout = Layout::create(root)?;
        let boot = settle::boot();
        let mut catalogue = Catalogue::read(&layout.catalogue())?;
        settle::drop_lost(&layout, &mut catalogue, boot.as_deref())?;
        let unsettled = catalogue.unsettled.is_some();
        let database = Database::open(&layout.database())?;
        let layers = sweep::open(&layout, &catalogue, &database)?;
        let inner = Inner {
            layout,
            database,
            powers: Powers::detect(),
            limits,
            state: RwLock::new(State { catalogue, layers }),
            configs: Mutex::default(),
            writer: Mutex::new(()),
            settling: AtomicBool::new(false),
            boot,
            pins: Pins::default(),
            partials: Partials::default(),
        };
        let store = Self {
            inner: Arc::new(inner),
            settler: Some(Arc::default()),
        };
        if unsettled {
            let _writing = store.writing();
            store.settle_in_background();
        }
        Ok(store)
    }

    /// All images, newest first.
    pub fn images(&self) -> Result<Vec<Image>> {
        let ids: Vec<ImageId> = self.state().catalogue.images.keys().copied().collect();
        let mut images = Vec::with_capacity(ids.len());
        for id in ids {
            match self.image(&id) {
                Ok(image) => images.push(image),
                // Removed in between.
                Err(Error::NoSuchImage(_)) => {}
                Err(error) => return Err(error),
            }
        }
        images.sort_by(|a, b| {
            b.config
                .created
                .cmp(&a.config.created)
                .then(a.id.cmp(&b.id))
        });
        Ok(images)
    }

    /// One image.
    pub fn image(&self, id: &ImageId) -> Result<Image> {
        self.state().image(id)?;
        let config = self.config(id)?;
        let state = self.state();
        let record = state.image(id)?;
        let layers = record.diff_ids();
        let platform = config.platform();
        Ok(Image {
            id: *id,
            names: state.catalogue.names_of(*id),
            digests: state.catalogue.digests_of(*id),
            manifest: record.manifest.digest,
            size: layers
                .iter()
                .filter_map(|id| state.layers.get(id))
                .map(|facts| facts.size)
                .sum(),
            stored_size: record.layers.iter().map(|layer| layer.blob.size).sum(),
            layers,
            blobs: record
                .layers
                .iter()
                .map(|layer| layer.blob.public())
                .collect(),
            parent: record.parent,
            tagged_at: record.tagged_at,
            fit: fit(&platform, &Platform::host()),
            platform,
            config,
        })
    }

    /// The config of an image, also of a removed one that a container stands on; parsed once.
    pub fn config(&self, id: &ImageId) -> Result<Arc<ImageConfig>> {
        if let Some(config) = self.configs().get(id) {
            return Ok(Arc::clone(config));
        }
        self.state().base(id)?;
        let path = self.layout().blob(&id.digest());
        let bytes = std::fs::read(&path).map_err(|source| Error::io("reading", &path, source))?;
        let config: ImageConfig =
            serde_json::from_slice(&bytes).map_err(|error| Error::Damaged {
                what: path.display().to_string(),
                why: error.to_string(),
            })?;
        let config = Arc::new(config);
        self.configs().insert(*id, Arc::clone(&config));
        Ok(config)
    }

    /// One layer.
    pub fn layer(&self, diff_id: &DiffId) -> Result<Layer> {
        let state = self.state();
        let facts = state.layers.get(diff_id).ok_or_else(|| Error::Damaged {
            what: format!("layer {diff_id}"),
            why: "it is not here".to_owned(),
        })?;
        Ok(Layer::new(self.layout(), facts.clone()))
    }

    /// The merged view of an image's layers.
    pub fn chain(&self, id: &ImageId) -> Result<Chain> {
        let layers = self.state().image(id)?.diff_ids();
        self.chain_of(&layers)
    }

    /// The merged view of a stack of layers, given lowest first.
    pub fn chain_of(&self, layers: &[DiffId]) -> Result<Chain> {
        let indexes = layers
            .iter()
            .rev()
            .map(|layer| self.layer(layer)?.entries());
        Ok(Chain::new(indexes.collect::<Result<_>>()?))
    }

    /// The layer directories for overlayfs, topmost first, under short names below the store's root:
    /// `<root>/l/<12 digits>`. Relative to the root even 127 of them fit into mount options.
    pub fn lower_dirs(&self, id: &ImageId) -> Result<Vec<PathBuf>> {
        let layers = self.state().image(id)?.diff_ids();
        self.layer_dirs(&layers)
    }

    /// The same for a stack of layers, given lowest first, whose image may be gone.
    pub fn layer_dirs(&self, layers: &[DiffId]) -> Result<Vec<PathBuf>> {
        let missing = layers
            .iter()
            .find(|layer| !self.layout().layer_diff(layer).is_dir());
        if let Some(layer) = missing {
            return Err(Error::Damaged {
                what: format!("layer {layer}"),
                why: "its directory is missing".to_owned(),
            });
        }
        layers
            .iter()
            .rev()
            .map(|layer| crate::links::ensure(self.layout(), layer))
            .collect()
    }

    /// The path of a stored blob, whether it is there or not.
    pub fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.layout().blob(digest)
    }

    /// The files below an open root, with the store's limits.
    pub fn files_root(&self, root: OwnedFd) -> FilesRoot {
        FilesRoot::new(root, self.limits().clone())
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.inner.layout
    }

    pub(crate) fn database(&self) -> &Database {
        &self.inner.database
    }

    pub(crate) fn powers(&self) -> Powers {
        self.inner.powers
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    pub(crate) fn state(&self) -> RwLockReadGuard<'_, State> {
        self.inner
            .state
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.inner
            .state
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// This boot of the kernel.
    pub(crate) fn boot(&self) -> Option<&str> {
        self.inner.boot.as_deref()
    }

    /// What brings new images to the disk.
    pub(crate) fn settler(&self) -> Option<&Settler> {
        self.settler.as_deref()
    }

    /// Whether the settler's thread will look again.
    pub(crate) fn settling(&self) -> &AtomicBool {
        &self.inner.settling
    }

    /// The same store for the thread that the last of the others waits for.
    pub(crate) fn for_settler(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            settler: None,
        }
    }

    /// Excludes all others that change what images there are.
    pub(crate) fn writing(&self) -> MutexGuard<'_, ()> {
        self.inner
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn configs(&self) -> MutexGuard<'_, HashMap<ImageId, Arc<ImageConfig>>> {
        self.inner
            .configs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn forget_config(&self, id: &ImageId) {
        self.configs().remove(id);
    }

    pub(crate) fn pin(&self, digest: Digest) -> Pin {
        self.inner.pins.pin(digest)
    }

    /// The place where a blob is staged, unless another operation has it.
    pub(crate) fn claim(&self, digest: Digest) -> Option<Claim> {
        self.inner.partials.claim(self.layout(), digest)
    }

    pub(crate) fn is_pinned(&self, digest: &Digest) -> bool {
        self.inner.pins.is_pinned(digest)
    }

    /// The layer whose stored bytes have this digest.
    pub(crate) fn layer_by_blob(&self, blob: &Digest) -> Option<(LayerRecord, LayerFacts)> {
        let found = self.state().find_layer(|layer| layer.as_blob(blob));
        found.filter(|(record, _)| self.has_blob_of(record))
    }

    /// The layer with this diff id, with one of its blobs.
    pub(crate) fn layer_by_diff_id(&self, diff_id: &DiffId) -> Option<(LayerRecord, LayerFacts)> {
        let same = |layer: &LayerRecord| layer.diff_id == *diff_id;
        let found = self
            .state()
            .find_layer(|layer| same(layer).then(|| layer.clone()));
        found.filter(|(record, _)| self.has_blob_of(record))
    }

    /// A layer whose bytes were lost is taken as not here, so that a load brings them again.
    fn has_blob_of(&self, record: &LayerRecord) -> bool {
        self.layout().blob(&record.blob.digest).exists()
    }

    /// Whether the stored bytes of some layer are this many.
    pub(crate) fn has_layer_blob_of_size(&self, size: u64) -> bool {
        self.state()
            .find_layer(|layer| (layer.blob.size == size).then(|| layer.clone()))
            .is_some()
    }

    /// A stored document.
    pub(crate) fn small_blob(&self, digest: &Digest) -> Option<Arc<[u8]>> {
        let path = self.layout().blob(digest);
        let size = std::fs::metadata(&path).ok()?.len();
        if size > SMALL {
            return None;
        }
        std::fs::read(&path).ok().map(Into::into)
    }
}

impl State {
    /// The record of an image.
    pub fn image(&self, id: &ImageId) -> Result<&ImageRecord> {
        self.catalogue
            .images
            .get(id)
            .ok_or_else(|| Error::NoSuchImage(id.to_string()))
    }

    /// The same for what containers stand on, which may be a removed image.
    pub fn base(&self, id: &ImageId) -> Result<&ImageRecord> {
        self.catalogue
            .kept
            .get(id)
            .map_or_else(|| self.image(id), Ok)
    }

    fn find_layer(
        &self,
        wanted: impl Fn(&LayerRecord) -> Option<LayerRecord>,
    ) -> Option<(LayerRecord, LayerFacts)> {
        let mut records = self.catalogue.all().flat_map(|(_, image)| &image.layers);
        let record = records.find_map(wanted)?;
        let facts = self.layers.get(&record.diff_id)?;
        Some((record, facts.clone()))
    }
}
