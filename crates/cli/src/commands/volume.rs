//! `volume`: folders that outlive their containers.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use gantry_client::Client;
use gantry_wire::{Volume, VolumeCreate};
use serde_json::Value;

use super::{each, filters};
use crate::exit::{Exit, describe};
use crate::output::{Column, Row, Table, Template, human};

#[derive(Debug, Subcommand)]
pub(crate) enum VolumeCommand {
    /// Create a volume
    Create(CreateArgs),
    /// List volumes
    #[command(visible_alias = "list")]
    Ls(LsArgs),
    /// Display detailed information on one or more volumes
    Inspect(InspectArgs),
    /// Remove one or more volumes
    #[command(visible_alias = "remove")]
    Rm(RmArgs),
    /// Remove volumes that no container uses
    Prune(PruneArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// Set a label
    #[arg(long, value_name = "KEY=VALUE")]
    label: Vec<String>,
    /// Set an option: type=none, o=bind and device=PATH stand for a folder of this computer
    #[arg(short, long = "opt", value_name = "KEY=VALUE")]
    options: Vec<String>,
    /// A random name otherwise
    #[arg(default_value = "", hide_default_value = true)]
    volume: String,
}

#[derive(Debug, Args)]
pub(crate) struct LsArgs {
    /// Filter: dangling=true, name=…, label=…
    #[arg(short, long, value_name = "KEY=VALUE")]
    filter: Vec<String>,
    /// table, json, or a template such as {{.Name}}
    #[arg(long)]
    format: Option<String>,
    /// Show names only
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// json, or a template such as {{.Mountpoint}}
    #[arg(short, long)]
    format: Option<String>,
    #[arg(required = true, value_name = "VOLUME")]
    volumes: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RmArgs {
    /// A volume that is not there is no mistake
    #[arg(short, long)]
    force: bool,
    #[arg(required = true, value_name = "VOLUME")]
    volumes: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PruneArgs {
    /// Named ones too
    #[arg(short, long)]
    all: bool,
    /// Filter: label=…
    #[arg(long, value_name = "KEY=VALUE")]
    filter: Vec<String>,
}

pub(crate) async fn volume(client: &Client, command: VolumeCommand) -> anyhow::Result<()> {
    match command {
        VolumeCommand::Create(args) => create(client, args).await,
        VolumeCommand::Ls(args) => ls(client, args).await,
        VolumeCommand::Inspect(args) => inspect(client, args).await,
        VolumeCommand::Rm(args) => {
            let force = args.force;
            each::each(&args.volumes, |name| client.remove_volume(name, force)).await
        }
        VolumeCommand::Prune(args) => prune(client, args).await,
    }
}

async fn create(client: &Client, args: CreateArgs) -> anyhow::Result<()> {
    let request = VolumeCreate {
        name: args.volume,
        driver: String::new(),
        driver_opts: pairs(&args.options),
        labels: pairs(&args.label),
    };
    println!("{}", client.create_volume(&request).await?.name);
    Ok(())
}

/// `key=value`, where a key alone has an empty value.
fn pairs(options: &[String]) -> BTreeMap<String, String> {
    let split = |option: &String| {
        let (key, value) = option.split_once('=').unwrap_or((option, ""));
        (key.to_owned(), value.to_owned())
    };
    options.iter().map(split).collect()
}

const COLUMNS: [Column; 4] = [
    Column {
        heading: "DRIVER",
        key: "Driver",
    },
    Column {
        heading: "VOLUME NAME",
        key: "Name",
    },
    Column {
        heading: "MOUNTPOINT",
        key: "Mountpoint",
    },
    Column {
        heading: "LABELS",
        key: "Labels",
    },
];

async fn ls(client: &Client, args: LsArgs) -> anyhow::Result<()> {
    let filters = filters::parse(&args.filter)?;
    let volumes = client.list_volumes(&filters).await?.volumes;
    if args.quiet {
        for volume in &volumes {
            println!("{}", volume.name);
        }
        return Ok(());
    }
    Table {
        columns: &COLUMNS,
        shown: &["Driver", "Name"],
        rows: volumes.iter().map(row).collect(),
    }
    .print(args.format.as_deref())
}

fn row(volume: &Volume) -> Row {
    let labels = volume.labels.iter();
    let labels: Vec<_> = labels
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    Row::from([
        ("Driver", volume.driver.clone()),
        ("Name", volume.name.clone()),
        ("Mountpoint", volume.mountpoint.clone()),
        ("Scope", volume.scope.clone()),
        ("Labels", labels.join(",")),
    ])
}

async fn inspect(client: &Client, args: InspectArgs) -> anyhow::Result<()> {
    let (mut found, mut failed) = (Vec::new(), false);
    for name in &args.volumes {
        match client.inspect_volume_raw(name).await {
            Ok(volume) => found.push(volume),
            Err(error) => {
                eprintln!("gantry: {}", describe(&error));
                failed = true;
            }
        }
    }
    match args.format.as_deref() {
        None => println!("{:#}", Value::Array(found)),
        Some("json") => println!("{}", Value::Array(found)),
        Some(template) => {
            let template = Template::parse(template)?;
            for volume in &found {
                println!("{}", template.render(volume)?);
            }
        }
    }
    if failed {
        return Err(Exit::silent(1).into());
    }
    Ok(())
}

async fn prune(client: &Client, args: PruneArgs) -> anyhow::Result<()> {
    let mut filters = filters::parse(&args.filter)?;
    if args.all {
        filters.insert("all".to_owned(), vec!["true".to_owned()]);
    }
    let pruned = client.prune_volumes(&filters).await?;
    if !pruned.volumes_deleted.is_empty() {
        println!("Deleted Volumes:");
        for name in &pruned.volumes_deleted {
            println!("{name}");
        }
        println!();
    }
    let reclaimed = i64::try_from(pruned.space_reclaimed).unwrap_or(i64::MAX);
    println!("Total reclaimed space: {}", human::size(reclaimed, 4));
    Ok(())
}
