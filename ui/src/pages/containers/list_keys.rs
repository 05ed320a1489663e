//! The keys of a list of containers, by their place on the keyboard, so that they work with a
//! Korean input method on.

use gantry_view::ContainerState;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{commands, model::ListModel};
use crate::{
    dialogs,
    parts::{Anchor, Layers},
    state::{Route, Store, Verb},
};

/// Which list has the keyboard: the table ticks, the narrow list opens as it moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    Table,
    Master,
}

/// Acts on a key that a row got; leaves the others to whoever is next.
pub fn handle(
    keys: Keys,
    model: ListModel,
    store: Store,
    layers: Layers,
    event: &ev::KeyboardEvent,
) {
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return;
    };
    let Ok(Some(row)) = target.closest("[data-row]") else {
        return;
    };
    // A control inside the row is pressed by these, not the row.
    if target != row && matches!(event.code().as_str(), "Enter" | "NumpadEnter" | "Space") {
        return;
    }
    if event.is_composing() || event.alt_key() || event.meta_key() {
        return;
    }
    let handled = moves(keys, model, store, event)
        || ticks(keys, model, event)
        || (!event.ctrl_key() && acts(model, store, layers, event, &row));
    if handled {
        event.prevent_default();
        event.stop_propagation();
    }
}

fn moves(keys: Keys, model: ListModel, store: Store, event: &ev::KeyboardEvent) -> bool {
    const PAGE: isize = 12;
    const END: isize = 1 << 20;
    if event.ctrl_key() {
        return false;
    }
    let by = match event.code().as_str() {
        "ArrowDown" | "KeyJ" => 1,
        "ArrowUp" | "KeyK" => -1,
        "PageDown" => PAGE,
        "PageUp" => -PAGE,
        "Home" => -END,
        "End" => END,
        _ => return false,
    };
    let from = model.cursor.get_untracked();
    let Some(at) = model.step(by) else {
        return true;
    };
    match keys {
        Keys::Master => store.go(Route::container(&at)),
        Keys::Table if event.shift_key() => {
            if let Some(from) = from {
                model.extend_to(&from);
            }
            model.extend_to(&at);
        }
        Keys::Table => {}
    }
    true
}

fn ticks(keys: Keys, model: ListModel, event: &ev::KeyboardEvent) -> bool {
    if keys == Keys::Master {
        return false;
    }
    match (event.ctrl_key(), event.code().as_str()) {
        (true, "KeyA") => model.tick_all(true),
        (false, "Space") => {
            if let Some(id) = model.cursor.get_untracked() {
                model.toggle(&id);
            }
        }
        (false, "Escape") if model.ticked.with_untracked(|ticked| !ticked.is_empty()) => {
            model.tick_all(false);
        }
        _ => return false,
    }
    true
}

fn acts(
    model: ListModel,
    store: Store,
    layers: Layers,
    event: &ev::KeyboardEvent,
    row: &Element,
) -> bool {
    let targets = model.targets();
    let Some(first) = targets.first() else {
        return false;
    };
    let Some(container) = store.containers.get_untracked(first) else {
        return false;
    };
    let state = container.state;
    match event.code().as_str() {
        "Enter" | "NumpadEnter" => {
            if let Some(id) = model.cursor.get_untracked() {
                store.go(Route::container(&id));
            }
        }
        "Backspace" | "Escape" => {
            store.go(Route::CONTAINERS);
            request_animation_frame(move || model.focus_list());
        }
        "KeyS" if state.is_up() => store.act_on_all(&targets, Verb::Stop),
        "KeyS" => store.act_on_all(&targets, Verb::Start),
        "KeyR" => store.act_on_all(&targets, Verb::Restart),
        "KeyP" if state == ContainerState::Paused => store.act_on_all(&targets, Verb::Resume),
        "KeyP" => store.act_on_all(&targets, Verb::Pause),
        "KeyC" => dialogs::open_commit(layers, first.clone()),
        "KeyO" if state.is_up() => {
            if let Some(url) = commands::first_address(&container) {
                commands::open_url(store, url);
            }
        }
        "KeyT" => store.go(Route::terminal(first)),
        "KeyL" => store.go(Route::container(first)),
        "Delete" => dialogs::confirm_remove(store, layers, targets),
        "ContextMenu" => commands::open_menu(store, layers, Anchor::of(row), first),
        "F10" if event.shift_key() => {
            commands::open_menu(store, layers, Anchor::of(row), first);
        }
        _ => return false,
    }
    true
}
