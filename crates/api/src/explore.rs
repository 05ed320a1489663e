//! `/gantry/v1/images/{id}/…`: what an image holds.

use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

/// One directory of a layer, or of all layers up to it.
pub(crate) async fn entries(call: &Call, image: &str, layer: &str) -> Result<Response, Error> {
    let layer = layer
        .parse()
        .map_err(|_| Error::BadRequest(format!("invalid layer number: \"{layer}\"")))?;
    let directory = call.query.get("dir").unwrap_or("/");
    let (scope, limit) = (call.query.word("scope")?, call.query.number("limit")?);
    let engine = &call.engine;
    let page = engine
        .layer_entries(image, layer, directory, scope, limit)
        .await?;
    Ok(response::ok(&page))
}

/// Paths by a part of their name.
pub(crate) async fn search(call: &Call, image: &str) -> Result<Response, Error> {
    let text = call.query.get("text").unwrap_or_default().to_owned();
    let (layer, limit) = (call.query.number("layer")?, call.query.number("limit")?);
    let found = call.engine.search_image(image, text, layer, limit).await?;
    Ok(response::ok(&found))
}

/// What of a directory differs in the image that `with` names.
pub(crate) async fn compare(call: &Call, image: &str) -> Result<Response, Error> {
    let with = call
        .query
        .get("with")
        .ok_or_else(|| Error::BadRequest("no other image is named".to_owned()))?;
    let directory = call.query.get("dir").unwrap_or("/");
    let limit = call.query.number("limit")?;
    let engine = &call.engine;
    let found = engine.compare_images(image, with, directory, limit).await?;
    Ok(response::ok(&found))
}

/// The content of one file.
pub(crate) async fn file(call: &Call, image: &str) -> Result<Response, Error> {
    let path = call
        .query
        .get("path")
        .ok_or_else(|| Error::BadRequest("no path is named".to_owned()))?;
    let (layer, scope) = (call.query.number("layer")?, call.query.word("scope")?);
    let content = call.engine.image_file(image, path, layer, scope).await?;
    Ok(response::bytes("application/octet-stream", content))
}
