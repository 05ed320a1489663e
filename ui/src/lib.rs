//! The window.
//!
//! [`backend`] is the only module that knows how calls travel; [`state`] keeps what the engine
//! says and what the person asked for; [`i18n`] holds every word. [`parts`] are the pieces of the
//! design kit, [`shell`] the frame, [`pages`] and [`dialogs`] what the frame shows.

#![forbid(unsafe_code)]
// Signals are handles to be copied; debug builds make them large by noting where each was made.
#![allow(clippy::large_types_passed_by_value)]

mod app;
mod backend;
mod dialogs;
mod i18n;
mod pages;
mod parts;
mod shell;
mod state;

use wasm_bindgen::prelude::wasm_bindgen;

/// Mounts the window on the page; `boot.js` calls this once the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
