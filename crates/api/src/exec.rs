//! `/exec` and `/containers/{id}/exec`: further processes in running containers.

use gantry_wire::{ExecConfig, ExecStart};
use hyper::{Method, StatusCode};

use crate::containers::size;
use crate::error::Error;
use crate::hijack::{Hijack, Stream};
use crate::request::Call;
use crate::response::{self, Response};

/// Finds the handler of a path below `/exec`.
pub(crate) async fn route(call: Call, path: &[&str]) -> Result<Response, Error> {
    match (&call.method, path) {
        (&Method::POST, [id, "start"]) => start(call, id).await,
        (&Method::POST, [id, "resize"]) => resize(&call, id).await,
        (&Method::GET, [id, "json"]) => Ok(response::ok(&call.engine.inspect_exec(id).await?)),
        (_, [_, "start" | "resize" | "json"]) => Err(Error::MethodNotAllowed),
        _ => Err(Error::NoSuchPage),
    }
}

pub(crate) async fn create(mut call: Call, container: &str) -> Result<Response, Error> {
    let config: ExecConfig = call.json_if_any().await?.unwrap_or_default();
    let created = call.engine.create_exec(container, config).await?;
    Ok(response::json(StatusCode::CREATED, &created))
}

async fn start(mut call: Call, id: &str) -> Result<Response, Error> {
    let start: ExecStart = call.json_if_any().await?.unwrap_or_default();
    let execution = call.engine.start_exec(id, start).await?;
    if execution.detach {
        execution.run().await?;
        return Ok(response::empty(StatusCode::OK));
    }
    Ok(Hijack::new(&call.headers, Stream::Exec(execution)).into_response())
}

async fn resize(call: &Call, id: &str) -> Result<Response, Error> {
    let (rows, columns) = size(call)?;
    call.engine.resize_exec(id, rows, columns).await?;
    Ok(response::empty(StatusCode::OK))
}
