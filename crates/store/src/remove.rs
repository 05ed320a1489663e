//! Removing names and images, in Docker's order and words.

use std::collections::BTreeSet;
use std::path::PathBuf;

use gantry_oci::{ChainId, DiffId, ImageId, Reference};

use crate::catalogue::Catalogue;
use crate::names::{NamedBy, resolve};
use crate::{Error, InUse, RemoveOptions, RemovePlan, Removed, Result, Store, links, trash};

impl Store {
    /// What [`Store::remove`] would do; fails where it would.
    pub fn plan_remove(&self, target: &str, options: RemoveOptions) -> Result<RemovePlan> {
        let state = self.state();
        let (image, by) = resolve(&state, target)?;
        plan(&state.catalogue, image, by, &options)
    }

    /// Removes a name, and the image with its last name; or, by id, the image with all its names.
    ///
    /// Whether a container uses the image is for the caller to decide before. Returns the lines that
    /// `docker rmi` prints.
    pub fn remove(&self, target: &str, options: RemoveOptions) -> Result<Vec<Removed>> {
        let _writing = self.writing();
        let (mut catalogue, plan) = {
            let state = self.state();
            let (image, by) = resolve(&state, target)?;
            (
                state.catalogue.clone(),
                plan(&state.catalogue, image, by, &options)?,
            )
        };
        let mut removed = Vec::new();
        for name in &plan.untagged {
            catalogue.names.remove(name);
            catalogue.digests.remove(name);
            removed.push(Removed::Untagged(name.familiar()));
        }
        let mut gone = Vec::new();
        if plan.deletes {
            delete(
                &mut catalogue,
                plan.image,
                &options,
                &mut removed,
                &mut gone,
            );
        }
        catalogue.write(self.layout())?;
        self.state_mut().catalogue = catalogue;
        for id in &gone {
            self.forget_config(id);
        }
        if !gone.is_empty() {
            self.collect(&options.keep)?;
        }
        Ok(removed)
    }

    /// Whether an image was removed and is kept for a container.
    pub fn keeps(&self, image: &ImageId) -> bool {
        self.state().catalogue.kept.contains_key(image)
    }

    /// Lets go of removed images that no container stands on any more.
    pub fn release(&self, in_use: &InUse) -> Result<()> {
        let _writing = self.writing();
        self.release_locked(in_use)
    }

    /// The same for a caller that holds the writer's lock.
    pub(crate) fn release_locked(&self, in_use: &InUse) -> Result<()> {
        let mut catalogue = self.state().catalogue.clone();
        let is_free = |id: &ImageId, _: &mut _| !in_use.has_image(id);
        let freed: Vec<ImageId> = catalogue
            .kept
            .extract_if(.., is_free)
            .map(|(id, _)| id)
            .collect();
        if freed.is_empty() {
            return Ok(());
        }
        catalogue.write(self.layout())?;
        self.state_mut().catalogue = catalogue;
        for id in &freed {
            self.forget_config(id);
        }
        self.collect(in_use)
    }

    /// Throws away what no image needs and no operation relies on. The caller holds the writer's lock.
    pub(crate) fn collect(&self, keep: &InUse) -> Result<()> {
        let layout = self.layout();
        let (blobs, layers, known) = {
            let state = self.state();
            let known: Vec<DiffId> = state.layers.keys().copied().collect();
            (state.catalogue.blobs(), state.catalogue.layers(), known)
        };
        let mut thrown: Vec<PathBuf> = Vec::new();
        for diff_id in known {
            let needed = layers.contains(&diff_id) || keep.has_layer(&diff_id);
            if needed || self.is_pinned(&diff_id.digest()) {
                continue;
            }
            self.state_mut().layers.remove(&diff_id);
            self.database().remove(&[diff_id]);
            links::remove(layout, &diff_id);
            thrown.extend(layout.throw_away(&layout.layer(&diff_id))?);
        }
        let folder = layout.blobs();
        let failed = |source| Error::io("reading", &folder, source);
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let Some(digest) = name
                .to_str()
                .and_then(|name| gantry_oci::Digest::from_hex(name).ok())
            else {
                continue;
            };
            if !blobs.contains(&digest) && !self.is_pinned(&digest) {
                thrown.extend(layout.throw_away(&entry.path())?);
            }
        }
        trash::remove_in_background(thrown);
        Ok(())
    }
}

fn plan(
    catalogue: &Catalogue,
    image: ImageId,
    by: NamedBy,
    options: &RemoveOptions,
) -> Result<RemovePlan> {
    let (names, digests) = (catalogue.names_of(image), catalogue.digests_of(image));
    let mut untagged = match by {
        NamedBy::Name(name) => {
            // A name by digest stays as long as its repository has a tag, and goes with the last.
            let others = names.iter().filter(|other| **other != name);
            let last_of_repository = !others.clone().any(|other| other.same_repository(&name));
            let last = others.count() == 0;
            let pinned = digests
                .iter()
                .filter(|pinned| **pinned != name && last_of_repository)
                .filter(|pinned| pinned.same_repository(&name))
                .cloned();
            let mut untagged = vec![name.clone()];
            untagged.extend(pinned);
            let deletes = last
                && digests.iter().all(|pinned| untagged.contains(pinned))
                && !has_children(catalogue, image);
            return Ok(RemovePlan {
                image,
                untagged,
                deletes,
                by_id: false,
            });
        }
        NamedBy::Id => names,
    };
    let repositories: BTreeSet<String> = untagged.iter().map(Reference::repository).collect();
    if repositories.len() > 1 && !options.force {
        return Err(Error::ManyRepositories(image));
    }
    if has_children(catalogue, image) {
        return Err(Error::HasChildren(image));
    }
    untagged.extend(digests);
    Ok(RemovePlan {
        image,
        untagged,
        deletes: true,
        by_id: true,
    })
}

fn has_children(catalogue: &Catalogue, image: ImageId) -> bool {
    catalogue
        .images
        .values()
        .any(|other| other.parent == Some(image))
}

/// Takes an image out of the catalogue, and then its parents that nothing names or needs any more.
fn delete(
    catalogue: &mut Catalogue,
    image: ImageId,
    options: &RemoveOptions,
    removed: &mut Vec<Removed>,
    gone: &mut Vec<ImageId>,
) {
    let mut next = Some(image);
    while let Some(id) = next {
        let Some(record) = catalogue.images.remove(&id) else {
            return;
        };
        removed.push(Removed::Deleted(id.to_string()));
        let (layers, parent) = (record.diff_ids(), record.parent);
        if options.keep.has_image(&id) {
            catalogue.kept.insert(id, record);
        } else {
            gone.push(id);
        }
        let left = chains(catalogue);
        for chain in ChainId::stack(&layers).into_iter().rev() {
            if !left.contains(&chain) {
                removed.push(Removed::Deleted(chain.to_string()));
            }
        }
        let unneeded = |parent: &ImageId| {
            !options.keep_parents
                && catalogue.names_of(*parent).is_empty()
                && catalogue.digests_of(*parent).is_empty()
                && !has_children(catalogue, *parent)
        };
        next = parent.filter(unneeded);
    }
}

/// All stacks of layers that images are made of.
fn chains(catalogue: &Catalogue) -> BTreeSet<ChainId> {
    catalogue
        .images
        .values()
        .flat_map(|image| ChainId::stack(&image.diff_ids()))
        .collect()
}
