//! `version`, `info` and `system df`.

use clap::Args;
use gantry_client::Client;
use gantry_wire::{ContainerState, DiskUsage, SystemInfo};
use serde::Serialize;

use crate::output::{Column, Row, Table, Template, go_names, human};

#[derive(Debug, Args)]
pub(crate) struct VersionArgs {
    /// json, or a template such as {{.Server.Version}}
    #[arg(short, long)]
    format: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    /// json, or a template such as {{.Driver}}
    #[arg(short, long)]
    format: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DfArgs {
    /// table, json, or a template such as {{.Size}}
    #[arg(long)]
    format: Option<String>,
}

pub(crate) async fn version(client: &Client, args: VersionArgs) -> anyhow::Result<()> {
    let server = client.version().await?;
    let own = env!("CARGO_PKG_VERSION");
    if print_formatted(
        args.format.as_deref(),
        &serde_json::json!({ "Client": { "Version": own }, "Server": server }),
    )? {
        return Ok(());
    }
    println!("Client:");
    println!(" Version:           {own}");
    println!();
    println!("Engine:");
    println!(" Version:           {}", server.version);
    println!(
        " API version:       {} (minimum version {})",
        server.api_version, server.min_api_version
    );
    println!(" OS/Arch:           {}/{}", server.os, server.arch);
    println!(" Kernel:            {}", server.kernel_version);
    println!(" Socket:            {}", client.socket().display());
    Ok(())
}

pub(crate) async fn info(client: &Client, args: InfoArgs) -> anyhow::Result<()> {
    let info = client.info().await?;
    if print_formatted(args.format.as_deref(), &info)? {
        return Ok(());
    }
    print_info(&info);
    for warning in &info.warnings {
        eprintln!("{warning}");
    }
    Ok(())
}

fn print_info(info: &SystemInfo) {
    println!("Containers: {}", info.containers);
    println!(" Running: {}", info.containers_running);
    println!(" Paused: {}", info.containers_paused);
    println!(" Stopped: {}", info.containers_stopped);
    println!("Images: {}", info.images);
    println!("Server Version: {}", info.server_version);
    println!("Storage Driver: {}", info.driver);
    for [name, value] in &info.driver_status {
        println!(" {name}: {value}");
    }
    println!("Logging Driver: {}", info.logging_driver);
    println!("Cgroup Driver: {}", info.cgroup_driver);
    println!("Cgroup Version: {}", info.cgroup_version);
    println!("Default Runtime: {}", info.default_runtime);
    println!("Security Options:");
    for option in &info.security_options {
        println!(" {option}");
    }
    println!("Kernel Version: {}", info.kernel_version);
    println!("Operating System: {}", info.operating_system);
    println!("OSType: {}", info.os_type);
    println!("Architecture: {}", info.architecture);
    println!("CPUs: {}", info.n_cpu);
    println!("Total Memory: {}", human::size(info.mem_total, 4));
    println!("Name: {}", info.name);
    println!("ID: {}", info.id);
    println!("Root Dir: {}", info.docker_root_dir);
}

const DF_COLUMNS: [Column; 5] = [
    Column {
        heading: "TYPE",
        key: "Type",
    },
    Column {
        heading: "TOTAL",
        key: "TotalCount",
    },
    Column {
        heading: "ACTIVE",
        key: "Active",
    },
    Column {
        heading: "SIZE",
        key: "Size",
    },
    Column {
        heading: "RECLAIMABLE",
        key: "Reclaimable",
    },
];

pub(crate) async fn df(client: &Client, args: DfArgs) -> anyhow::Result<()> {
    let usage = client.disk_usage().await?;
    Table {
        columns: &DF_COLUMNS,
        shown: &["Type", "TotalCount", "Active", "Size", "Reclaimable"],
        rows: df_rows(&usage),
    }
    .print(args.format.as_deref())
}

fn df_rows(usage: &DiskUsage) -> Vec<Row> {
    let used: i64 = usage
        .images
        .iter()
        .filter(|image| image.containers > 0)
        .map(|image| image.size - image.shared_size.max(0))
        .sum();
    let up = |state: ContainerState| {
        matches!(
            state,
            ContainerState::Running | ContainerState::Paused | ContainerState::Restarting
        )
    };
    let written = |only_stopped: bool| -> i64 {
        usage
            .containers
            .iter()
            .filter(|container| !only_stopped || !up(container.state))
            .filter_map(|container| container.size_rw)
            .sum()
    };
    let volumes: i64 = usage
        .volumes
        .iter()
        .filter_map(|volume| volume.usage_data)
        .map(|usage| usage.size.max(0))
        .sum();
    let active_images = usage
        .images
        .iter()
        .filter(|image| image.containers > 0)
        .count();
    let active_containers = usage.containers.iter().filter(|one| up(one.state)).count();
    vec![
        df_row(
            "Images",
            usage.images.len(),
            active_images,
            usage.layers_size,
            usage.layers_size - used,
        ),
        df_row(
            "Containers",
            usage.containers.len(),
            active_containers,
            written(false),
            written(true),
        ),
        df_row("Local Volumes", usage.volumes.len(), 0, volumes, volumes),
        df_row("Build Cache", usage.build_cache.len(), 0, 0, 0),
    ]
}

fn df_row(kind: &str, total: usize, active: usize, size: i64, reclaimable: i64) -> Row {
    let reclaimable = reclaimable.max(0);
    let share = if size > 0 {
        format!(" ({}%)", reclaimable * 100 / size)
    } else {
        String::new()
    };
    Row::from([
        ("Type", kind.to_owned()),
        ("TotalCount", total.to_string()),
        ("Active", active.to_string()),
        ("Size", human::size(size, 4)),
        (
            "Reclaimable",
            format!("{}{share}", human::size(reclaimable, 4)),
        ),
    ])
}

/// Prints a value as a format says; false when there is none.
fn print_formatted(format: Option<&str>, value: &impl Serialize) -> anyhow::Result<bool> {
    match format {
        None => return Ok(false),
        Some("json") => println!("{}", serde_json::to_string(value)?),
        Some(template) => {
            let value = serde_json::to_value(value)?;
            println!(
                "{}",
                go_names::render(&Template::of_list(template)?, &value)?
            );
        }
    }
    Ok(true)
}
