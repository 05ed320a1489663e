//! Names: finding images by what people type, giving names and taking them away.

use gantry_oci::{Digest, ImageId, Reference};

use crate::catalogue::{Catalogue, now};
use crate::store::State;
use crate::{Error, Result, Store};

impl Store {
    /// Finds an image by `name`, `name:tag`, `name@digest`, id, or prefix of an id.
    ///
    /// As with Docker a full id wins over a name, and a name over a prefix.
    pub fn resolve(&self, text: &str) -> Result<ImageId> {
        resolve(&self.state(), text).map(|(id, _)| id)
    }

    /// Every tagged name, sorted.
    pub fn names(&self) -> Vec<Reference> {
        self.state().catalogue.names.keys().cloned().collect()
    }

    /// Gives an image a name; returns the image that had it before, if it was another one.
    ///
    /// A name without a tag gets `latest`.
    pub fn tag(&self, id: &ImageId, name: &Reference) -> Result<Option<ImageId>> {
        if name.digest().is_some() {
            return Err(Error::TagWithDigest(name.clone()));
        }
        let name = name.clone().or_latest();
        // Whatever is lost, the name leads to an image.
        let (taken, unsettled) = {
            let catalogue = &self.state().catalogue;
            (
                catalogue.names.contains_key(&name),
                catalogue.is_unsettled(id),
            )
        };
        if taken && unsettled {
            self.settle()?;
        }
        let before = self.change(|catalogue| {
            let image = catalogue.images.get_mut(id);
            image
                .ok_or_else(|| Error::NoSuchImage(id.to_string()))?
                .tagged_at = now();
            Ok(catalogue.names.insert(name.clone(), *id))
        })?;
        Ok(before.filter(|before| before != id))
    }

    /// Takes a name away; the image stays. Returns whether the name was there.
    pub fn untag(&self, name: &Reference) -> Result<bool> {
        let name = name.clone().or_latest();
        self.change(|catalogue| {
            let tagged = catalogue.names.remove(&name).is_some();
            Ok(catalogue.digests.remove(&name).is_some() || tagged)
        })
    }

    /// Changes the catalogue: on disk first, then in memory.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Catalogue) -> Result<T>) -> Result<T> {
        let _writing = self.writing();
        let mut catalogue = self.state().catalogue.clone();
        let result = change(&mut catalogue)?;
        if catalogue != self.state().catalogue {
            catalogue.write(self.layout())?;
            self.state_mut().catalogue = catalogue;
        }
        Ok(result)
    }
}

/// How a text named an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NamedBy {
    Id,
    Name(Reference),
}

/// Finds an image and tells how the text named it.
pub(crate) fn resolve(state: &State, text: &str) -> Result<(ImageId, NamedBy)> {
    let catalogue = &state.catalogue;
    let missing = || Error::NoSuchImage(text.to_owned());
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    if let Ok(digest) = Digest::from_hex(digits) {
        let id = ImageId(digest);
        return if catalogue.images.contains_key(&id) {
            Ok((id, NamedBy::Id))
        } else {
            // As Docker's containerd store does, the digest of a manifest finds its image as well.
            let by_manifest = catalogue
                .images
                .iter()
                .find(|(_, image)| image.manifest.digest == digest);
            by_manifest
                .map(|(id, _)| (*id, NamedBy::Id))
                .ok_or_else(missing)
        };
    }
    if let Ok(name) = text.parse::<Reference>()
        && let Some(found) = by_name(catalogue, &name)
    {
        return Ok(found);
    }
    by_prefix(catalogue, digits)?
        .map(|id| (id, NamedBy::Id))
        .ok_or_else(missing)
}

fn by_name(catalogue: &Catalogue, name: &Reference) -> Option<(ImageId, NamedBy)> {
    let Some(digest) = name.digest() else {
        let name = name.clone().or_latest();
        return catalogue
            .names
            .get(&name)
            .map(|id| (*id, NamedBy::Name(name.clone())));
    };
    let pinned = name.with_digest(digest);
    if let Some(id) = catalogue.digests.get(&pinned) {
        return Some((*id, NamedBy::Name(pinned)));
    }
    // A repository with the digest of an image that carries one of its tags.
    let tagged = catalogue.names.iter().find(|(tagged, id)| {
        tagged.same_repository(name)
            && (id.digest() == digest
                || catalogue
                    .images
                    .get(id)
                    .is_some_and(|image| image.manifest.digest == digest))
    });
    tagged.map(|(_, id)| (*id, NamedBy::Id))
}

/// The image whose id starts with these digits; several are an error.
fn by_prefix(catalogue: &Catalogue, digits: &str) -> Result<Option<ImageId>> {
    let hexadecimal = digits
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if digits.is_empty() || digits.len() > 64 || !hexadecimal {
        return Ok(None);
    }
    let candidates: Vec<ImageId> = catalogue
        .images
        .keys()
        .filter(|id| id.to_hex().starts_with(digits))
        .copied()
        .collect();
    match candidates[..] {
        [] => Ok(None),
        [id] => Ok(Some(id)),
        _ => Err(Error::AmbiguousPrefix {
            prefix: digits.to_owned(),
            candidates,
        }),
    }
}
