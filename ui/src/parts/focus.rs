//! Moving the keyboard's focus.

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
