//! `logs`.

use clap::Args;
use futures_util::StreamExt;
use gantry_client::{Client, LogChunk, LogOptions, LogRange, LogSearch, Output};
use gantry_wire::gantry::{LogLine, LogRun, LogStream};

use crate::output::when;
use crate::streams;

#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// Follow the log
    #[arg(short, long)]
    follow: bool,
    /// Show times
    #[arg(short, long)]
    timestamps: bool,
    /// Show extra details
    #[arg(long)]
    details: bool,
    /// Number of lines to show from the end
    #[arg(short = 'n', long, value_name = "N|all", default_value = "all")]
    tail: String,
    /// Show what came since a time (2026-01-31T09:30:00Z) or duration (42m)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Show what came before a time or duration
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Show only lines with this text in them
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["since", "until", "tail", "details"])]
    search: Option<String>,
    /// The text is a regular expression
    #[arg(long, requires = "search")]
    regex: bool,
    /// Upper and lower case are the same
    #[arg(short, long, requires = "search")]
    ignore_case: bool,
    container: String,
}

pub(crate) async fn logs(client: &Client, args: LogsArgs) -> anyhow::Result<()> {
    if let Some(text) = &args.search {
        return search(client, &args, text).await;
    }
    let options = LogOptions {
        stdout: true,
        stderr: true,
        follow: args.follow,
        timestamps: args.timestamps,
        details: args.details,
        since: args.since.as_deref().map(when::unix).transpose()?,
        until: args.until.as_deref().map(when::unix).transpose()?,
        tail: args.tail.parse().ok(),
    };
    let mut log = client.logs(&args.container, &options).await?;
    while let Some(chunk) = log.next().await {
        streams::write(&chunk?)?;
    }
    Ok(())
}

/// Shows the lines that the engine finds.
async fn search(client: &Client, args: &LogsArgs, text: &str) -> anyhow::Result<()> {
    let wanted = LogSearch {
        text: text.to_owned(),
        regex: args.regex,
        match_case: !args.ignore_case,
        follow: args.follow,
        ..LogSearch::default()
    };
    let mut found = client.log_search(&args.container, &wanted).await?;
    while let Some(part) = found.next().await {
        for LogRun(from, count, _) in part?.runs {
            let range = LogRange {
                from: Some(from),
                limit: Some(count),
                ..LogRange::default()
            };
            let mut lines = client.log_lines(&args.container, &range).await?;
            while let Some(batch) = lines.next().await {
                for line in batch?.lines {
                    streams::write(&chunk(&line, args.timestamps))?;
                }
            }
        }
    }
    Ok(())
}

fn chunk(line: &LogLine, timestamps: bool) -> LogChunk {
    let time = if timestamps {
        format!("{} ", line.time.strftime("%Y-%m-%dT%H:%M:%S.%9fZ"))
    } else {
        String::new()
    };
    let end = if line.partial { "" } else { "\n" };
    LogChunk {
        output: match line.stream {
            LogStream::Stdout => Output::Stdout,
            LogStream::Stderr => Output::Stderr,
        },
        bytes: format!("{time}{}{end}", line.text).into(),
    }
}
