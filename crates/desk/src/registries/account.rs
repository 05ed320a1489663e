//! Who we are to registries: signing in and out, and where it is kept.

use gantry_client::{Account, AccountError, Keeper};
use gantry_view::{
    AllowPlain, Failure, Kept, KnownRegistries, Registries, RegistryAccount, SignIn, SignOut,
};
use gantry_wire::AuthConfig;
use gantry_wire::gantry::{PlainRegistries, PlainRegistry};

use super::HUB;
use crate::{
    Desk,
    failure::{failure, told},
};

pub(crate) async fn known(desk: &Desk, _: KnownRegistries) -> Result<Registries, Failure> {
    let accounts = desk.accounts();
    let listed = accounts.list().await.map_err(refused)?;
    let keeper = accounts.keeper(HUB).await.map_err(refused)?;
    // An engine that does not answer keeps nobody from seeing the accounts.
    let plain = match desk.link().client().await {
        Ok(client) => client.plain_registries().await.unwrap_or_default(),
        Err(_) => PlainRegistries::default(),
    };
    Ok(Registries {
        plain: plain.allowed,
        plain_configured: plain.configured,
        accounts: listed.into_iter().map(row).collect(),
        keeper: kept(keeper),
        file: accounts.file().to_string_lossy().into_owned(),
    })
}

pub(crate) async fn allow_plain(desk: &Desk, request: AllowPlain) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let wish = PlainRegistry {
        registry: request.registry,
        plain: request.plain,
    };
    client.allow_plain(&wish).await.map_err(failure)
}

/// Kept only once the registry believes it.
pub(crate) async fn sign_in(desk: &Desk, request: SignIn) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let accounts = desk.accounts();
    let keeper = if request.in_file {
        Keeper::File
    } else {
        accounts.keeper(&request.registry).await.map_err(refused)?
    };
    let auth = AuthConfig {
        username: request.user,
        password: request.secret,
        server_address: request.registry,
        ..AuthConfig::default()
    };
    let signed_in = accounts.sign_in(&client, auth, &keeper).await;
    signed_in.map(drop).map_err(failure)
}

pub(crate) async fn sign_out(desk: &Desk, request: SignOut) -> Result<(), Failure> {
    let forgotten = desk.accounts().forget(&request.registry).await;
    forgotten.map(drop).map_err(refused)
}

fn row(account: Account) -> RegistryAccount {
    RegistryAccount {
        registry: account.registry,
        user: account.username,
        kept: kept(account.keeper),
    }
}

fn kept(keeper: Keeper) -> Kept {
    match keeper {
        Keeper::Keyring => Kept::Keyring,
        Keeper::Session => Kept::Session,
        Keeper::Helper(name) => Kept::Helper(name),
        Keeper::File => Kept::File,
    }
}

fn refused(error: AccountError) -> Failure {
    let raw = error.to_string();
    told(error.failure(), raw)
}
