//! `/volumes`.

use hyper::{Method, StatusCode};

use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

pub(crate) async fn route(call: Call, path: &[&str]) -> Result<Response, Error> {
    match (&call.method, path) {
        (&Method::GET, []) => {
            let filters = call.query.filters()?;
            Ok(response::ok(&call.engine.list_volumes(filters).await?))
        }
        (&Method::POST, ["create"]) => create(call).await,
        (&Method::POST, ["prune"]) => {
            let filters = call.query.filters()?;
            Ok(response::ok(&call.engine.prune_volumes(filters).await?))
        }
        (&Method::GET, [name]) => Ok(response::ok(&call.engine.inspect_volume(name).await?)),
        (&Method::DELETE, [name]) => remove(&call, name).await,
        _ => Err(Error::NoSuchPage),
    }
}

async fn create(mut call: Call) -> Result<Response, Error> {
    let request = call.json_if_any().await?.unwrap_or_default();
    let volume = call.engine.create_volume(request).await?;
    Ok(response::json(StatusCode::CREATED, &volume))
}

/// With `force` a volume that is not there counts as removed.
async fn remove(call: &Call, name: &str) -> Result<Response, Error> {
    let force = call.query.flag("force");
    match call.engine.remove_volume(name).await {
        Err(gantry_engine::Error::NoSuchVolume(_)) if force => {}
        removed => removed?,
    }
    Ok(response::no_content())
}
