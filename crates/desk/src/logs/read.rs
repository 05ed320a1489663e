//! Parts of a log.

use futures_util::StreamExt;
use gantry_client::LogRange;
use gantry_view::{Failure, FindLogTime, LogLine, ReadLog};
use gantry_wire::{Timestamp, gantry};

use crate::{Desk, failure::failure};

pub(crate) async fn read(desk: &Desk, request: ReadLog) -> Result<Vec<LogLine>, Failure> {
    let range = LogRange {
        from: Some(request.from),
        limit: Some(request.limit.into()),
        side: request.side.map(super::side),
        ..LogRange::default()
    };
    let lines = lines(desk, &request.id, &range).await?;
    Ok(lines.into_iter().map(super::line).collect())
}

pub(crate) async fn find_time(desk: &Desk, request: FindLogTime) -> Result<Option<u64>, Failure> {
    let range = LogRange {
        since: Timestamp::from_millisecond(request.time).ok(),
        limit: Some(1),
        ..LogRange::default()
    };
    let first = lines(desk, &request.id, &range).await?;
    Ok(first.first().map(|line| line.number))
}

async fn lines(desk: &Desk, id: &str, range: &LogRange) -> Result<Vec<gantry::LogLine>, Failure> {
    let client = desk.link().client().await?;
    let mut batches = client.log_lines(id, range).await.map_err(failure)?;
    let mut lines = Vec::new();
    while let Some(batch) = batches.next().await {
        lines.append(&mut batch.map_err(failure)?.lines);
    }
    Ok(lines)
}
