//! Images that containers stand on which are still being made.
//!
//! A container in the making claims its image for as long as the registry does not know the
//! container; whoever removes images counts claims as containers. The two meet in one lock, so that
//! an image is either claimed in time or gone before it is claimed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gantry_oci::{DiffId, ImageId};
use gantry_store::{Image, InUse, Store};

use super::id::ContainerId;
use crate::image::ImageUser;
use crate::{Error, Result};

/// All claims of one engine.
#[derive(Debug, Default)]
pub(crate) struct ImageClaims {
    /// Held while images are removed, and for the moment of a claim.
    deciding: Mutex<()>,
    claims: Arc<Mutex<Claims>>,
}

type Claims = HashMap<ContainerId, Claim>;

#[derive(Debug)]
struct Claim {
    image: ImageId,
    layers: Vec<DiffId>,
}

/// Keeps an image until it is dropped.
#[derive(Debug)]
pub(crate) struct ClaimedImage {
    id: ContainerId,
    claims: Arc<Mutex<Claims>>,
}

impl Drop for ClaimedImage {
    fn drop(&mut self) {
        lock(&self.claims).remove(&self.id);
    }
}

impl ImageClaims {
    /// Claims an image for a container to be, unless it is gone.
    pub(crate) fn claim(
        &self,
        store: &Store,
        image: &Image,
        id: &ContainerId,
    ) -> Result<ClaimedImage> {
        let _decided = self.decide();
        if store.image(&image.id).is_err() {
            return Err(Error::NoSuchImage(image.id.to_string()));
        }
        let claim = Claim {
            image: image.id,
            layers: image.layers.clone(),
        };
        lock(&self.claims).insert(id.clone(), claim);
        Ok(ClaimedImage {
            id: id.clone(),
            claims: Arc::clone(&self.claims),
        })
    }

    /// Until the guard is dropped no image is claimed.
    pub(crate) fn decide(&self) -> MutexGuard<'_, ()> {
        self.deciding.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn users_of(&self, image: &ImageId) -> Vec<ImageUser> {
        let claims = lock(&self.claims);
        let of_image = claims.iter().filter(|(_, claim)| claim.image == *image);
        let user = |(id, _): (&ContainerId, &Claim)| ImageUser {
            id: id.as_str().to_owned(),
            running: false,
        };
        of_image.map(user).collect()
    }

    pub(super) fn add_to(&self, in_use: &mut InUse) {
        for claim in lock(&self.claims).values() {
            in_use.images.insert(claim.image);
            in_use.layers.extend(&claim.layers);
        }
    }
}

fn lock(claims: &Mutex<Claims>) -> MutexGuard<'_, Claims> {
    // Insertions and removals only, so a panic elsewhere does not spoil the map.
    claims.lock().unwrap_or_else(PoisonError::into_inner)
}
