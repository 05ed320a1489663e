//! `/networks`.

use hyper::{Method, StatusCode};

use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

pub(crate) async fn route(mut call: Call, path: &[&str]) -> Result<Response, Error> {
    match (&call.method, path) {
        (&Method::GET, []) => {
            let filters = call.query.filters()?;
            Ok(response::ok(&call.engine.list_networks(&filters)?))
        }
        (&Method::POST, ["create"]) => {
            let request = call.json().await?;
            let made = call.engine.create_network(request).await?;
            Ok(response::json(StatusCode::CREATED, &made))
        }
        (&Method::POST, ["prune"]) => {
            let filters = call.query.filters()?;
            Ok(response::ok(&call.engine.prune_networks(&filters).await?))
        }
        (&Method::GET, [name]) => Ok(response::ok(&call.engine.inspect_network(name)?)),
        (&Method::DELETE, [name]) => {
            call.engine.remove_network(name).await?;
            Ok(response::no_content())
        }
        (&Method::POST, [name, "connect"]) => {
            let request = call.json().await?;
            call.engine.connect_network(name, request).await?;
            Ok(response::empty(StatusCode::OK))
        }
        (&Method::POST, [name, "disconnect"]) => {
            let request = call.json().await?;
            call.engine.disconnect_network(name, request).await?;
            Ok(response::empty(StatusCode::OK))
        }
        _ => Err(Error::NoSuchPage),
    }
}
