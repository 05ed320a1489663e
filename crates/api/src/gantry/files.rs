//! `/gantry/v1/containers/{id}/files/…`: a container's files, one folder or one file at a time.

use gantry_engine::Before;
use gantry_wire::Timestamp;
use hyper::Method;

use crate::body;
use crate::containers::with_stat;
use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

pub(super) async fn route(call: Call, id: &str, path: &[&str]) -> Result<Response, Error> {
    match (&call.method, path) {
        (&Method::GET, []) => list(&call, id).await,
        (&Method::DELETE, []) => {
            call.engine.remove_file(id, wanted(&call)?).await?;
            Ok(response::no_content())
        }
        (&Method::GET, ["content"]) => read(&call, id).await,
        (&Method::PUT, ["content"]) => write(call, id).await,
        (&Method::POST, ["folder"]) => {
            call.engine.make_folder(id, wanted(&call)?).await?;
            Ok(response::no_content())
        }
        (&Method::POST, ["revert"]) => {
            call.engine.revert_file(id, wanted(&call)?).await?;
            Ok(response::no_content())
        }
        (&Method::POST, ["rename"]) => rename(call, id).await,
        _ => Err(Error::NoSuchPage),
    }
}

/// One folder; with `changed` only what the container changed.
async fn list(call: &Call, id: &str) -> Result<Response, Error> {
    let dir = call.query.get("dir").unwrap_or_default();
    let limit = call.query.number("limit")?;
    let page = if call.query.flag("changed") {
        call.engine.changed_files(id, dir, limit).await?
    } else {
        call.engine.files(id, dir, limit).await?
    };
    Ok(response::ok(&page))
}

/// The content of a file, with its facts in the header that `cp` has.
async fn read(call: &Call, id: &str) -> Result<Response, Error> {
    let limit = call.query.number("limit")?;
    let (stat, content) = call.engine.read_file(id, wanted(call)?, limit).await?;
    with_stat(response::bytes("application/octet-stream", content), &stat)
}

/// The body becomes the content of a new file, or of the one that has this `size` and `mtime`.
async fn write(call: Call, id: &str) -> Result<Response, Error> {
    let path = wanted(&call)?.to_owned();
    let before = match (call.query.number("size")?, call.query.get("mtime")) {
        (Some(size), Some(mtime)) => Before::File {
            size,
            mtime: mtime
                .parse::<Timestamp>()
                .map_err(|error| Error::BadRequest(format!("mtime: {error}")))?,
        },
        _ => Before::Nothing,
    };
    let content = body::reader(call.body);
    let stat = call.engine.write_file(id, &path, before, content).await?;
    Ok(response::ok(&stat))
}

async fn rename(mut call: Call, id: &str) -> Result<Response, Error> {
    let names = call.json().await?;
    call.engine.rename_file(id, names).await?;
    Ok(response::no_content())
}

fn wanted(call: &Call) -> Result<&str, Error> {
    call.query
        .get("path")
        .ok_or_else(|| Error::BadRequest("no path is named".to_owned()))
}
