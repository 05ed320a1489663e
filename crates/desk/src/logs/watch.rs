//! A log, line by line, over the container's end and its next start.

use futures_util::{Stream, StreamExt};
use gantry_client::{Client, LogRange};
use gantry_view::{Failure, LogItem, LogLine, WatchLog};
use gantry_wire::gantry::{self, Change, LogStream};

use crate::{
    Desk,
    containers::is_up,
    failure::failure,
    items::{Items, items},
};

pub(crate) fn watch(
    desk: &Desk,
    request: WatchLog,
) -> impl Stream<Item = Result<LogItem, Failure>> + Send + 'static {
    let desk = desk.clone();
    items(async move |items| {
        let client = desk.link().client().await?;
        let mut range = LogRange {
            tail: Some(request.tail.into()),
            follow: true,
            ..LogRange::default()
        };
        loop {
            let last = follow(&client, &request, range, &items).await?;
            if !started_again(&client, &request.id).await? {
                return Ok(());
            }
            range.from = Some(last + 1);
        }
    })
}

/// Passes lines on until the engine ends the stream, which it may do once the container has ended;
/// the number of the last line.
async fn follow(
    client: &Client,
    request: &WatchLog,
    range: LogRange,
    items: &Items<LogItem>,
) -> Result<u64, Failure> {
    let mut batches = client
        .log_lines(&request.id, range)
        .await
        .map_err(failure)?;
    let mut last = range.from.map_or(0, |from| from - 1);
    let (mut caught_up, mut ended) = (false, false);
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(failure)?;
        last = batch.lines.last().map_or(last, |line| line.number);
        let lines: Vec<_> = batch
            .lines
            .into_iter()
            .map(line)
            .filter(|line| request.since.is_none_or(|since| line.time >= since))
            .collect();
        if !lines.is_empty() {
            ended = false;
            items.send(LogItem::Lines(lines)).await;
        }
        if batch.at_end && !caught_up {
            caught_up = true;
            items.send(LogItem::CaughtUp { total: last }).await;
        }
        if batch.ended && !ended {
            ended = true;
            items.send(LogItem::Ended).await;
        }
    }
    if !caught_up {
        items.send(LogItem::CaughtUp { total: last }).await;
    }
    if !ended {
        items.send(LogItem::Ended).await;
    }
    Ok(last)
}

/// Waits until the container runs; false when it is gone.
async fn started_again(client: &Client, id: &str) -> Result<bool, Failure> {
    let mut updates = client.updates(None).await.map_err(failure)?;
    while let Some(update) = updates.next().await {
        match update.map_err(failure)?.change {
            Change::Snapshot(snapshot) => {
                let mut rows = snapshot.containers.iter();
                match rows.find(|row| row.id == id) {
                    Some(row) if is_up(row) => return Ok(true),
                    Some(_) => {}
                    None => return Ok(false),
                }
            }
            Change::Container(row) if row.id == id && is_up(&row) => return Ok(true),
            Change::ContainerRemoved(gone) if gone == id => return Ok(false),
            _ => {}
        }
    }
    Err(Failure::new(
        "engine-lost",
        "the engine ended the connection",
    ))
}

fn line(line: gantry::LogLine) -> LogLine {
    LogLine {
        number: line.number,
        time: line.time.as_millisecond(),
        stderr: line.stream == LogStream::Stderr,
        partial: line.partial,
        text: line.text,
    }
}
