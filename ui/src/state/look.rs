//! Puts the settings that are about looks on the page's root element.

use gantry_view::Settings;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::i18n::Lang;

/// Where `boot.js` finds what to paint first the next time.
const KEPT: &str = "gantry.look";

pub(super) fn apply(settings: &Settings, lang: Lang, own_title_bar: bool) {
    let Some(root) = document()
        .document_element()
        .and_then(|root| root.dyn_into::<HtmlElement>().ok())
    else {
        return;
    };
    // Attributes of an HTML element take any value.
    let set = |name: &str, value: &str| drop(root.set_attribute(name, value));
    if settings.theme == "system" {
        let _ = root.remove_attribute("data-theme");
    } else {
        set("data-theme", &settings.theme);
    }
    set("data-density", &settings.density);
    set("lang", lang.code());
    set(
        "data-decorations",
        if own_title_bar { "own" } else { "system" },
    );
    let size = f64::from(settings.scale) * 0.16;
    let _ = root.style().set_property("font-size", &format!("{size}px"));
    keep(settings);
}

fn keep(settings: &Settings) {
    let look = serde_json::json!({
        "theme": settings.theme,
        "density": settings.density,
        "scale": settings.scale,
    });
    if let Ok(Some(storage)) = window().local_storage() {
        // A full or forbidden storage costs one frame in the wrong colours.
        let _ = storage.set_item(KEPT, &look.to_string());
    }
}
