//! Everything the window shows, from the engine's own events.

use std::time::Duration;

use futures_util::{Stream, StreamExt};
use gantry_client::Lines;
use gantry_view::{Failure, Link, Watch, WatchItem};
use gantry_wire::gantry::Update;

use crate::{
    Desk,
    failure::failure,
    items::{Items, items},
    rows::Rows,
};

/// Pauses in seconds between looks for an engine that does not come back; the last one repeats.
const PAUSES: [u64; 4] = [1, 2, 5, 10];

/// Follows the engine for as long as someone listens, over its end and its next start.
pub(crate) fn watch(
    desk: &Desk,
    _: Watch,
) -> impl Stream<Item = Result<WatchItem, Failure>> + Send + 'static {
    let desk = desk.clone();
    items(async move |items| {
        let mut tries = 0;
        items.send(WatchItem::Link(Link::Connecting)).await;
        loop {
            let lost = match connect(&desk).await {
                Ok(updates) => follow(updates, &items).await,
                Err(failure) => Lost::AtOnce(failure),
            };
            let failure = match lost {
                Lost::Later => {
                    tries = 0;
                    items.send(WatchItem::Link(Link::Connecting)).await;
                    continue;
                }
                Lost::AtOnce(failure) => failure,
            };
            items.send(WatchItem::Link(Link::Lost(failure))).await;
            let pause = PAUSES[usize::min(tries, PAUSES.len() - 1)];
            tries += 1;
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(pause)) => {}
                () = desk.link().asked_again() => tries = 0,
            }
            items.send(WatchItem::Link(Link::Connecting)).await;
        }
    })
}

async fn connect(desk: &Desk) -> Result<Lines<Update>, Failure> {
    let client = desk.link().client().await?;
    client.updates(None).await.map_err(failure)
}

/// How an engine was lost.
enum Lost {
    /// Before it told anything: it will not help to ask again at once.
    AtOnce(Failure),
    /// After it had been followed.
    Later,
}

/// Passes on what the engine tells until it is gone.
async fn follow(mut updates: Lines<Update>, items: &Items<WatchItem>) -> Lost {
    let mut rows = Rows::default();
    let mut heard = false;
    loop {
        match updates.next().await {
            Some(Ok(update)) => {
                if !heard {
                    items.send(WatchItem::Link(Link::Ready)).await;
                }
                heard = true;
                if let Some(item) = rows.take(update.change) {
                    items.send(item).await;
                }
            }
            Some(Err(error)) if !heard => return Lost::AtOnce(failure(error)),
            None if !heard => {
                let raw = "the engine ended the connection";
                return Lost::AtOnce(Failure::new("engine-lost", raw));
            }
            Some(Err(_)) | None => return Lost::Later,
        }
    }
}
