//! `history`.

use clap::Args;
use gantry_client::Client;

use crate::output::{Column, Row, Table, ellipsis, human, short};

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// table, json, or a template such as {{.CreatedBy}}
    #[arg(long)]
    format: Option<String>,
    /// Print sizes and times for people
    #[arg(
        short = 'H',
        long,
        value_name = "BOOL",
        default_value_t = true,
        num_args = 0..=1,
        default_missing_value = "true",
        require_equals = true
    )]
    human: bool,
    /// Do not cut anything
    #[arg(long)]
    no_trunc: bool,
    /// Show ids only
    #[arg(short, long)]
    quiet: bool,
    image: String,
}

const COLUMNS: [Column; 6] = [
    Column {
        heading: "IMAGE",
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
        heading: "CREATED BY",
        key: "CreatedBy",
    },
    Column {
        heading: "SIZE",
        key: "Size",
    },
    Column {
        heading: "COMMENT",
        key: "Comment",
    },
];

pub(crate) async fn history(client: &Client, args: HistoryArgs) -> anyhow::Result<()> {
    let items = client.image_history(&args.image).await?;
    if args.quiet {
        for item in &items {
            println!("{}", short(&item.id, args.no_trunc));
        }
        return Ok(());
    }
    let rows = items.into_iter().map(|item| {
        let created_by = item.created_by.replace('\t', " ");
        Row::from([
            ("ID", short(&item.id, args.no_trunc).to_owned()),
            ("CreatedSince", human::ago(item.created)),
            ("CreatedAt", human::moment(item.created)),
            (
                "CreatedBy",
                if args.no_trunc {
                    created_by
                } else {
                    ellipsis(&created_by, 45)
                },
            ),
            (
                "Size",
                if args.human {
                    human::size(item.size, 3)
                } else {
                    item.size.to_string()
                },
            ),
            ("Comment", item.comment),
        ])
    });
    let created = if args.human {
        "CreatedSince"
    } else {
        "CreatedAt"
    };
    Table {
        columns: &COLUMNS,
        shown: &["ID", created, "CreatedBy", "Size", "Comment"],
        rows: rows.collect(),
    }
    .print(args.format.as_deref())
}
