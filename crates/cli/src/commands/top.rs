//! `top`.

use clap::Args;
use gantry_client::Client;

use crate::output::aligned;

/// The width of a column, as in Docker's.
const NARROWEST: usize = 20;

#[derive(Debug, Args)]
pub(crate) struct TopArgs {
    container: String,
    /// Arguments for ps, such as aux
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "PS")]
    arguments: Vec<String>,
}

pub(crate) async fn top(client: &Client, args: TopArgs) -> anyhow::Result<()> {
    let arguments = args.arguments.join(" ");
    let arguments = Some(arguments.as_str()).filter(|text| !text.is_empty());
    let top = client.top(&args.container, arguments).await?;
    let rows = top.processes.into_iter();
    print!("{}", aligned(top.titles, rows, NARROWEST));
    Ok(())
}
