//! The desktop app: one window around the user interface.
//!
//! It carries bytes between the web view and [`gantry_desk`] ([`transport`]) and adds what only a
//! desktop can do: dialogs, the file manager and the window itself ([`native`], [`window`]). It
//! owns nothing that a kill could lose: containers belong to the engine and their shims.

mod environment;
mod feed;
mod instance;
mod native;
mod size;
mod transport;
mod window;

use std::sync::Arc;

use gantry_desk::{Desk, Options, Streams};
use gantry_view::HostKind;

use crate::{feed::Feed, transport::Session};

fn main() -> tauri::Result<()> {
    environment::prepare();
    tracing_subscriber::fmt()
        .with_env_filter(environment::log_filter())
        .with_writer(std::io::stderr)
        .init();

    let session = Session {
        desk: Desk::new(Options::new(HostKind::Desktop)),
        streams: Arc::new(Streams::default()),
        feed: Arc::new(Feed::default()),
    };
    tauri::Builder::default()
        .plugin(instance::plugin(Arc::clone(&session.feed)))
        .plugin(tauri_plugin_dialog::init())
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .manage(session)
        .invoke_handler(tauri::generate_handler![
            transport::rpc,
            transport::subscribe,
            transport::next,
            transport::unsubscribe,
        ])
        .setup(|app| Ok(window::open(app)?))
        .run(tauri::generate_context!("../tauri.conf.json"))
}
