//! `ps`.

use clap::Args;
use gantry_client::{Client, ListContainers};
use gantry_wire::{ContainerSummary, Port};

use super::filters;
use crate::output::{Column, Row, Table, ellipsis, human, short};

#[derive(Debug, Args)]
pub(crate) struct PsArgs {
    /// Show all containers, not only those that run
    #[arg(short, long)]
    all: bool,
    /// Filter: status=exited, name=…, label=…
    #[arg(short, long, value_name = "KEY=VALUE")]
    filter: Vec<String>,
    /// table, json, or a template such as {{.ID}}
    #[arg(long)]
    format: Option<String>,
    /// Show the last so many containers, whatever their state
    #[arg(short = 'n', long, value_name = "N")]
    last: Option<usize>,
    /// Show the latest container
    #[arg(short, long)]
    latest: bool,
    /// Do not cut anything
    #[arg(long)]
    no_trunc: bool,
    /// Show ids only
    #[arg(short, long)]
    quiet: bool,
    /// Show sizes
    #[arg(short, long)]
    size: bool,
}

const COLUMNS: [Column; 14] = [
    Column {
        heading: "CONTAINER ID",
        key: "ID",
    },
    Column {
        heading: "IMAGE",
        key: "Image",
    },
    Column {
        heading: "COMMAND",
        key: "Command",
    },
    Column {
        heading: "CREATED",
        key: "RunningFor",
    },
    Column {
        heading: "CREATED AT",
        key: "CreatedAt",
    },
    Column {
        heading: "STATUS",
        key: "Status",
    },
    Column {
        heading: "STATE",
        key: "State",
    },
    Column {
        heading: "PORTS",
        key: "Ports",
    },
    Column {
        heading: "NAMES",
        key: "Names",
    },
    Column {
        heading: "SIZE",
        key: "Size",
    },
    Column {
        heading: "LABELS",
        key: "Labels",
    },
    Column {
        heading: "MOUNTS",
        key: "Mounts",
    },
    Column {
        heading: "NETWORKS",
        key: "Networks",
    },
    Column {
        heading: "LOCAL VOLUMES",
        key: "LocalVolumes",
    },
];

pub(crate) async fn ps(client: &Client, args: PsArgs) -> anyhow::Result<()> {
    let needs_size = args.size
        || args
            .format
            .as_deref()
            .is_some_and(|it| it.contains(".Size") || it.contains("{{json .}}"));
    let containers = client
        .list_containers(&ListContainers {
            all: args.all,
            limit: if args.latest { Some(1) } else { args.last },
            size: needs_size,
            filters: filters::parse(&args.filter)?,
        })
        .await?;
    if args.quiet {
        for container in &containers {
            println!("{}", short(&container.id, args.no_trunc));
        }
        return Ok(());
    }
    let mut shown = vec![
        "ID",
        "Image",
        "Command",
        "RunningFor",
        "Status",
        "Ports",
        "Names",
    ];
    if args.size {
        shown.push("Size");
    }
    Table {
        columns: &COLUMNS,
        shown: &shown,
        rows: containers
            .iter()
            .map(|container| row(container, args.no_trunc))
            .collect(),
    }
    .print(args.format.as_deref())
}

fn row(container: &ContainerSummary, whole: bool) -> Row {
    let command = if whole {
        container.command.clone()
    } else {
        ellipsis(&container.command, 20)
    };
    let list = |items: Vec<String>| items.join(",");
    Row::from([
        ("ID", short(&container.id, whole).to_owned()),
        ("Image", image(&container.image, whole)),
        ("Command", format!("\"{command}\"")),
        ("RunningFor", human::ago(container.created)),
        ("CreatedAt", human::time(container.created)),
        ("Status", container.status.clone()),
        ("State", container.state.to_string()),
        ("Ports", ports(&container.ports)),
        (
            "Names",
            list(
                container
                    .names
                    .iter()
                    .map(|name| name.trim_start_matches('/').to_owned())
                    .collect(),
            ),
        ),
        ("Size", size(container)),
        (
            "Labels",
            list(
                container
                    .labels
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect(),
            ),
        ),
        (
            "Mounts",
            list(
                container
                    .mounts
                    .iter()
                    .map(|mount| match mount.name.as_str() {
                        "" => mount.source.clone(),
                        name => name.to_owned(),
                    })
                    .collect(),
            ),
        ),
        (
            "Networks",
            list(
                container
                    .network_settings
                    .networks
                    .keys()
                    .cloned()
                    .collect(),
            ),
        ),
        (
            "LocalVolumes",
            container
                .mounts
                .iter()
                .filter(|mount| mount.driver == "local")
                .count()
                .to_string(),
        ),
    ])
}

/// A name as it is, an id cut.
fn image(image: &str, whole: bool) -> String {
    if image.starts_with("sha256:") {
        return short(image, whole).to_owned();
    }
    image.to_owned()
}

fn size(container: &ContainerSummary) -> String {
    let written = human::size(container.size_rw.unwrap_or_default(), 3);
    match container.size_root_fs {
        Some(whole) if whole > 0 => format!("{written} (virtual {})", human::size(whole, 3)),
        _ => written,
    }
}

fn ports(ports: &[Port]) -> String {
    let mut texts: Vec<String> = ports
        .iter()
        .map(|port| {
            let inside = format!("{}/{}", port.private_port, port.r#type);
            match (port.public_port, port.ip.contains(':')) {
                (0, _) => inside,
                (public, true) => format!("[{}]:{public}->{inside}", port.ip),
                (public, false) => format!("{}:{public}->{inside}", port.ip),
            }
        })
        .collect();
    texts.dedup();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_show_both_sides() {
        let port = |ip: &str, public_port| Port {
            ip: ip.to_owned(),
            private_port: 80,
            public_port,
            r#type: "tcp".to_owned(),
        };
        assert_eq!(
            ports(&[port("0.0.0.0", 8001), port("::", 8001), port("", 0)]),
            "0.0.0.0:8001->80/tcp, [::]:8001->80/tcp, 80/tcp"
        );
    }
}
