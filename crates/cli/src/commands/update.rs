//! `update`.

use anyhow::bail;
use clap::Args;
use gantry_client::Client;
use gantry_wire::ContainerUpdate;

use super::each::each;
use crate::options::LimitOptions;

#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    #[command(flatten)]
    limits: LimitOptions,
    #[arg(required = true)]
    containers: Vec<String>,
}

pub(crate) async fn update(client: &Client, args: UpdateArgs) -> anyhow::Result<()> {
    let change = ContainerUpdate {
        resources: args.limits.resources()?,
        restart_policy: args.limits.restart_policy()?.unwrap_or_default(),
    };
    if change == ContainerUpdate::default() {
        bail!("you must provide one or more flags when using this command");
    }
    let change = &change;
    each(&args.containers, |name| async move {
        let updated = client.update(name, change).await?;
        for warning in updated.warnings {
            eprintln!("WARNING: {warning}");
        }
        Ok(())
    })
    .await
}
