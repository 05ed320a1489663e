//! `/containers/{id}/archive`, and `/gantry/v1/volumes/{name}/files/archive` alike: files out of a
//! container or a volume and into one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gantry_engine::{Replace, Upload};
use gantry_wire::PathStat;
use gantry_wire::gantry::FilesOf;
use hyper::StatusCode;
use hyper::header::HeaderValue;

use crate::body;
use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

/// What is at the path, in a header; for `GET` all of it follows as a tar.
pub(crate) async fn get(call: &Call, of: &FilesOf) -> Result<Response, Error> {
    let path = path(call)?;
    if call.head {
        let stat = call.engine.path_stat(of, path).await?;
        return with_stat(response::empty(StatusCode::OK), &stat);
    }
    let (stat, archive) = call.engine.archive(of, path).await?;
    with_stat(response::bytes("application/x-tar", archive), &stat)
}

/// Copies the body, a tar, into the folder at the path.
pub(crate) async fn put(call: Call, of: &FilesOf) -> Result<Response, Error> {
    let path = path(&call)?.to_owned();
    let upload = Upload {
        replace: if call.query.flag("noOverwriteDirNonDir") {
            Replace::SameKind
        } else {
            Replace::Anything
        },
        to_its_user: call.query.flag("copyUIDGID"),
    };
    let archive = body::reader(call.body);
    call.engine.put_archive(of, &path, archive, upload).await?;
    Ok(response::empty(StatusCode::OK))
}

fn path(call: &Call) -> Result<&str, Error> {
    call.query
        .get("path")
        .ok_or_else(|| Error::BadRequest("bad parameter: 'path' cannot be empty".to_owned()))
}

pub(crate) fn with_stat(mut response: Response, stat: &PathStat) -> Result<Response, Error> {
    let json = serde_json::to_vec(stat)
        .map_err(|error| Error::BadRequest(format!("the path's facts: {error}")))?;
    let value = HeaderValue::from_str(&STANDARD.encode(json))
        .map_err(|error| Error::BadRequest(error.to_string()))?;
    response.headers_mut().insert(PathStat::HEADER, value);
    Ok(response)
}
