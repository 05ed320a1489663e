//! `/networks`: the three that every engine has. User networks come with the network crate.

use gantry_wire::{NEVER, Network};
use hyper::Method;
use serde_json::json;

use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

pub(crate) fn route(call: &Call, path: &[&str]) -> Result<Response, Error> {
    match (&call.method, path) {
        (&Method::GET, []) => Ok(response::ok(&built_in())),
        (&Method::POST, ["create"]) => Err(Error::NotImplemented("network create")),
        (&Method::POST, ["prune"]) => Ok(response::ok(&json!({ "NetworksDeleted": null }))),
        (&Method::GET, [name]) => find(name).map(|network| response::ok(&network)),
        (&Method::DELETE, [name]) => {
            let network = find(name)?;
            Err(Error::BadRequest(format!(
                "{} is a pre-defined network and cannot be removed",
                network.name
            )))
        }
        (_, [name, "connect" | "disconnect"]) => {
            find(name)?;
            Err(Error::NotImplemented("network connect"))
        }
        _ => Err(Error::NoSuchPage),
    }
}

/// Finds a network by name, id or id prefix.
fn find(name: &str) -> Result<Network, Error> {
    built_in()
        .into_iter()
        .find(|network| network.name == name || network.id.starts_with(name))
        .ok_or_else(|| Error::NotFound(format!("network {name} not found")))
}

fn built_in() -> [Network; 3] {
    [
        ("bridge", "bridge", 'b'),
        ("host", "host", 'c'),
        ("none", "null", 'd'),
    ]
    .map(|(name, driver, digit)| Network {
        name: name.to_owned(),
        // The same on every engine: these networks are never made and never removed.
        id: digit.to_string().repeat(64),
        created: NEVER,
        driver: driver.to_owned(),
        ..Network::default()
    })
}
