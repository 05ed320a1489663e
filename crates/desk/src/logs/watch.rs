//! A log, line by line, over the container's end and its next start.

use futures_util::{Stream, StreamExt};
use gantry_client::{Client, LogRange};
use gantry_view::{Failure, LogItem, LogLine, WatchLog};
use gantry_wire::gantry::{self, Change, LogBatch, LogStream};

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
        let mut reader = Reader {
            request,
            items,
            last: None,
            told: Told::Nothing,
        };
        loop {
            let client = desk.link().client().await?;
            match reader.follow(&client).await {
                // The next engine has the rest of it.
                Err(lost) if lost.code == "engine-lost" => {}
                Err(failure) => return Err(failure),
                Ok(Next::Again) => {}
                Ok(Next::Gone) => return Ok(()),
            }
        }
    })
}

/// One subscription, which may read from several engines and over several runs.
struct Reader {
    request: WatchLog,
    items: Items<LogItem>,
    /// The number of the last line that was read.
    last: Option<u64>,
    told: Told,
}

/// How far the window knows the log.
#[derive(PartialEq)]
enum Told {
    Nothing,
    /// It has every line that there was when it asked.
    CaughtUp,
    /// It has every line that there will be until the next start.
    Ended,
}

enum Next {
    Again,
    /// The container was removed.
    Gone,
}

impl Reader {
    /// Passes lines on until the engine ends the stream, then waits for the next start.
    async fn follow(&mut self, client: &Client) -> Result<Next, Failure> {
        let range = LogRange {
            from: self.last.map(|last| last + 1),
            tail: Some(self.request.tail.into()),
            follow: true,
            ..LogRange::default()
        };
        let mut batches = client
            .log_lines(&self.request.id, range)
            .await
            .map_err(failure)?;
        while let Some(batch) = batches.next().await {
            self.pass(batch.map_err(failure)?).await;
        }
        self.caught_up().await;
        self.ended().await;
        started_again(client, &self.request.id).await
    }

    async fn pass(&mut self, batch: LogBatch) {
        if let Some(line) = batch.lines.last() {
            self.last = Some(line.number);
            if self.told == Told::Ended {
                self.told = Told::CaughtUp;
            }
        }
        let since = self.request.since;
        let lines: Vec<_> = batch
            .lines
            .into_iter()
            .map(line)
            .filter(|line| since.is_none_or(|since| line.time >= since))
            .collect();
        if !lines.is_empty() {
            self.items.send(LogItem::Lines(lines)).await;
        }
        if batch.at_end {
            self.caught_up().await;
        }
        if batch.ended {
            self.ended().await;
        }
    }

    async fn caught_up(&mut self) {
        if self.told == Told::Nothing {
            self.told = Told::CaughtUp;
            let total = self.last.unwrap_or_default();
            self.items.send(LogItem::CaughtUp { total }).await;
        }
    }

    async fn ended(&mut self) {
        if self.told != Told::Ended {
            self.told = Told::Ended;
            self.items.send(LogItem::Ended).await;
        }
    }
}

/// Waits until the container runs.
async fn started_again(client: &Client, id: &str) -> Result<Next, Failure> {
    let mut updates = client.updates(None).await.map_err(failure)?;
    while let Some(update) = updates.next().await {
        match update.map_err(failure)?.change {
            Change::Snapshot(snapshot) => {
                let mut rows = snapshot.containers.iter();
                match rows.find(|row| row.id == id) {
                    Some(row) if is_up(row) => return Ok(Next::Again),
                    Some(_) => {}
                    None => return Ok(Next::Gone),
                }
            }
            Change::Container(row) if row.id == id && is_up(&row) => return Ok(Next::Again),
            Change::ContainerRemoved(gone) if gone == id => return Ok(Next::Gone),
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
