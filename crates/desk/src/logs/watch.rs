//! How a log grows, over the container's ends and starts and those of the engine.

use std::time::Duration;

use futures_util::{Stream, StreamExt};
use gantry_client::Client;
use gantry_view::{Failure, LogNews, WatchLog};
use gantry_wire::gantry;

use crate::{
    Desk,
    failure::failure,
    items::{Items, items},
};

/// Between an engine that ended the news of a container that is still there and the next try.
const PAUSE: Duration = Duration::from_millis(200);

pub(crate) fn watch(
    desk: &Desk,
    request: WatchLog,
) -> impl Stream<Item = Result<LogNews, Failure>> + Send + 'static {
    let desk = desk.clone();
    items(async move |items| {
        loop {
            let client = desk.link().client().await?;
            match follow(&client, &request, &items).await {
                // The next engine has the rest of it.
                Err(lost) if lost.code == "engine-lost" => {}
                Err(failure) => return Err(failure),
                Ok(Next::Again) => tokio::time::sleep(PAUSE).await,
                Ok(Next::Gone) => return Ok(()),
            }
        }
    })
}

enum Next {
    Again,
    /// The container was removed.
    Gone,
}

/// Passes news on until the engine ends them.
async fn follow(
    client: &Client,
    request: &WatchLog,
    items: &Items<LogNews>,
) -> Result<Next, Failure> {
    let news = client.log_news(&request.id, request.lines.into()).await;
    let mut news = news.map_err(failure)?;
    while let Some(news) = news.next().await {
        items.send(told(news.map_err(failure)?)).await;
    }
    match client.inspect_container(&request.id, false).await {
        Ok(_) => Ok(Next::Again),
        Err(_) => Ok(Next::Gone),
    }
}

fn told(news: gantry::LogNews) -> LogNews {
    LogNews {
        first: news.extent.first,
        last: news.extent.last,
        errors: news.extent.stderr,
        bytes: news.extent.bytes,
        ended: news.ended,
        lines: news.lines.into_iter().map(super::line).collect(),
    }
}
