//! Moving the keyboard's focus.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

const FOCUSABLE: &str = "a[href], button:not([tabindex='-1']), input:not([tabindex='-1']), select, textarea, [tabindex='0']";

/// Everything inside that the Tab key reaches, in order.
pub fn focusable(inside: &Element) -> Vec<HtmlElement> {
    let Ok(found) = inside.query_selector_all(FOCUSABLE) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into::<HtmlElement>().ok())
        .filter(|element| element.offset_parent().is_some())
        .collect()
}

/// Focuses what is marked `data-autofocus` inside, else the first that takes the focus.
pub fn focus_first(inside: &Element) {
    let marked = inside
        .query_selector("[data-autofocus]")
        .ok()
        .flatten()
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(target) = marked.or_else(|| focusable(inside).into_iter().next()) {
        let _ = target.focus();
    }
}

/// Focuses the first element that fits; whether there is one.
pub fn focus_on(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let element = found.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|element| element.focus().is_ok())
}

/// Focuses what the Tab key reaches after an element, in the dialog or page that it is in.
pub fn focus_after(element: &Element) {
    let around = element.closest(".dlg, main").ok().flatten();
    let reach = around.map(|around| focusable(&around)).unwrap_or_default();
    let at = reach
        .iter()
        .position(|one| one.is_same_node(Some(element.as_ref())));
    if let Some(next) = at.and_then(|at| reach.get(at + 1)) {
        let _ = next.focus();
    }
}

/// The same where nothing in sight has the focus.
pub fn focus_if_lost(selector: &str) {
    let now = document().active_element();
    let now = now.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let in_sight =
        |element: &HtmlElement| element.tag_name() != "BODY" && element.offset_parent().is_some();
    if !now.as_ref().is_some_and(in_sight) {
        focus_on(selector);
    }
}
