//! `docker tag`.

use gantry_oci::{ImageId, Platform, Reference};

use super::Images;
use crate::{Error, Result};

impl Images {
    /// Gives an image one more name; whoever had the name loses it.
    pub async fn tag(&self, name: &str, reference: &str) -> Result<()> {
        let image = self.resolve(name).await?;
        let reference = parse(reference)?;
        let new_name = reference.clone();
        let before = self
            .blocking(move |store| Ok(store.tag(&image.id, &new_name)?))
            .await?;
        self.tagged(image.id, &reference).await;
        self.tell(image.id).await;
        if let Some(loser) = before.filter(|before| *before != image.id) {
            self.tell(loser).await;
        }
        Ok(())
    }

    /// Tells Docker's clients that an image has one more name.
    pub(crate) async fn tagged(&self, image: ImageId, name: &Reference) {
        let id = image.to_string();
        self.event("tag", image, &id, &name.familiar()).await;
    }
}

/// A platform as people write it.
pub(crate) fn platform(text: &str) -> Result<Platform> {
    Platform::parse(text).ok_or_else(|| {
        Error::Invalid(format!(
            "\"{text}\": unknown operating system or architecture: invalid argument"
        ))
    })
}

/// A name for an image, `latest` where it has no tag.
pub(crate) fn parse(text: &str) -> Result<Reference> {
    let reference: Reference = text
        .parse()
        .map_err(|_| Error::Invalid(format!("invalid reference format: \"{text}\"")))?;
    Ok(reference.or_latest())
}
