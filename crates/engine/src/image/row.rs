//! An image as a window's list shows it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use gantry_oci::ImageId;
use gantry_store::{DiskUsage, Image, ImageUsage, PlatformFit};
use gantry_wire::gantry;

use super::{ImageUse, Images};
use crate::{Error, Result};

/// Images that wait for their removal.
#[derive(Debug, Clone, Default)]
pub(super) struct Hidden(Arc<Mutex<HashSet<ImageId>>>);

impl Hidden {
    pub fn contains(&self, id: &ImageId) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(id)
    }

    pub fn insert(&self, id: ImageId) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id);
    }

    pub fn remove(&self, id: &ImageId) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id);
    }
}

impl Images {
    /// The rows of all images, newest first.
    pub async fn rows(&self) -> Result<Vec<gantry::Image>> {
        let (hidden, containers) = (self.hidden.clone(), Arc::clone(&self.containers));
        self.blocking(move |store| {
            let usage = store.disk_usage()?;
            let images = store.images()?.into_iter();
            Ok(images
                .filter(|image| !hidden.contains(&image.id))
                .map(|image| row(&image, &usage, containers.as_ref()))
                .collect())
        })
        .await
    }

    /// The row of one image; an error when it is gone or hidden.
    pub async fn row(&self, id: &ImageId) -> Result<gantry::Image> {
        let (id, hidden, containers) = (*id, self.hidden.clone(), Arc::clone(&self.containers));
        self.blocking(move |store| {
            if hidden.contains(&id) {
                return Err(Error::NoSuchImage(id.to_string()));
            }
            Ok(row(
                &store.image(&id)?,
                &store.disk_usage()?,
                containers.as_ref(),
            ))
        })
        .await
    }
}

fn row(image: &Image, usage: &DiskUsage, containers: &dyn ImageUse) -> gantry::Image {
    let run = &image.config.config;
    let words = run
        .entrypoint
        .iter()
        .flatten()
        .chain(run.cmd.iter().flatten());
    let users = containers.users_of(&image.id);
    gantry::Image {
        id: image.id.to_string(),
        tags: image
            .names
            .iter()
            .map(gantry_oci::Reference::familiar)
            .collect(),
        digests: image
            .digests
            .iter()
            .map(gantry_oci::Reference::familiar)
            .collect(),
        created: image
            .config
            .created
            .as_deref()
            .and_then(|time| time.parse().ok()),
        added: jiff::Timestamp::from_nanosecond(i128::from(image.tagged_at)).ok(),
        size: image.size,
        download_size: Some(image.stored_size),
        unique_size: usage_of(usage, &image.id).map_or(image.size, |usage| usage.unique),
        layers: image.layers.len() as u32,
        os: image.platform.os.clone(),
        architecture: image.platform.architecture.clone(),
        variant: image.platform.variant.clone(),
        runnable: image.fit == PlatformFit::Native,
        command: words.map(String::as_str).collect::<Vec<_>>().join(" "),
        exposed_ports: run
            .exposed_ports
            .iter()
            .flat_map(|ports| ports.keys().cloned())
            .collect(),
        env: run.env.clone().unwrap_or_default(),
        working_dir: run.working_dir.clone(),
        user: run.user.clone(),
        volumes: run
            .volumes
            .iter()
            .flat_map(|volumes| volumes.keys().cloned())
            .collect(),
        labels: run.labels.clone().unwrap_or_default(),
        used_by: users.into_iter().map(|user| user.id).collect(),
    }
}

/// What an image holds, where the index knows it.
pub(super) fn usage_of<'a>(usage: &'a DiskUsage, id: &ImageId) -> Option<&'a ImageUsage> {
    usage.images.iter().find(|image| image.id == *id)
}
