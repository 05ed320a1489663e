//! The little of xterm.js that is used here.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, KeyboardEvent};

#[wasm_bindgen(module = "/src/pages/containers/terminal/xterm.js")]
extern "C" {
    /// A terminal that looks so and has a function for links that are pressed.
    #[wasm_bindgen(catch)]
    pub async fn make(look: &JsValue, open_link: &Function) -> Result<JsValue, JsValue>;

    /// Gives a terminal another look.
    pub fn put(terminal: &Terminal, look: &JsValue);

    /// What [`make`] makes.
    pub type Made;
    #[wasm_bindgen(method, getter)]
    pub fn terminal(this: &Made) -> Terminal;
    #[wasm_bindgen(method, getter)]
    pub fn fit(this: &Made) -> Fit;

    #[derive(Clone)]
    pub type Terminal;
    #[wasm_bindgen(method, getter)]
    pub fn rows(this: &Terminal) -> u16;
    #[wasm_bindgen(method, getter)]
    pub fn cols(this: &Terminal) -> u16;
    #[wasm_bindgen(method)]
    pub fn open(this: &Terminal, parent: &HtmlElement);
    #[wasm_bindgen(method)]
    pub fn write(this: &Terminal, text: &str);
    #[wasm_bindgen(method, js_name = write)]
    pub fn write_then(this: &Terminal, text: &str, shown: &Function);
    #[wasm_bindgen(method)]
    pub fn paste(this: &Terminal, text: &str);
    #[wasm_bindgen(method)]
    pub fn reset(this: &Terminal);
    #[wasm_bindgen(method)]
    pub fn clear(this: &Terminal);
    #[wasm_bindgen(method)]
    pub fn focus(this: &Terminal);
    #[wasm_bindgen(method)]
    pub fn dispose(this: &Terminal);
    #[wasm_bindgen(method, js_name = selectAll)]
    pub fn select_all(this: &Terminal);
    #[wasm_bindgen(method, js_name = getSelection)]
    pub fn selection(this: &Terminal) -> String;
    #[wasm_bindgen(method, js_name = onData)]
    pub fn on_data(this: &Terminal, typed: &Closure<dyn FnMut(String)>);
    #[wasm_bindgen(method, js_name = onBinary)]
    pub fn on_binary(this: &Terminal, typed: &Closure<dyn FnMut(String)>);
    #[wasm_bindgen(method, js_name = onResize)]
    pub fn on_resize(this: &Terminal, resized: &Closure<dyn FnMut()>);
    /// `false` leaves a key to the page.
    #[wasm_bindgen(method, js_name = attachCustomKeyEventHandler)]
    pub fn on_key(this: &Terminal, takes: &Closure<dyn FnMut(KeyboardEvent) -> bool>);

    #[derive(Clone)]
    pub type Fit;
    #[wasm_bindgen(method, js_name = fit)]
    pub fn fit_now(this: &Fit);
}
