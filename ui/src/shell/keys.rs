//! The keys that work everywhere. Lists have keys of their own; single letters belong to them.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::{
    dialogs,
    parts::{focusable, use_layers},
    state::{Route, Store},
};

/// Listens as long as the shell is mounted.
pub fn listen(store: Store) {
    let layers = use_layers();
    let listener = window_event_listener(ev::keydown, move |event| {
        if event.is_composing() || event.default_prevented() {
            return;
        }
        // A dialog keeps its keys to itself; what still arrives here came from outside of it.
        if layers.has_dialog() {
            return;
        }
        let handled = match (event.ctrl_key() || event.meta_key(), event.code().as_str()) {
            (true, code) => with_control(store, code, &event, layers),
            (false, "F6") => {
                next_pane(if event.shift_key() { -1 } else { 1 });
                true
            }
            (false, _) if in_field(&event) => false,
            (false, "Slash") if event.shift_key() => {
                dialogs::open_keys(layers);
                true
            }
            (false, "Slash") => focus_filter(),
            _ => false,
        };
        if handled {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

fn with_control(
    store: Store,
    code: &str,
    event: &ev::KeyboardEvent,
    layers: crate::parts::Layers,
) -> bool {
    match code {
        "Digit1" => store.go(Route::CONTAINERS),
        "Digit2" => store.go(Route::Images { open: None }),
        "Digit3" => store.go(Route::Find),
        "Digit5" => store.go(Route::Volumes { open: None }),
        "Digit8" => store.go(Route::SelfCheck),
        "Digit9" | "Comma" => store.go(Route::Settings),
        "KeyN" => dialogs::open_run(layers, None),
        "KeyO" if store.in_desktop() => store.pick_and_import(),
        // A browser opens its file dialog only from a press: the page has one.
        "Digit4" | "Digit7" | "KeyO" => store.go(Route::Transfers),
        "KeyF" => return focus_search(),
        "Equal" | "NumpadAdd" => store.resize_interface(1),
        "Minus" | "NumpadSubtract" => store.resize_interface(-1),
        "Digit0" | "Numpad0" if !event.shift_key() => store.resize_interface(0),
        _ => return false,
    }
    true
}

/// Whether the keys are being typed somewhere.
fn in_field(event: &ev::KeyboardEvent) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .is_some_and(|element| {
            let typed_into = "input:not([type=checkbox]), textarea, select";
            element.matches(typed_into).unwrap_or(false)
        })
}

fn focus_filter() -> bool {
    focus("[data-filter]")
}

/// The search of the view that is open, or its filter.
fn focus_search() -> bool {
    focus("[data-search]") || focus_filter()
}

fn focus(selector: &str) -> bool {
    let field = document()
        .query_selector(selector)
        .ok()
        .flatten()
        .and_then(|field| field.dyn_into::<HtmlElement>().ok());
    field.is_some_and(|field| {
        if let Some(input) = field.dyn_ref::<web_sys::HtmlInputElement>() {
            input.select();
        }
        field.focus().is_ok()
    })
}

/// Sidebar, list, detail, status bar, and around again.
fn next_pane(by: isize) {
    let Ok(found) = document().query_selector_all("[data-pane]") else {
        return;
    };
    let panes: Vec<Element> = (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into().ok())
        // A pane that holds panes of its own is no stop.
        .filter(|pane: &Element| {
            pane.query_selector("[data-pane]")
                .is_ok_and(|inner| inner.is_none())
        })
        .collect();
    let now = document().active_element();
    let at = panes
        .iter()
        .position(|pane| pane.contains(now.as_ref().map(AsRef::as_ref)));
    let count = panes.len() as isize;
    for hop in 1..=count {
        let index = match at {
            Some(at) => (at as isize + by * hop).rem_euclid(count),
            None => (hop - 1).rem_euclid(count),
        };
        // The row or tab that is current, else whatever comes first.
        let pane = &panes[index as usize];
        let reach = focusable(pane);
        let current = reach
            .iter()
            .find(|element| {
                element
                    .matches("[aria-current], [role=row], [role=option]")
                    .unwrap_or(false)
            })
            .or(reach.first());
        if current.is_some_and(|element| element.focus().is_ok()) {
            return;
        }
    }
}
