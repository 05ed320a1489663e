//! What containers use.

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use gantry_view::{
    Failure, Process, SaveTable, Usage, UsageHistory, UsagePast, UsagePoint, UsageRound, UsageRow,
    UsageSpan, WatchProcesses, WatchUsage,
};
use gantry_wire::gantry::{self, UsageSource};

use crate::{Desk, failure::failure, file, items::items, path};

/// Follows the figures for as long as someone listens, over the engine's end and its next start.
pub(crate) fn watch(
    desk: &Desk,
    _: WatchUsage,
) -> impl Stream<Item = Result<UsageRound, Failure>> + Send + 'static {
    let desk = desk.clone();
    items(async move |items| {
        loop {
            let client = desk.link().client().await?;
            let mut rounds = client.usage().await.map_err(failure)?;
            // The end of the engine ends the rounds; the next one goes on with them.
            while let Some(Ok(told)) = rounds.next().await {
                items.send(round(told)).await;
            }
        }
    })
}

/// Follows a container's processes, over the engine's end and its next start.
pub(crate) fn processes(
    desk: &Desk,
    request: WatchProcesses,
) -> impl Stream<Item = Result<Vec<Process>, Failure>> + Send + 'static {
    let desk = desk.clone();
    items(async move |items| {
        loop {
            let client = desk.link().client().await?;
            let mut rounds = client.processes(&request.id).await.map_err(failure)?;
            while let Some(Ok(told)) = rounds.next().await {
                items
                    .send(told.rows.into_iter().map(process).collect())
                    .await;
            }
        }
    })
}

/// Writes a table beside its place and renames it there; the number of bytes.
pub(crate) async fn save_table(_: &Desk, request: SaveTable) -> Result<u64, Failure> {
    let path = path::absolute(&request.path)?;
    let table = Bytes::from(request.table);
    let written = file::write_stream(&path, stream::iter([Ok(table)])).await;
    written.map_err(|error| file::failure("file-not-saved", &path, &error))
}

fn process(row: gantry::ProcessRow) -> Process {
    Process {
        pid: row.pid,
        command: row.command,
        cpu: row.cpu,
        memory: row.memory,
        started_at: row.started.as_millisecond(),
    }
}

pub(crate) async fn history(desk: &Desk, request: UsageHistory) -> Result<UsagePast, Failure> {
    let client = desk.link().client().await?;
    let span = match request.span {
        UsageSpan::Minutes => gantry::UsageSpan::Minutes,
        UsageSpan::Hour => gantry::UsageSpan::Hour,
    };
    let history = client.usage_history(&request.id, span).await;
    let history = history.map_err(failure)?;
    let points = history.points.into_iter().map(|point| UsagePoint {
        time: point.time.as_millisecond(),
        usage: usage(point.usage),
    });
    Ok(UsagePast {
        step: i64::from(history.step) * 1000,
        points: points.collect(),
    })
}

fn round(round: gantry::UsageRound) -> UsageRound {
    let rows = round.rows.into_iter().map(|row| UsageRow {
        id: row.id,
        usage: usage(row.usage),
    });
    UsageRound {
        time: round.time.as_millisecond(),
        memory_total: round.memory_total,
        cpus: round.cpus,
        rows: rows.collect(),
    }
}

fn usage(usage: gantry::Usage) -> Usage {
    Usage {
        cpu: usage.cpu,
        memory: usage.memory,
        memory_limit: usage.memory_limit,
        rx_rate: usage.rx_rate,
        tx_rate: usage.tx_rate,
        rx_bytes: usage.rx_bytes,
        tx_bytes: usage.tx_bytes,
        read_rate: usage.read_rate,
        write_rate: usage.write_rate,
        read_bytes: usage.read_bytes,
        write_bytes: usage.write_bytes,
        pids: usage.pids,
        summed: usage.source == UsageSource::Processes,
    }
}
