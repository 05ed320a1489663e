//! `/volumes`: none yet. Named volumes come with the volume store.

use gantry_wire::VolumeList;
use hyper::Method;
use serde_json::json;

use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

pub(crate) fn route(call: &Call, path: &[&str]) -> Result<Response, Error> {
    match (&call.method, path) {
        (&Method::GET, []) => {
            call.query.filters()?;
            Ok(response::ok(&VolumeList::default()))
        }
        (&Method::POST, ["create"]) => Err(Error::NotImplemented("volume create")),
        (&Method::POST, ["prune"]) => Ok(response::ok(&json!({
            "VolumesDeleted": [],
            "SpaceReclaimed": 0,
        }))),
        (&Method::GET | &Method::DELETE, [name]) => {
            Err(Error::NotFound(format!("get {name}: no such volume")))
        }
        _ => Err(Error::NoSuchPage),
    }
}
