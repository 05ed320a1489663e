//! From method and path to the handler.

use gantry_engine::Engine;
use hyper::{Method, Request};
use percent_encoding::percent_decode_str;

use crate::body::RequestBody;
use crate::error::Error;
use crate::query::Query;
use crate::request::Call;
use crate::response::{self, Response};
use crate::{containers, events, exec, gantry, images, networks, system, version, volumes};

/// Answers one request.
pub(crate) async fn route(engine: Engine, request: Request<RequestBody>) -> Response {
    let (parts, body) = request.into_parts();
    tracing::debug!(method = %parts.method, uri = %parts.uri, "request");
    let call = Call {
        engine,
        query: Query::parse(parts.uri.query().unwrap_or_default()),
        headers: parts.headers,
        head: parts.method == Method::HEAD,
        // hyper leaves the body out of an answer to HEAD.
        method: match parts.method {
            Method::HEAD => Method::GET,
            method => method,
        },
        body,
    };
    let mut response = match dispatch(call, parts.uri.path()).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    };
    response::stamp(response.headers_mut());
    response
}

async fn dispatch(call: Call, path: &str) -> Result<Response, Error> {
    let segments = segments(version::strip(path)?)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["_ping" | "version" | "info"] | ["system" | "plugins" | "auth", ..] => {
            system::route(call, &segments).await
        }
        ["containers", rest @ ..] => containers::route(call, rest).await,
        ["commit"] => containers::commit(call).await,
        ["images", rest @ ..] => images::route(call, rest).await,
        ["distribution", rest @ ..] => images::distribution(call, rest).await,
        ["events"] => events::events(call),
        ["networks", rest @ ..] => networks::route(call, rest).await,
        ["volumes", rest @ ..] => volumes::route(call, rest).await,
        ["gantry", "v1", rest @ ..] => gantry::route(call, rest).await,
        ["exec", rest @ ..] => exec::route(call, rest).await,
        ["build", "prune"] => Ok(response::ok(&serde_json::json!({
            "CachesDeleted": null,
            "SpaceReclaimed": 0,
        }))),
        ["build" | "session" | "grpc", ..] => Err(Error::NotImplemented("building images")),
        [
            "swarm" | "nodes" | "services" | "tasks" | "secrets" | "configs",
            ..,
        ] => Err(Error::NotImplemented("swarm mode")),
        _ => Err(Error::NoSuchPage),
    }
}

/// Splits before it decodes, so that an encoded slash stays in its segment. Empty segments do not
/// count, as with Go's path cleaning.
fn segments(path: &str) -> Result<Vec<String>, Error> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| {
            percent_decode_str(segment)
                .decode_utf8()
                .map(Into::into)
                .map_err(|_| Error::BadRequest("the path is not UTF-8".to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_and_decoded() {
        assert_eq!(
            segments("/images/library/busybox%3Alatest//json").unwrap(),
            ["images", "library", "busybox:latest", "json"]
        );
        assert_eq!(segments("/images/a%2Fb/json").unwrap()[1], "a/b");
        assert!(segments("/images/%ff").is_err());
    }
}
