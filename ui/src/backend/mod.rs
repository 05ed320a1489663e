//! The only module that knows how calls travel.
//!
//! In the window they go through Tauri's IPC as bytes, in a browser through HTTP and a WebSocket
//! per subscription. Everything above this module is the same in both.

mod browser;
mod desktop;
mod sending;
mod stream;
mod transfer;

use gantry_view::{Call, Failure, Subscribe};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

pub use sending::{Stop, Uploaded};
pub use stream::{Ending, Subscription};
pub use transfer::{Download, Upload, content, download, download_text, upload, upload_volume};

/// Whether the desktop app carries the window; otherwise a browser does.
pub fn in_desktop() -> bool {
    desktop::present()
}

/// Sends one request and waits for its reply.
pub async fn call<C: Call>(request: &C) -> Result<C::Reply, Failure> {
    let body = serde_json::to_vec(request).map_err(|error| broken(C::NAME, &error))?;
    let reply = if in_desktop() {
        desktop::call(C::NAME, &body).await
    } else {
        browser::call(C::NAME, &body).await
    }?;
    serde_json::from_slice(&reply).map_err(|error| broken(C::NAME, &error))
}

/// Opens a subscription. `on_items` gets the items of each frame in order; `on_end` is told once
/// why the stream ended, unless the subscription was dropped before.
pub fn subscribe<S: Subscribe>(
    request: &S,
    mut on_items: impl FnMut(Vec<S::Item>) + 'static,
    on_end: impl FnOnce(Ending) + 'static,
) -> Subscription {
    let body = match serde_json::to_vec(request) {
        Ok(body) => body,
        Err(error) => {
            on_end(Ending::Failed(broken(S::NAME, &error)));
            return Subscription::ended();
        }
    };
    let on_frame = move |frame: &[u8]| stream::read_frame(S::NAME, frame, &mut on_items);
    if in_desktop() {
        desktop::subscribe(S::NAME, body, on_frame, on_end)
    } else {
        browser::subscribe(S::NAME, &body, on_frame, on_end)
    }
}

/// A failure of the transport itself: the engine never saw the request, or its answer is unreadable.
fn transport(error: impl std::fmt::Debug) -> Failure {
    Failure::new("transport", format!("{error:?}"))
}

/// A message that does not have the shape both sides agreed on.
fn broken(name: &str, error: &serde_json::Error) -> Failure {
    Failure::new("unreadable", format!("{name}: {error}"))
}

/// The failure that a rejected promise or an error body carries.
fn failure_from(bytes: &[u8]) -> Failure {
    serde_json::from_slice(bytes).unwrap_or_else(|_| transport(String::from_utf8_lossy(bytes)))
}

/// A JavaScript value as Rust sees it, by way of JSON.
fn from_js<T: DeserializeOwned>(value: &JsValue) -> Option<T> {
    let text = js_sys::JSON::stringify(value).ok()?;
    serde_json::from_str(&String::from(text)).ok()
}
