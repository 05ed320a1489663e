//! Images that are whole and may not be on the disk yet.
//!
//! An image comes from somewhere, an archive or a registry, and can come from there again. So nobody
//! waits for the disk: the catalogue names what is [`Unsettled`] and a thread brings it to the disk.
//! An engine that was killed goes on with that; after a power cut such an image is not believed, and
//! goes with what only it used. What exists nowhere else, a commit, is on the disk before anyone is
//! told, and so is what would cost an older image its name.

use std::collections::BTreeSet;
use std::fs::File;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use gantry_oci::ImageId;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, ImageRecord};
use crate::layout::Layout;
use crate::{Error, Result, Store, links, trash};

/// Images that may not be on the disk, unless this is still the boot in which they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unsettled {
    boot: String,
    pub images: BTreeSet<ImageId>,
}

/// The kernel's id for this boot; `None` where it does not tell.
pub(crate) fn boot() -> Option<String> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim_end().to_owned())
}

/// Everything that was written until now is on the disk when this returns.
pub(crate) fn sync(layout: &Layout) -> Result<()> {
    let failed = |source: std::io::Error| Error::io("syncing", layout.root(), source);
    let root = File::open(layout.root()).map_err(failed)?;
    rustix::fs::syncfs(&root).map_err(|error| failed(error.into()))
}

impl Catalogue {
    /// Whether an image may not be on the disk.
    pub fn is_unsettled(&self, id: &ImageId) -> bool {
        let unsettled = self.unsettled.as_ref();
        unsettled.is_some_and(|unsettled| unsettled.images.contains(id))
    }

    /// Marks images of this boot.
    pub fn unsettle(&mut self, boot: &str, images: impl IntoIterator<Item = ImageId>) {
        let unsettled = self.unsettled.get_or_insert_with(|| Unsettled {
            boot: boot.to_owned(),
            images: BTreeSet::new(),
        });
        unsettled.images.extend(images);
    }

    fn settle(&mut self, images: &BTreeSet<ImageId>) {
        if let Some(unsettled) = &mut self.unsettled {
            unsettled.images.retain(|id| !images.contains(id));
            if unsettled.images.is_empty() {
                self.unsettled = None;
            }
        }
    }
}

/// Takes out of the catalogue, and out of the way, what a power cut left in an unknown state.
pub(crate) fn drop_lost(
    layout: &Layout,
    catalogue: &mut Catalogue,
    boot: Option<&str>,
) -> Result<()> {
    let lost = match &catalogue.unsettled {
        Some(unsettled) if Some(unsettled.boot.as_str()) != boot => unsettled.images.clone(),
        _ => return Ok(()),
    };
    catalogue.unsettled = None;
    let mut layers = BTreeSet::new();
    for id in &lost {
        let names = catalogue.names_of(*id);
        tracing::warn!(%id, ?names, "an image was not on the disk yet when the power failed: load or pull it again");
        let record = catalogue.images.remove(id).or(catalogue.kept.remove(id));
        layers.extend(record.iter().flat_map(ImageRecord::diff_ids));
        catalogue.names.retain(|_, image| image != id);
        catalogue.digests.retain(|_, image| image != id);
    }
    // A layer must not outlive its image here: whoever brings it again would find it, and trust it.
    let mut thrown = Vec::new();
    for layer in layers.difference(&catalogue.layers()) {
        links::remove(layout, layer);
        thrown.extend(layout.throw_away(&layout.layer(layer))?);
    }
    trash::remove_in_background(thrown);
    catalogue.write(layout)
}

/// The thread that brings new images to the disk, while there are any.
#[derive(Default)]
pub(crate) struct Settler(Mutex<Option<JoinHandle<()>>>);

impl Settler {
    fn start(&self, store: &Store) {
        if store.settling().swap(true, Ordering::AcqRel) {
            return;
        }
        let own = store.for_settler();
        let started = std::thread::Builder::new()
            .name("settle".to_owned())
            .spawn(move || own.settle_all());
        match started {
            // One that was there before has looked for the last time.
            Ok(started) => {
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(started);
            }
            Err(error) => {
                tracing::warn!(%error, "new images may not survive a power cut");
                store.settling().store(false, Ordering::Release);
            }
        }
    }
}

impl Drop for Settler {
    fn drop(&mut self) {
        let thread = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take() {
            // It does not panic, and if it did the next start would go on.
            let _ = thread.join();
        }
    }
}

impl Store {
    /// Brings what is unsettled to the disk, on a thread. The caller holds the writer's lock.
    pub(crate) fn settle_in_background(&self) {
        if let Some(settler) = self.settler() {
            settler.start(self);
        }
    }

    fn settle_all(&self) {
        loop {
            let settled = self.settle();
            let _writing = self.writing();
            if let Err(error) = &settled {
                tracing::warn!(%error, "new images may not survive a power cut");
            }
            if settled.is_err() || self.state().catalogue.unsettled.is_none() {
                return self.settling().store(false, Ordering::Release);
            }
        }
    }

    /// Brings everything that is unsettled now to the disk.
    pub(crate) fn settle(&self) -> Result<()> {
        let Some(unsettled) = self.state().catalogue.unsettled.clone() else {
            return Ok(());
        };
        sync(self.layout())?;
        self.change(|catalogue| {
            catalogue.settle(&unsettled.images);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::{Duration, Instant};

    use gantry_pack::{Archive, Tree, fixtures};

    use super::*;
    use crate::{CancelFlag, verify};

    /// Loads busybox with a file on top.
    fn load(store: &Store, name: &str, content: &[u8]) -> ImageId {
        let tree = Tree::new().file("file", 0o644, content);
        let image = fixtures::busybox(name)
            .unwrap()
            .layer("COPY", tree)
            .unwrap();
        let archive = Archive::Docker.to_vec(&[image]).unwrap();
        let flag = CancelFlag::default();
        store.load(&archive[..], &(), &flag).unwrap()[0].id
    }

    fn settled(store: &Store) {
        let late = Instant::now() + Duration::from_mins(1);
        while store.state().catalogue.unsettled.is_some() {
            assert!(Instant::now() < late, "the disk was not reached");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What the root looks like to the next boot, when the power fails before these are on the disk.
    fn cut(root: &Path, images: &[ImageId]) {
        let layout = Layout::at(root);
        let mut catalogue = Catalogue::read(&layout.catalogue()).unwrap();
        catalogue.unsettled = None;
        catalogue.unsettle("another boot", images.iter().copied());
        catalogue.write(&layout).unwrap();
        for id in images {
            // Files whose bytes did not arrive are empty.
            fs::write(layout.blob(&catalogue.images[id].layers[1].blob.digest), "").unwrap();
            let layer = catalogue.images[id].layers[1].diff_id;
            fs::write(layout.layer_diff(&layer).join("file"), "").unwrap();
        }
    }

    #[test]
    fn what_was_loaded_reaches_the_disk_and_is_then_forgotten() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        load(&store, "box:1", b"1");
        settled(&store);
        let written = Catalogue::read(&store.layout().catalogue()).unwrap();
        assert_eq!(written.unsettled, None);
        assert_eq!(written.images.len(), 1);
    }

    #[test]
    fn an_engine_of_the_same_boot_goes_on() {
        let root = tempfile::tempdir().unwrap();
        let id = {
            let store = Store::open(root.path()).unwrap();
            let id = load(&store, "box:1", b"1");
            settled(&store);
            store
                .change(|catalogue| {
                    catalogue.unsettle(&boot().unwrap(), [id]);
                    Ok(())
                })
                .unwrap();
            id
        };
        let store = Store::open(root.path()).unwrap();
        assert_eq!(store.resolve("box:1").unwrap(), id);
        settled(&store);
    }

    #[test]
    fn what_a_power_cut_left_half_written_is_gone_and_can_come_again() {
        let root = tempfile::tempdir().unwrap();
        let (whole, half) = {
            let store = Store::open(root.path()).unwrap();
            let images = (load(&store, "box:1", b"1"), load(&store, "box:2", b"2"));
            settled(&store);
            images
        };
        cut(root.path(), &[half]);
        let store = Store::open(root.path()).unwrap();
        assert_eq!(store.resolve("box:1").unwrap(), whole);
        store.resolve("box:2").unwrap_err();
        assert_eq!(verify(root.path()).damages, []);
        assert_eq!(load(&store, "box:2", b"2"), half);
        settled(&store);
        assert_eq!(verify(root.path()).damages, []);
        let layers = store.image(&half).unwrap().layers;
        let file = store.layout().layer_diff(&layers[1]).join("file");
        assert_eq!(fs::read(file).unwrap(), b"2");
    }

    #[test]
    fn a_name_does_not_go_to_an_image_that_may_be_lost() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        load(&store, "box:1", b"1");
        settled(&store);
        // Whether it comes with the name or gets it later.
        let second = load(&store, "box:1", b"2");
        assert!(!store.state().catalogue.is_unsettled(&second));
        let third = load(&store, "box:3", b"3");
        store.tag(&third, &"box:1".parse().unwrap()).unwrap();
        assert!(!store.state().catalogue.is_unsettled(&third));
    }
}
