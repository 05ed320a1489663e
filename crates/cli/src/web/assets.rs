//! The bundle of the user interface, part of this program.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

/// What `cargo xtask ui` made before this program was compiled; may be empty.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Bundle;

const INDEX: &str = "index.html";

/// What a build without the bundle says.
pub(super) const MISSING: &str = "The user interface is not part of this build. \
    Run `cargo xtask ui`, then build `gantry` again; `./dev run` does both.";

/// Whether the bundle is part of this build.
pub(super) fn present() -> bool {
    Bundle::iter().any(|name| name.ends_with(".wasm")) && Bundle::get(INDEX).is_some()
}

/// A file of the bundle; the page itself for every path that is not one.
pub(super) async fn file(uri: Uri, headers: HeaderMap) -> Response {
    if !present() {
        return (StatusCode::SERVICE_UNAVAILABLE, MISSING).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let is_file = path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'));
    let name = if is_file { path } else { INDEX };
    match Bundle::get(name) {
        Some(file) => serve(name, file, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Sends a file, or nothing where the browser has this very one.
fn serve(name: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|given| given.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(content_type(name)),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
