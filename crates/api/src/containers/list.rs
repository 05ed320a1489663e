//! Making containers and looking at them.

use gantry_engine::ContainerQuery;
use gantry_wire::ContainerCreate;
use hyper::StatusCode;

use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

pub(super) async fn list(call: &Call) -> Result<Response, Error> {
    let query = ContainerQuery {
        all: call.query.flag("all"),
        // Docker takes zero and negative numbers for "no limit".
        limit: call
            .query
            .number::<i64>("limit")?
            .and_then(|limit| usize::try_from(limit).ok())
            .filter(|limit| *limit > 0),
        size: call.query.flag("size"),
        filters: call.query.filters()?,
    };
    Ok(response::ok(&call.engine.list_containers(&query).await?))
}

pub(super) async fn create(mut call: Call) -> Result<Response, Error> {
    let body: Option<ContainerCreate> = call.json_if_any().await?;
    let body = body.ok_or_else(|| {
        Error::BadRequest("config cannot be empty in order to create a container".to_owned())
    })?;
    let name = call.query.get("name");
    let platform = call.query.get("platform");
    let created = call.engine.create_container(name, platform, body).await?;
    Ok(response::json(StatusCode::CREATED, &created))
}

pub(super) async fn inspect(call: &Call, id: &str) -> Result<Response, Error> {
    let size = call.query.flag("size");
    Ok(response::ok(
        &call.engine.inspect_container(id, size).await?,
    ))
}

pub(super) async fn changes(call: &Call, id: &str) -> Result<Response, Error> {
    Ok(response::ok(&call.engine.changes(id).await?))
}

/// The files as they are read: nothing is kept aside.
pub(super) async fn export(call: &Call, id: &str) -> Result<Response, Error> {
    let archive = call.engine.export_container(id).await?;
    Ok(response::bytes("application/octet-stream", archive))
}

pub(super) async fn prune(call: &Call) -> Result<Response, Error> {
    let filters = call.query.filters()?;
    Ok(response::ok(&call.engine.prune_containers(&filters).await?))
}
