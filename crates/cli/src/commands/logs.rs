//! `logs`.

use clap::Args;
use futures_util::StreamExt;
use gantry_client::{Client, LogOptions};

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
    container: String,
}

pub(crate) async fn logs(client: &Client, args: LogsArgs) -> anyhow::Result<()> {
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
