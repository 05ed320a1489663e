//! The web view's own menu (back, reload, inspect) has no place in a desktop window. Where text can
//! be typed or selected it stays, for it copies and pastes.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

const TEXT: &str = "input, textarea, code, dd, .selectable, .log, .well, .cmd";

/// Listens as long as the shell is mounted.
pub fn listen() {
    let listener = window_event_listener(ev::contextmenu, |event| {
        let on_text = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|element| element.closest(TEXT).ok().flatten())
            .is_some();
        if !on_text {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}
