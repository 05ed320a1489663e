//! `/_ping`, `/version`, `/info`, `/system/df`, and what is asked of every engine but is empty here.

use gantry_engine::DiskUsageQuery;
use gantry_wire::AuthConfig;
use hyper::Method;
use hyper::header::{CACHE_CONTROL, HeaderValue, PRAGMA};
use serde_json::json;

use crate::credentials;
use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

pub(crate) async fn route(call: Call, path: &[&str]) -> Result<Response, Error> {
    match (&call.method, path) {
        (&Method::GET, ["_ping"]) => Ok(ping()),
        (&Method::GET, ["version"]) => Ok(response::ok(&call.engine.version())),
        (&Method::GET, ["info"]) => Ok(response::ok(&call.engine.info().await?)),
        (&Method::GET, ["system", "df"]) => disk_usage(&call).await,
        (&Method::GET, ["plugins"]) => Ok(response::ok(&json!([]))),
        (_, ["plugins", name, ..]) => Err(Error::NotFound(format!("plugin \"{name}\" not found"))),
        (&Method::POST, ["auth"]) => login(call).await,
        (_, ["_ping" | "version" | "info" | "auth"]) => Err(Error::MethodNotAllowed),
        _ => Err(Error::NoSuchPage),
    }
}

/// What holds how much; with `type` only of these kinds.
async fn disk_usage(call: &Call) -> Result<Response, Error> {
    const KINDS: [&str; 4] = ["container", "image", "volume", "build-cache"];
    let kinds: Vec<_> = call.query.all("type").collect();
    if let Some(unknown) = kinds.iter().find(|kind| !KINDS.contains(kind)) {
        return Err(Error::BadRequest(format!("unknown object type: {unknown}")));
    }
    let is_wanted = |kind| kinds.is_empty() || kinds.contains(&kind);
    let query = DiskUsageQuery {
        containers: is_wanted("container"),
        images: is_wanted("image"),
        volumes: is_wanted("volume"),
    };
    Ok(response::ok(&call.engine.disk_usage(query).await?))
}

/// Says whether a registry believes the client.
async fn login(mut call: Call) -> Result<Response, Error> {
    let config: AuthConfig = call.json().await?;
    let address = config.server_address.clone();
    let credentials = credentials::of(config)
        .ok_or_else(|| Error::BadRequest("no username and password are given".to_owned()))?;
    Ok(response::ok(
        &call.engine.login(&address, credentials).await?,
    ))
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
