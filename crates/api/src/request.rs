//! A request on its way to a handler.

use bytes::Bytes;
use gantry_engine::Engine;
use hyper::{HeaderMap, Method};
use serde::de::DeserializeOwned;

use crate::body::{self, RequestBody};
use crate::error::Error;
use crate::query::Query;

/// One request, with the engine it is for.
pub(crate) struct Call {
    pub(crate) engine: Engine,
    /// `GET` for `HEAD` too, whose answer is the same without its body.
    pub(crate) method: Method,
    /// It is `HEAD`: the body need not be made.
    pub(crate) head: bool,
    pub(crate) headers: HeaderMap,
    pub(crate) query: Query,
    pub(crate) body: RequestBody,
}

impl Call {
    /// The whole body as a value.
    pub(crate) async fn json<T: DeserializeOwned>(&mut self) -> Result<T, Error> {
        let bytes = self.bytes().await?;
        serde_json::from_slice(&bytes)
            .map_err(|error| Error::BadRequest(format!("invalid JSON: {error}")))
    }

    /// The whole body as a value, or nothing for an empty body and `null`.
    pub(crate) async fn json_if_any<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Error> {
        let bytes = self.bytes().await?;
        if bytes.trim_ascii().is_empty() {
            return Ok(None);
        }
        serde_json::from_slice(&bytes)
            .map_err(|error| Error::BadRequest(format!("invalid JSON: {error}")))
    }

    async fn bytes(&mut self) -> Result<Bytes, Error> {
        body::collect(&mut self.body).await
    }
}
