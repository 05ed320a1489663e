//! `/gantry/v1/containers/{id}/files/…` and `/gantry/v1/volumes/{name}/files/…`: files, one folder or
//! one at a time.

use gantry_engine::Before;
use gantry_wire::Timestamp;
use gantry_wire::gantry::FilesOf;
use hyper::Method;

use crate::body;
use crate::containers::{archive, with_stat};
use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

pub(super) async fn route(call: Call, of: FilesOf, path: &[&str]) -> Result<Response, Error> {
    match (&call.method, path, &of) {
        (&Method::GET, [], FilesOf::Container(id)) => list(&call, id).await,
        (&Method::POST, ["revert"], FilesOf::Container(id)) => {
            call.engine.revert_file(id, wanted(&call)?).await?;
            Ok(response::no_content())
        }
        // A container's are where Docker has them.
        (&Method::GET, ["archive"], FilesOf::Volume(_)) => archive::get(&call, &of).await,
        (&Method::PUT, ["archive"], FilesOf::Volume(_)) => archive::put(call, &of).await,
        (&Method::DELETE, [], _) => {
            call.engine.remove_file(&of, wanted(&call)?).await?;
            Ok(response::no_content())
        }
        (&Method::GET, ["content"], _) => read(&call, &of).await,
        (&Method::PUT, ["content"], _) => write(call, &of).await,
        (&Method::POST, ["folder"], _) => {
            call.engine.make_folder(&of, wanted(&call)?).await?;
            Ok(response::no_content())
        }
        (&Method::POST, ["rename"], _) => rename(call, &of).await,
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
async fn read(call: &Call, of: &FilesOf) -> Result<Response, Error> {
    let limit = call.query.number("limit")?;
    let (stat, content) = call.engine.read_file(of, wanted(call)?, limit).await?;
    with_stat(response::bytes("application/octet-stream", content), &stat)
}

/// The body becomes the content of a new file, or of the one that has this `size` and `mtime`.
async fn write(call: Call, of: &FilesOf) -> Result<Response, Error> {
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
    let stat = call.engine.write_file(of, &path, before, content).await?;
    Ok(response::ok(&stat))
}

async fn rename(mut call: Call, of: &FilesOf) -> Result<Response, Error> {
    let names = call.json().await?;
    call.engine.rename_file(of, names).await?;
    Ok(response::no_content())
}

fn wanted(call: &Call) -> Result<&str, Error> {
    call.query
        .get("path")
        .ok_or_else(|| Error::BadRequest("no path is named".to_owned()))
}
