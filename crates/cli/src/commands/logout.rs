//! `logout`.

use clap::Args;
use gantry_client::{Accounts, Error};

use super::login::spelled;

#[derive(Debug, Args)]
pub(crate) struct LogoutArgs {
    /// Docker Hub unless told
    #[arg(value_name = "SERVER")]
    server: Option<String>,
}

/// Forgets the account wherever it is kept. No engine is asked: none knows of it.
pub(crate) async fn logout(args: LogoutArgs) -> anyhow::Result<()> {
    let registry = spelled(args.server.as_deref());
    let accounts = Accounts::lasting();
    if accounts.forget(registry).await.map_err(Error::from)? {
        println!("Removing login credentials for {registry}");
    } else {
        println!("Not logged in to {registry}");
    }
    Ok(())
}
