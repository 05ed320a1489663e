//! Attaching to a container's streams, and the size of its terminal.

use gantry_engine::AttachOptions;
use hyper::StatusCode;

use crate::error::Error;
use crate::hijack::{Hijack, Stream};
use crate::request::Call;
use crate::response::{self, Response};

pub(super) async fn attach(call: &Call, id: &str) -> Result<Response, Error> {
    let query = &call.query;
    let options = AttachOptions {
        logs: query.flag("logs"),
        stream: query.flag("stream"),
        stdin: query.flag("stdin"),
        stdout: query.flag("stdout"),
        stderr: query.flag("stderr"),
        detach_keys: query.get("detachKeys").map(str::to_owned),
    };
    let attachment = call.engine.attach(id, options).await?;
    Ok(Hijack::new(&call.headers, Stream::Attach(attachment)).into_response())
}

pub(super) async fn resize(call: &Call, id: &str) -> Result<Response, Error> {
    let (rows, columns) = size(call)?;
    call.engine.resize(id, rows, columns).await?;
    Ok(response::empty(StatusCode::OK))
}

/// The terminal's size that a request names: rows and columns.
pub(crate) fn size(call: &Call) -> Result<(u16, u16), Error> {
    let rows = call.query.number("h")?;
    let columns = call.query.number("w")?;
    rows.zip(columns)
        .ok_or_else(|| Error::BadRequest("h and w are needed".to_owned()))
}
