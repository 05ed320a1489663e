//! Answers of calls and transfers: JSON, and failures with a fitting status.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use gantry_view::Failure;

/// A reply that is JSON already.
pub(super) fn json(bytes: Vec<u8>) -> Response {
    let mut response = Body::from(bytes).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// A failure that is the server's own.
pub(super) fn failure(status: StatusCode, failure: &Failure) -> Response {
    let body = serde_json::to_vec(failure).unwrap_or_default();
    (status, json(body)).into_response()
}

/// A call that failed.
pub(super) fn failed(cause: &Failure) -> Response {
    let status = match cause.code.as_str() {
        "bad-request" => StatusCode::BAD_REQUEST,
        "unknown-call" => StatusCode::NOT_FOUND,
        "engine-lost" => StatusCode::BAD_GATEWAY,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    failure(status, cause)
}
