use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use gantry_desk::Desk;

use super::reply;

/// `POST /rpc/NAME`: a call with its JSON as the body.
pub(super) async fn call(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    body: Bytes,
) -> Response {
    match desk.call(&name, &body).await {
        Ok(bytes) => reply::json(bytes),
        Err(failure) => reply::failed(&failure),
    }
}
