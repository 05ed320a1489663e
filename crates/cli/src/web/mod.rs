//! `gantry web`: the window in a browser of this computer.
//!
//! Listens on the loopback address only, below a path that nobody can guess. The printed address
//! carries a token that works once and becomes a cookie ([`guard`]); every other request needs the
//! cookie and must come from this very address. Behind the guard lie the bundle ([`assets`]), the
//! calls and subscriptions of [`gantry_desk`] ([`calls`], [`streams`]), and files on their way in and
//! out ([`transfer`]).

mod assets;
mod calls;
mod guard;
mod reply;
mod streams;
mod transfer;

use std::{future::Future, net::Ipv4Addr, sync::Arc};

use anyhow::Context;
use axum::{
    Router, middleware,
    routing::{get, post, put},
};
use gantry_desk::{Desk, Options};
use gantry_view::HostKind;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use self::guard::Guard;
use crate::args::PlaceArgs;

/// Serves the window to a browser of this computer.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct WebArgs {
    /// The port to listen on; a free one unless given.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

/// Serves until SIGINT or SIGTERM. Prints the address once it listens.
pub(crate) async fn run(place: PlaceArgs, args: WebArgs) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port))
        .await
        .with_context(|| format!("port {} cannot be used", args.port))?;
    let port = listener.local_addr()?.port();
    let guard = Arc::new(Guard::new(port));
    let desk = Desk::new(Options {
        root: place.root,
        socket: place.socket,
        config: place.config,
        ..Options::new(HostKind::Browser)
    });
    if !assets::present() {
        eprintln!("{}", assets::MISSING);
    }
    let stopped = stopped()?;
    println!("Gantry is at {}", guard.address());
    tokio::select! {
        served = axum::serve(listener, router(desk, guard)) => Ok(served?),
        () = stopped => Ok(()),
    }
}

fn router(desk: Desk, guard: Arc<Guard>) -> Router {
    let window = Router::new()
        .route("/rpc/{name}", post(calls::call))
        .route("/stream/{name}", get(streams::stream))
        .route("/upload", put(transfer::upload))
        .route("/download", get(transfer::download))
        .route("/", get(assets::file))
        .fallback(get(assets::file));
    Router::new()
        .nest(guard.folder(), window)
        .layer(middleware::from_fn_with_state(guard, guard::check))
        .with_state(desk)
}

/// Resolves with the first signal that asks the program to end.
fn stopped() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
        }
    })
}

#[cfg(test)]
mod tests;
