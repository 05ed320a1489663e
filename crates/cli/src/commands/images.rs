//! `images` and `tag`.

use clap::Args;
use gantry_client::Client;
use gantry_wire::ImageSummary;

use super::filters;
use crate::options::split_reference;
use crate::output::{Column, Row, Table, human, short};

#[derive(Debug, Args)]
pub(crate) struct ImagesArgs {
    /// Show all images
    #[arg(short, long)]
    all: bool,
    /// Show digests
    #[arg(long)]
    digests: bool,
    /// Filter: dangling=true, reference=…, label=…
    #[arg(short, long, value_name = "KEY=VALUE")]
    filter: Vec<String>,
    /// table, json, or a template such as {{.ID}}
    #[arg(long)]
    format: Option<String>,
    /// Do not cut anything
    #[arg(long)]
    no_trunc: bool,
    /// Show ids only
    #[arg(short, long)]
    quiet: bool,
    /// Only images of that name
    #[arg(value_name = "REPOSITORY[:TAG]")]
    reference: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct TagArgs {
    #[arg(value_name = "SOURCE_IMAGE[:TAG]")]
    source: String,
    #[arg(value_name = "TARGET_IMAGE[:TAG]")]
    target: String,
}

const COLUMNS: [Column; 8] = [
    Column {
        heading: "REPOSITORY",
        key: "Repository",
    },
    Column {
        heading: "TAG",
        key: "Tag",
    },
    Column {
        heading: "DIGEST",
        key: "Digest",
    },
    Column {
        heading: "IMAGE ID",
        key: "ID",
    },
    Column {
        heading: "CREATED",
        key: "CreatedSince",
    },
    Column {
        heading: "CREATED AT",
        key: "CreatedAt",
    },
    Column {
        heading: "SIZE",
        key: "Size",
    },
    Column {
        heading: "CONTAINERS",
        key: "Containers",
    },
];

const NONE: &str = "<none>";

pub(crate) async fn images(client: &Client, args: ImagesArgs) -> anyhow::Result<()> {
    let mut filters = filters::parse(&args.filter)?;
    if let Some(reference) = args.reference {
        filters
            .entry("reference".to_owned())
            .or_default()
            .push(reference);
    }
    let images = client.list_images(args.all, &filters).await?;
    if args.quiet {
        for image in &images {
            // Docker's list has an image once for each name.
            for _ in 0..image.repo_tags.len().max(1) {
                println!("{}", short(&image.id, args.no_trunc));
            }
        }
        return Ok(());
    }
    let shown: &[&str] = if args.digests {
        &["Repository", "Tag", "Digest", "ID", "CreatedSince", "Size"]
    } else {
        &["Repository", "Tag", "ID", "CreatedSince", "Size"]
    };
    Table {
        columns: &COLUMNS,
        shown,
        rows: images
            .iter()
            .flat_map(|image| rows(image, args.no_trunc))
            .collect(),
    }
    .print(args.format.as_deref())
}

pub(crate) async fn tag(client: &Client, args: TagArgs) -> anyhow::Result<()> {
    let (repository, tag) = split_reference(&args.target);
    Ok(client.tag_image(&args.source, repository, tag).await?)
}

/// One row per name; one without where there is none.
fn rows(image: &ImageSummary, whole: bool) -> Vec<Row> {
    let mut names: Vec<(&str, &str)> = image
        .repo_tags
        .iter()
        .map(|name| {
            let (repository, tag) = split_reference(name);
            (repository, tag.unwrap_or(NONE))
        })
        .collect();
    if names.is_empty() {
        let repository = image
            .repo_digests
            .first()
            .and_then(|digest| digest.split('@').next())
            .unwrap_or(NONE);
        names.push((repository, NONE));
    }
    let digest = |repository: &str| {
        image
            .repo_digests
            .iter()
            .filter_map(|digest| digest.split_once('@'))
            .find(|(name, _)| *name == repository)
            .map_or(NONE, |(_, digest)| digest)
    };
    names
        .into_iter()
        .map(|(repository, tag)| {
            Row::from([
                ("Repository", repository.to_owned()),
                ("Tag", tag.to_owned()),
                ("Digest", digest(repository).to_owned()),
                ("ID", short(&image.id, whole).to_owned()),
                ("CreatedSince", human::ago(image.created)),
                ("CreatedAt", human::time(image.created)),
                ("Size", human::size(image.size, 3)),
                (
                    "Containers",
                    match image.containers {
                        -1 => "N/A".to_owned(),
                        count => count.to_string(),
                    },
                ),
            ])
        })
        .collect()
}
