//! `/gantry/v1/containers/{id}/log`: a log by the numbers of its lines.

use gantry_engine::{LogSearch, LogWindow};
use gantry_log::Stream;

use super::fallible_lines;
use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

/// How many lines come with the news unless the query says otherwise.
const NEWS_LINES: u64 = 500;

pub(super) async fn route(call: &Call, id: &str, path: &[&str]) -> Result<Response, Error> {
    match path {
        [] => Ok(response::ok(&call.engine.log_extent(id).await?)),
        ["stream"] => stream(call, id).await,
        ["watch"] => {
            let lines = call.query.number("lines")?.unwrap_or(NEWS_LINES);
            Ok(fallible_lines(call.engine.log_news(id, lines).await?))
        }
        ["search"] => search(call, id).await,
        _ => Err(Error::NoSuchPage),
    }
}

/// Lines from a number, a time or the end on.
async fn stream(call: &Call, id: &str) -> Result<Response, Error> {
    let query = &call.query;
    let window = LogWindow {
        from: query.number("from")?,
        since: query.time("since")?.and_then(|time| time.try_into().ok()),
        tail: query.number("tail")?,
        stream: side(call)?,
        limit: query.number("limit")?,
        follow: query.flag("follow"),
    };
    Ok(fallible_lines(call.engine.log_window(id, window).await?))
}

async fn search(call: &Call, id: &str) -> Result<Response, Error> {
    let query = &call.query;
    let search = LogSearch {
        text: query.get("q").unwrap_or_default().to_owned(),
        regex: query.flag("regex"),
        match_case: query.flag("case"),
        stream: side(call)?,
        from: query.number("from")?,
        follow: query.flag("follow"),
    };
    Ok(fallible_lines(call.engine.log_search(id, search).await?))
}

fn side(call: &Call) -> Result<Option<Stream>, Error> {
    match call.query.get("side") {
        None => Ok(None),
        Some("stdout") => Ok(Some(Stream::Stdout)),
        Some("stderr") => Ok(Some(Stream::Stderr)),
        Some(other) => Err(Error::BadRequest(format!(
            "invalid value for side: \"{other}\""
        ))),
    }
}
