//! The line between a list and its detail, to be dragged or moved with the arrow keys.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::i18n::use_text;

const STEP: f64 = 16.0;
const NARROWEST: f64 = 192.0;
const WIDEST: f64 = 480.0;

/// Changes `width`, the list's width in pixels at 100 % interface size; `on_end` is told when the
/// person lets go.
#[component]
pub fn PaneHandle(width: RwSignal<f64>, #[prop(into)] on_end: Callback<f64>) -> impl IntoView {
    let text = use_text().common;
    let grip = StoredValue::new(None::<(f64, f64)>);
    let set = move |to: f64| width.set(to.clamp(NARROWEST, WIDEST).round());
    let down = move |event: ev::PointerEvent| {
        grip.set_value(Some((f64::from(event.client_x()), width.get_untracked())));
        if let Some(handle) = event
            .current_target()
            .and_then(|target| target.dyn_into::<Element>().ok())
        {
            // Without the capture the drag ends at the edge of the handle, no worse.
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
    };
    let moved = move |event: ev::PointerEvent| {
        if let Some((from, at)) = grip.get_value() {
            set(at + f64::from(event.client_x()) - from);
        }
    };
    let up = move |_: ev::PointerEvent| {
        if grip.try_update_value(Option::take).flatten().is_some() {
            on_end.run(width.get_untracked());
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowLeft" => -STEP,
            "ArrowRight" => STEP,
            _ => return,
        };
        event.prevent_default();
        set(width.get_untracked() + by);
        on_end.run(width.get_untracked());
    };
    view! {
        <div
            class="handle"
            role="separator"
            aria-orientation="vertical"
            aria-label=text.resize_list()
            aria-valuenow=move || format!("{:.0}", width.get())
            tabindex="0"
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=up
            on:keydown=key
        ></div>
    }
}
