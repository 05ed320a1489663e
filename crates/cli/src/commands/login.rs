//! `login`.

use std::io::{self, IsTerminal, Read};

use anyhow::bail;
use clap::Args;
use gantry_client::{Accounts, Client, Error, Keeper};
use gantry_oci::registry_of;
use gantry_wire::AuthConfig;

use crate::exit::describe;
use crate::terminal::{Echo, ask};

#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    /// Keep the password in Docker's configuration file instead of a keyring
    #[arg(long)]
    file: bool,
    /// Password or token; other users of this computer may see it
    #[arg(short, long, value_name = "TEXT")]
    password: Option<String>,
    /// Read the password or token from stdin
    #[arg(long)]
    password_stdin: bool,
    #[arg(short, long, value_name = "NAME")]
    username: Option<String>,
    /// Docker Hub unless told
    #[arg(value_name = "SERVER")]
    server: Option<String>,
}

pub(crate) async fn login(client: &Client, args: LoginArgs) -> anyhow::Result<()> {
    if args.password.is_some() {
        eprintln!("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
        if args.password_stdin {
            bail!("--password and --password-stdin are mutually exclusive");
        }
    }
    if args.password_stdin && args.username.is_none() {
        bail!("Must provide --username with --password-stdin");
    }
    let registry = spelled(args.server.as_deref());
    let accounts = Accounts::lasting();
    let mut username = args.username;
    if username.is_none() && args.password.is_none() {
        let known = accounts.find(registry).await.map_err(Error::from)?;
        if let Some(known) = known {
            println!("Authenticating with existing credentials...");
            match client.login(&known).await {
                Ok(answer) => {
                    println!("{}", answer.status);
                    return Ok(());
                }
                Err(error) => eprintln!("Login did not succeed, error: {}", describe(&error)),
            }
            username = Some(known.username);
        }
    }
    // Where it is to be kept must be known before anybody types it.
    let keeper = if args.file {
        Keeper::File
    } else {
        accounts.keeper(registry).await.map_err(Error::from)?
    };
    let password = if args.password_stdin {
        Some(from_stdin()?)
    } else {
        args.password
    };
    let (username, password) = complete(username, password).await?;
    let auth = AuthConfig {
        username,
        password,
        server_address: registry.to_owned(),
        ..AuthConfig::default()
    };
    let said = accounts.sign_in(client, auth, &keeper).await?;
    if keeper == Keeper::File {
        let path = accounts.file().display();
        eprintln!("WARNING! Your credentials are stored unencrypted in '{path}'.");
    }
    println!("{said}");
    Ok(())
}

/// A registry as Docker's messages have it.
pub(super) fn spelled(server: Option<&str>) -> &str {
    const HUB: &str = "https://index.docker.io/v1/";
    let registry = registry_of(server.unwrap_or_default());
    if registry == registry_of(HUB) {
        HUB
    } else {
        registry
    }
}

/// Asks for what was not given.
async fn complete(
    username: Option<String>,
    password: Option<String>,
) -> anyhow::Result<(String, String)> {
    let missing = username.is_none() || password.is_none();
    if missing && !io::stdin().is_terminal() {
        bail!("Error: Cannot perform an interactive login from a non TTY device");
    }
    let username = match (username, &password) {
        // Given with its password, or about to be confirmed.
        (Some(name), Some(_)) => name,
        (Some(name), None) if !name.is_empty() => name,
        _ => ask("Username: ", Echo::On).await?,
    };
    if username.is_empty() {
        bail!("Error: Non-null Username Required");
    }
    let password = match password {
        Some(password) => password,
        None => ask("Password: ", Echo::Off).await?,
    };
    if password.is_empty() {
        bail!("Error: Password Required");
    }
    Ok((username, password))
}

fn from_stdin() -> io::Result<String> {
    /// No registry's tokens are longer.
    const LIMIT: u64 = 1 << 20;
    let mut text = String::new();
    io::stdin().take(LIMIT).read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}
