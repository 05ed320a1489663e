//! `stats`.

use std::collections::BTreeMap;

use clap::Args;
use futures_util::StreamExt;
use gantry_client::{Client, ListContainers};
use gantry_wire::gantry::{Usage, UsageRound};

use crate::output::{Column, Row, Table, human, short};

#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// Show all containers, not only those that run
    #[arg(short, long)]
    all: bool,
    /// table, json, or a template such as {{.CPUPerc}}
    #[arg(long)]
    format: Option<String>,
    /// Show the figures once and end
    #[arg(long)]
    no_stream: bool,
    /// Do not cut ids
    #[arg(long)]
    no_trunc: bool,
    /// Only these; those that run if none is named
    containers: Vec<String>,
}

const COLUMNS: [Column; 9] = [
    Column {
        heading: "CONTAINER ID",
        key: "ID",
    },
    Column {
        heading: "CONTAINER",
        key: "Container",
    },
    Column {
        heading: "NAME",
        key: "Name",
    },
    Column {
        heading: "CPU %",
        key: "CPUPerc",
    },
    Column {
        heading: "MEM USAGE / LIMIT",
        key: "MemUsage",
    },
    Column {
        heading: "MEM %",
        key: "MemPerc",
    },
    Column {
        heading: "NET I/O",
        key: "NetIO",
    },
    Column {
        heading: "BLOCK I/O",
        key: "BlockIO",
    },
    Column {
        heading: "PIDS",
        key: "PIDs",
    },
];

const SHOWN: [&str; 8] = [
    "ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs",
];

/// Goes to the corner of the screen and clears it.
const CLEAR: &str = "\x1b[H\x1b[J";

/// What is shown of one container before it has figures.
struct Shown {
    id: String,
    name: String,
    /// As it was named on the command line.
    asked: String,
    running: bool,
}

pub(crate) async fn stats(client: &Client, args: StatsArgs) -> anyhow::Result<()> {
    let mut rounds = client.usage().await?;
    let mut shown = chosen(client, &args).await?;
    let mut round = None;
    if args.no_stream && shown.iter().any(|one| one.running) {
        // The first round tells rates over a longer time.
        rounds.next().await.transpose()?;
        round = rounds.next().await.transpose()?;
    }
    loop {
        if !args.no_stream {
            print!("{CLEAR}");
        }
        table(&shown, round.as_ref(), args.no_trunc).print(args.format.as_deref())?;
        if args.no_stream {
            return Ok(());
        }
        round = rounds.next().await.transpose()?;
        if round.is_none() {
            return Ok(());
        }
        shown = chosen(client, &args).await?;
    }
}

/// The containers that are shown now.
async fn chosen(client: &Client, args: &StatsArgs) -> anyhow::Result<Vec<Shown>> {
    if args.containers.is_empty() {
        let list = ListContainers {
            all: args.all,
            ..ListContainers::default()
        };
        let found = client.list_containers(&list).await?.into_iter();
        return Ok(found
            .map(|one| Shown {
                name: one
                    .names
                    .first()
                    .map_or("", |name| name.as_str())
                    .to_owned(),
                asked: one.id.clone(),
                running: one.state.as_str() == "running",
                id: one.id,
            })
            .collect());
    }
    let mut found = Vec::new();
    for asked in &args.containers {
        let one = client.inspect_container(asked, false).await?;
        found.push(Shown {
            id: one.id,
            name: one.name,
            asked: asked.clone(),
            running: one.state.running,
        });
    }
    Ok(found)
}

fn table<'a>(shown: &[Shown], round: Option<&UsageRound>, whole: bool) -> Table<'a> {
    let rows = round.map(|round| round.rows.as_slice()).unwrap_or_default();
    let usages: BTreeMap<&str, Usage> = rows
        .iter()
        .map(|row| (row.id.as_str(), row.usage))
        .collect();
    let total = round.map_or(0, |round| round.memory_total);
    let rows = shown.iter().map(|one| match usages.get(one.id.as_str()) {
        Some(usage) => row(one, usage, total, whole),
        None => row(one, &Usage::default(), 0, whole),
    });
    Table {
        columns: &COLUMNS,
        shown: &SHOWN,
        rows: rows.collect(),
    }
}

fn row(one: &Shown, usage: &Usage, total: u64, whole: bool) -> Row {
    let limit = usage.memory_limit.unwrap_or(total);
    let share = if limit == 0 {
        0.0
    } else {
        usage.memory as f64 / limit as f64 * 100.0
    };
    let pair = |a: u64, b: u64| format!("{} / {}", decimal(a), decimal(b));
    Row::from([
        ("ID", short(&one.id, whole).to_owned()),
        ("Container", one.asked.clone()),
        ("Name", one.name.trim_start_matches('/').to_owned()),
        ("CPUPerc", format!("{:.2}%", usage.cpu)),
        (
            "MemUsage",
            format!("{} / {}", human::binary(usage.memory), human::binary(limit)),
        ),
        ("MemPerc", format!("{share:.2}%")),
        ("NetIO", pair(usage.rx_bytes, usage.tx_bytes)),
        ("BlockIO", pair(usage.read_bytes, usage.write_bytes)),
        ("PIDs", usage.pids.to_string()),
    ])
}

fn decimal(bytes: u64) -> String {
    human::size(i64::try_from(bytes).unwrap_or(i64::MAX), 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_worded_as_docker_words_them() {
        let one = Shown {
            id: "0123456789abcdef".to_owned(),
            name: "/web".to_owned(),
            asked: "web".to_owned(),
            running: true,
        };
        let usage = Usage {
            cpu: 12.345,
            memory: 3 << 20,
            rx_bytes: 1500,
            write_bytes: 4096,
            pids: 2,
            ..Usage::default()
        };
        let shown = row(&one, &usage, 12 << 20, false);
        for (key, expected) in [
            ("ID", "0123456789ab"),
            ("CPUPerc", "12.35%"),
            ("MemUsage", "3MiB / 12MiB"),
            ("MemPerc", "25.00%"),
            ("NetIO", "1.5kB / 0B"),
            ("BlockIO", "0B / 4.1kB"),
        ] {
            assert_eq!(shown[key], expected, "{key}");
        }
        assert_eq!(row(&one, &Usage::default(), 0, true)["MemPerc"], "0.00%");
    }
}
