//! What a container uses, and its processes.

use gantry_engine::StatsQuery;

use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

/// The head is sent at once; a single reading may take a second or two.
pub(super) fn stats(call: &Call, id: &str) -> Result<Response, Error> {
    let one_shot = call.query.flag("one-shot");
    let query = match (call.query.flag_or("stream", true), one_shot) {
        (true, true) => {
            let message = "cannot have stream=true and one-shot=true";
            return Err(Error::BadRequest(message.to_owned()));
        }
        (true, false) => StatsQuery::Stream,
        (false, true) => StatsQuery::Once,
        (false, false) => StatsQuery::Twice,
    };
    Ok(response::lines(call.engine.stats(id, query)?))
}

pub(super) async fn top(call: &Call, id: &str) -> Result<Response, Error> {
    let arguments = call.query.get("ps_args");
    Ok(response::ok(&call.engine.top(id, arguments).await?))
}
