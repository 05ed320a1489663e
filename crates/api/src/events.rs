//! `GET /events`.

use futures_util::StreamExt;
use gantry_engine::EventQuery;
use hyper::Method;

use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

/// Streams events until the client leaves, or until the time it named.
pub(crate) fn events(call: Call) -> Result<Response, Error> {
    if call.method != Method::GET {
        return Err(Error::MethodNotAllowed);
    }
    let query = EventQuery {
        since: call.query.time("since")?,
        until: call.query.time("until")?,
        filters: call.query.filters()?,
    };
    if query
        .since
        .zip(query.until)
        .is_some_and(|(since, until)| since > until)
    {
        let text = |name| call.query.get(name).unwrap_or_default();
        return Err(Error::BadRequest(format!(
            "`since` time ({}) cannot be after `until` time ({})",
            text("since"),
            text("until")
        )));
    }
    let events = call.engine.events(query);
    Ok(response::bytes(
        "application/json",
        events.map(|event| response::line(&*event)),
    ))
}
