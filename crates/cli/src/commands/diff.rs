//! `diff`.

use clap::Args;
use gantry_client::Client;
use gantry_wire::ChangeKind;

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    container: String,
}

pub(crate) async fn diff(client: &Client, args: DiffArgs) -> anyhow::Result<()> {
    for change in client.changes(&args.container).await? {
        let letter = match change.kind {
            ChangeKind::Modified => 'C',
            ChangeKind::Added => 'A',
            ChangeKind::Deleted => 'D',
        };
        println!("{letter} {}", change.path);
    }
    Ok(())
}
