//! How a terminal looks: the tokens of the theme in force, as xterm.js wants them.

use js_sys::{Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

/// Colours of xterm.js and the tokens that they are.
const COLOURS: [(&str, &str); 20] = [
    ("background", "--well"),
    ("foreground", "--log-text"),
    ("cursor", "--text"),
    ("cursorAccent", "--well"),
    ("black", "--ansi-black"),
    ("red", "--ansi-red"),
    ("green", "--ansi-green"),
    ("yellow", "--ansi-yellow"),
    ("blue", "--ansi-blue"),
    ("magenta", "--ansi-magenta"),
    ("cyan", "--ansi-cyan"),
    ("white", "--ansi-white"),
    ("brightBlack", "--ansi-dim"),
    ("brightRed", "--ansi-red"),
    ("brightGreen", "--ansi-green"),
    ("brightYellow", "--ansi-yellow"),
    ("brightBlue", "--ansi-blue"),
    ("brightMagenta", "--ansi-magenta"),
    ("brightCyan", "--ansi-cyan"),
    ("brightWhite", "--text"),
];

/// The look of a terminal in this element, which carries the font.
pub fn look_of(host: &HtmlElement) -> JsValue {
    let root = document().document_element();
    let style = |element: &web_sys::Element| window().get_computed_style(element).ok().flatten();
    let tokens = root.as_ref().and_then(style);
    let token = |name: &str| {
        let value = tokens.as_ref()?.get_property_value(name).ok()?;
        Some(value.trim().to_owned())
    };
    let theme = Object::new();
    for (name, from) in COLOURS {
        set(&theme, name, token(from));
    }
    set(&theme, "selectionBackground", token("--select"));

    let look = Object::new();
    set(&look, "theme", Some(theme));
    set(&look, "fontFamily", token("--font-mono"));
    let size = style(host).and_then(|style| style.get_property_value("font-size").ok());
    let pixels = size.and_then(|size| size.trim_end_matches("px").parse::<f64>().ok());
    set(&look, "fontSize", pixels);
    look.into()
}

/// What is not known keeps its default.
fn set(object: &Object, name: &str, value: Option<impl Into<JsValue>>) {
    if let Some(value) = value {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(object, &name.into(), &value.into());
    }
}
