//! `copy-from`: images of Docker or Podman on this computer.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use futures_util::TryStreamExt;
use gantry_client::{
    Client, EngineKind, Filters, OtherEngine, names_of, other_engine, other_engines,
};
use gantry_wire::ImageSummary;
use indicatif::ProgressBar;
use tokio_util::io::StreamReader;

use super::archive;
use crate::output::{Column, Row, Table, human, progress, short};

#[derive(Debug, Args)]
pub(crate) struct CopyFromArgs {
    /// docker, podman, or the path of a socket; without one, lists what is there
    engine: Option<String>,
    /// Copy every image that has a name
    #[arg(short, long, requires = "engine", conflicts_with = "images")]
    all: bool,
    /// Print the copied images only
    #[arg(short, long)]
    quiet: bool,
    /// What to copy; without one, lists what the engine has
    #[arg(value_name = "IMAGE")]
    images: Vec<String>,
}

const ENGINES: [Column; 3] = [
    Column {
        heading: "ENGINE",
        key: "Engine",
    },
    Column {
        heading: "VERSION",
        key: "Version",
    },
    Column {
        heading: "SOCKET",
        key: "Socket",
    },
];

const IMAGES: [Column; 4] = [
    Column {
        heading: "IMAGE",
        key: "Image",
    },
    Column {
        heading: "IMAGE ID",
        key: "ID",
    },
    Column {
        heading: "SIZE",
        key: "Size",
    },
    Column {
        heading: "HERE",
        key: "Here",
    },
];

pub(crate) async fn copy_from(client: &Client, args: CopyFromArgs) -> anyhow::Result<()> {
    let Some(engine) = args.engine else {
        return list_engines(client).await;
    };
    let other = find(client, &engine).await?;
    let mut images = args.images;
    if images.is_empty() {
        let theirs = other.client().list_images(false, &Filters::new()).await?;
        if !args.all {
            return list_images(client, &theirs).await;
        }
        images = theirs.iter().flat_map(names_of).collect();
        anyhow::ensure!(
            !images.is_empty(),
            "{} has no image with a name",
            other.kind.name()
        );
    }
    let archive = other.client().save_images(&images).await?;
    let bar = if args.quiet {
        ProgressBar::hidden()
    } else {
        progress::bytes("Copying", None)
    };
    let archive = bar.wrap_async_read(StreamReader::new(archive.map_err(std::io::Error::other)));
    archive::follow_load(client.load_images(archive, args.quiet).await?, &bar).await
}

/// By what people call it, or by its socket.
async fn find(client: &Client, engine: &str) -> anyhow::Result<OtherEngine> {
    let kind = match engine {
        "docker" => EngineKind::Docker,
        "podman" => EngineKind::Podman,
        socket => {
            let socket = PathBuf::from(socket.strip_prefix("unix://").unwrap_or(socket));
            return other_engine(socket.clone())
                .await
                .with_context(|| socket.display().to_string());
        }
    };
    let found = other_engines(client.socket()).await;
    let mut found = found.into_iter().filter(|other| other.kind == kind);
    let Some(other) = found.next() else {
        anyhow::bail!(
            "{} does not run here. `gantry copy-from` lists the engines that do; another one can \
             be named by the path of its socket.",
            kind.name()
        );
    };
    if other.version.is_none() {
        let (name, socket) = (kind.name(), other.socket.display());
        anyhow::bail!(
            "{socket} is not open to you.\nJoin the group that owns it and log in again, or copy \
             an image with `sudo {} save IMAGE | gantry load`.",
            name.to_lowercase()
        );
    }
    Ok(other)
}

async fn list_engines(client: &Client) -> anyhow::Result<()> {
    let found = other_engines(client.socket()).await;
    if found.is_empty() {
        println!("No other engine listens on this computer.");
        return Ok(());
    }
    let rows = found.into_iter().map(|other| {
        let version = other.version.unwrap_or("not open to you".to_owned());
        Row::from([
            ("Engine", other.kind.name().to_lowercase()),
            ("Version", version),
            ("Socket", other.socket.display().to_string()),
        ])
    });
    Table {
        columns: &ENGINES,
        shown: &["Engine", "Version", "Socket"],
        rows: rows.collect(),
    }
    .print(None)
}

async fn list_images(client: &Client, theirs: &[ImageSummary]) -> anyhow::Result<()> {
    let ours = client.list_images(true, &Filters::new()).await?;
    let ours: HashSet<&str> = ours.iter().map(|image| image.id.as_str()).collect();
    let rows = theirs.iter().flat_map(|image| {
        let mut names = names_of(image);
        if names.is_empty() {
            names.push("<none>".to_owned());
        }
        let here = if ours.contains(image.id.as_str()) {
            "yes"
        } else {
            ""
        };
        names.into_iter().map(move |name| {
            Row::from([
                ("Image", name),
                ("ID", short(&image.id, false).to_owned()),
                ("Size", human::size(image.size, 3)),
                ("Here", here.to_owned()),
            ])
        })
    });
    Table {
        columns: &IMAGES,
        shown: &["Image", "ID", "Size", "Here"],
        rows: rows.collect(),
    }
    .print(None)
}
