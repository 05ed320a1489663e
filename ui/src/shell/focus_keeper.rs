//! The keyboard's focus when what had it goes away: it moves to what took the place.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::{
    parts::{Layers, focus_first},
    state::{Route, Store},
};

/// What holds rows, and the rows.
const LISTS: &str = "[role=grid], [role=listbox], [role=tree], .transfers-list";
const ROWS: &str = "[data-row], [role=option], [role=treeitem], .job";
/// What can be pressed.
const CONTROLS: &str = "button, a[href], input, select, textarea, [tabindex]";
/// The row of a list that the Tab key reaches.
const STOP: &str = "main [data-row][tabindex='0'], main [role=option][tabindex='0']";

/// Where the focus was last.
struct Place {
    element: Element,
    /// The list around it, and which of its rows it was.
    list: Option<(Element, usize)>,
}

/// Follows the focus, and looks after it whenever rows, toasts or dialogs come and go.
pub fn keep(store: Store, layers: Layers) {
    let last = StoredValue::new_local(None::<Place>);
    let seen = window_event_listener(ev::focusin, move |event| {
        let target = event.target();
        if let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) {
            last.set_value(Some(Place::of(element)));
        }
    });
    // A press does not focus a button in every web view, and yet that is where the person is.
    let pressed = window_event_listener(ev::pointerdown, move |event| {
        let target = event.target();
        let element = target.and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(control) = element.and_then(|element| element.closest(CONTROLS).ok()?) {
            last.set_value(Some(Place::of(control)));
        }
    });
    on_cleanup(move || {
        seen.remove();
        pressed.remove();
    });
    let what_is_there = Memo::new(move |_| {
        (
            store.containers.len(),
            store.images.len(),
            (store.volumes.len(), store.networks.len()),
            store.tasks.len(),
            store.toasts.all().len(),
            layers.depth(),
            store.route.with(Route::to_hash),
        )
    });
    Effect::new(move |_| {
        // Read, not only tracked: a memo that nobody reads never follows what it is made of.
        what_is_there.with(|_| ());
        // Once for the change to be drawn, once more for what it makes others draw.
        request_animation_frame(move || {
            request_animation_frame(move || {
                let _ = last.try_with_value(|last| last.as_ref().map(Place::restore));
            });
        });
    });
}

impl Place {
    fn of(element: Element) -> Self {
        let row = element.closest(ROWS).ok().flatten();
        let list = row.and_then(|row| {
            let list = row.closest(LISTS).ok().flatten()?;
            let index = rows(&list)
                .iter()
                .position(|known| known.is_same_node(Some(row.as_ref())))?;
            Some((list, index))
        });
        Self { element, list }
    }

    /// Finds a new place unless the focus is somewhere.
    fn restore(&self) {
        let focused = document().active_element();
        let nowhere = focused.is_none_or(|element| element.tag_name() == "BODY");
        if !nowhere {
            return;
        }
        if self.element.is_connected() {
            if let Some(element) = self.element.dyn_ref::<HtmlElement>() {
                let _ = element.focus();
            }
            return;
        }
        let neighbour = self.list.as_ref().and_then(|(list, index)| {
            let rows = rows(list);
            rows.get((*index).min(rows.len().saturating_sub(1)))
                .cloned()
        });
        let stop = || document().query_selector(STOP).ok().flatten();
        if let Some(row) = neighbour.filter(|row| row.is_connected()).or_else(stop) {
            take(&row);
        } else if let Ok(Some(main)) = document().query_selector("main") {
            focus_first(&main);
        }
    }
}

/// Focuses a row, or what in it takes the focus.
fn take(row: &Element) {
    match row.dyn_ref::<HtmlElement>() {
        Some(element) if row.has_attribute("tabindex") => {
            let _ = element.focus();
        }
        _ => focus_first(row),
    }
}

fn rows(list: &Element) -> Vec<Element> {
    let Ok(found) = list.query_selector_all(ROWS) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into().ok())
        .collect()
}
