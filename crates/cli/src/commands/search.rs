//! `search`.

use clap::Args;
use gantry_client::Client;
use gantry_oci::split_search;
use gantry_wire::SearchResult;

use super::{account, filters};
use crate::output::{Column, Row, Table, ellipsis};

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// Filter: is-official=true, stars=3
    #[arg(short, long, value_name = "KEY=VALUE")]
    filter: Vec<String>,
    /// table, json, or a template such as {{.Name}}
    #[arg(long)]
    format: Option<String>,
    /// The most that is shown, up to 100
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    limit: Option<i64>,
    /// Do not cut anything
    #[arg(long)]
    no_trunc: bool,
    /// A word; behind a registry and a slash where it is not Docker Hub
    #[arg(value_name = "TERM")]
    term: String,
}

const COLUMNS: [Column; 4] = [
    Column {
        heading: "NAME",
        key: "Name",
    },
    Column {
        heading: "DESCRIPTION",
        key: "Description",
    },
    Column {
        heading: "STARS",
        key: "StarCount",
    },
    Column {
        heading: "OFFICIAL",
        key: "IsOfficial",
    },
];

/// Letters of a description.
const WIDTH: usize = 45;

pub(crate) async fn search(client: &Client, args: SearchArgs) -> anyhow::Result<()> {
    let filters = filters::parse(&args.filter)?;
    let (registry, _) = split_search(&args.term);
    let auth = account::of_registry(registry).await;
    let found = client
        .search_images(&args.term, args.limit, &filters, auth.as_ref())
        .await?;
    Table {
        columns: &COLUMNS,
        shown: &["Name", "Description", "StarCount", "IsOfficial"],
        rows: found.iter().map(|find| row(find, args.no_trunc)).collect(),
    }
    .print(args.format.as_deref())
}

fn row(find: &SearchResult, whole: bool) -> Row {
    let description = find.description.replace(['\n', '\r'], " ");
    Row::from([
        ("Name", find.name.clone()),
        (
            "Description",
            if whole {
                description
            } else {
                ellipsis(&description, WIDTH)
            },
        ),
        ("StarCount", find.star_count.to_string()),
        (
            "IsOfficial",
            if find.is_official { "[OK]" } else { "" }.to_owned(),
        ),
    ])
}
