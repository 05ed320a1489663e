//! The line between a list and its detail, to be dragged or moved with the arrow keys.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::{i18n::use_text, state::Store};

const STEP: f64 = 16.0;
const NARROWEST: f64 = 192.0;
const WIDEST: f64 = 480.0;

/// The width of a list, in pixels at 100 % interface size: as somebody left it, else as the layout
/// has it for the window's width.
#[derive(Clone, Copy)]
pub struct PaneWidth {
    store: Store,
    kept: &'static str,
    usual: f64,
    chosen: RwSignal<Option<f64>>,
}

impl PaneWidth {
    /// Remembered as `kept`.
    pub fn new(store: Store, kept: &'static str, usual: f64) -> Self {
        let chosen = store.remembered(kept).and_then(|width| width.parse().ok());
        Self {
            store,
            kept,
            usual,
            chosen: RwSignal::new(chosen),
        }
    }

    /// For the element around list and detail.
    pub fn style(self) -> String {
        let usual = format!("--master:{}rem", self.usual / 16.0);
        match self.chosen.get() {
            Some(width) => format!("{usual};--chosen:{}rem", width / 16.0),
            None => usual,
        }
    }

    fn choose(self, width: f64) {
        self.chosen.set(Some(within(width)));
    }

    fn keep(self) {
        if let Some(width) = self.chosen.get_untracked() {
            self.store.remember(self.kept, format!("{width:.0}"));
        }
    }
}

fn within(width: f64) -> f64 {
    width.clamp(NARROWEST, WIDEST).round()
}

fn handle_of(event: &ev::Event) -> Option<Element> {
    event.current_target()?.dyn_into().ok()
}

/// Stands behind the list that it makes wider.
#[component]
pub fn PaneHandle(width: PaneWidth) -> impl IntoView {
    let text = use_text().common;
    let grip = StoredValue::new(None::<(f64, f64)>);
    // Pixels of the screen for one at 100 %.
    let scale = move || width.store.pixels(1.0);
    // What is seen, which is not what was chosen where the window has no room for that.
    let seen = move |handle: &Element| {
        let list = handle.previous_element_sibling();
        let pixels = list.map_or(0.0, |list| list.get_bounding_client_rect().width());
        pixels / untrack(scale)
    };
    let down = move |event: ev::PointerEvent| {
        if let Some(handle) = handle_of(&event) {
            grip.set_value(Some((f64::from(event.client_x()), seen(&handle))));
            // Without the capture the drag ends at the edge of the handle, no worse.
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
    };
    let moved = move |event: ev::PointerEvent| {
        if let Some((from, at)) = grip.get_value() {
            width.choose(at + (f64::from(event.client_x()) - from) / untrack(scale));
        }
    };
    let up = move |_: ev::PointerEvent| {
        if grip.try_update_value(Option::take).flatten().is_some() {
            width.keep();
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowLeft" => -STEP,
            "ArrowRight" => STEP,
            _ => return,
        };
        event.prevent_default();
        if let Some(handle) = handle_of(&event) {
            width.choose(seen(&handle) + by);
            width.keep();
        }
    };
    let now = move || width.chosen.get().unwrap_or(width.usual);
    view! {
        <div
            class="handle"
            role="separator"
            aria-orientation="vertical"
            aria-label=text.resize_list()
            aria-valuemin=NARROWEST
            aria-valuemax=WIDEST
            aria-valuenow=move || format!("{:.0}", now())
            tabindex="0"
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=up
            on:keydown=key
        ></div>
    }
}
