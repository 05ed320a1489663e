//! `/_ping`, `/version`, `/info`, `/system/df`, and what is asked of every engine but is empty here.

use hyper::Method;
use hyper::header::{CACHE_CONTROL, HeaderValue, PRAGMA};
use serde_json::json;

use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

pub(crate) async fn route(call: Call, path: &[&str]) -> Result<Response, Error> {
    match (&call.method, path) {
        (&Method::GET, ["_ping"]) => Ok(ping()),
        (&Method::GET, ["version"]) => Ok(response::ok(&call.engine.version())),
        (&Method::GET, ["info"]) => Ok(response::ok(&call.engine.info().await?)),
        (&Method::GET, ["system", "df"]) => Ok(response::ok(&call.engine.disk_usage().await?)),
        (&Method::GET, ["plugins"]) => Ok(response::ok(&json!([]))),
        (_, ["plugins", name, ..]) => Err(Error::NotFound(format!("plugin \"{name}\" not found"))),
        (_, ["auth"]) => Err(Error::NotImplemented("login")),
        (_, ["_ping" | "version" | "info"]) => Err(Error::MethodNotAllowed),
        _ => Err(Error::NoSuchPage),
    }
}

/// Tells clients what to expect: `Builder-Version` 1 is the classic builder.
fn ping() -> Response {
    let mut response = response::text("OK");
    let headers = response.headers_mut();
    headers.insert("Builder-Version", HeaderValue::from_static("1"));
    headers.insert("Swarm", HeaderValue::from_static("inactive"));
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-store, must-revalidate"),
    );
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
