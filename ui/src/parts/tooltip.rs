//! Tooltips: one at a time, after a moment of rest, on hover and on keyboard focus.

use std::time::Duration;

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{menu::Anchor, use_layers};

const REST: Duration = Duration::from_millis(450);

/// What a tooltip says, and where.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tip {
    text: String,
    key: &'static str,
    anchor: Anchor,
}

/// Gives a control a tooltip; none while the text is empty.
pub fn with_tip(
    control: impl IntoView + AddAnyAttr,
    text: Signal<String>,
    key: &'static str,
) -> impl IntoView {
    let layers = use_layers();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let hide = move || {
        if let Some(timer) = waiting.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        if layers.tip.with_untracked(Option::is_some) {
            layers.tip.set(None);
        }
    };
    let show = move |target: Option<web_sys::EventTarget>| {
        let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        hide();
        let timer = set_timeout_with_handle(
            move || {
                let Some(text) = text.try_get_untracked().filter(|text| !text.is_empty()) else {
                    return;
                };
                let anchor = Anchor::of(&element);
                layers.tip.set(Some(Tip { text, key, anchor }));
            },
            REST,
        );
        waiting.set_value(timer.ok());
    };
    on_cleanup(hide);
    control
        .add_any_attr(leptos::tachys::html::event::on(
            ev::pointerenter,
            move |event: ev::PointerEvent| show(event.current_target()),
        ))
        .add_any_attr(leptos::tachys::html::event::on(
            ev::focus,
            move |event: ev::FocusEvent| {
                let by_key = event
                    .target()
                    .and_then(|target| target.dyn_into::<Element>().ok())
                    .is_some_and(|element| element.matches(":focus-visible").unwrap_or(false));
                if by_key {
                    show(event.current_target());
                }
            },
        ))
        .add_any_attr(leptos::tachys::html::event::on(
            ev::pointerleave,
            move |_: ev::PointerEvent| hide(),
        ))
        .add_any_attr(leptos::tachys::html::event::on(
            ev::blur,
            move |_: ev::FocusEvent| hide(),
        ))
        .add_any_attr(leptos::tachys::html::event::on(
            ev::pointerdown,
            move |_: ev::PointerEvent| hide(),
        ))
}

/// Draws the tooltip above everything.
#[component]
pub fn TipLayer() -> impl IntoView {
    let layers = use_layers();
    move || {
        layers.tip.get().map(|tip| {
            let below = tip.anchor.bottom + 64.0 < tip.anchor.view_height;
            let left = tip.anchor.left.midpoint(tip.anchor.right).clamp(16.0, tip.anchor.view_width - 16.0);
            let top = if below {
                tip.anchor.bottom + 6.0
            } else {
                tip.anchor.top - 6.0
            };
            // Near an edge it grows inwards, elsewhere to both sides.
            let shift = match left / tip.anchor.view_width {
                share if share > 0.88 => "-100%",
                share if share < 0.12 => "0",
                _ => "-50%",
            };
            let rise = if below { "0" } else { "-100%" };
            view! {
                <span
                    class="tip"
                    role="tooltip"
                    style=format!(
                        "position:fixed;left:{left}px;top:{top}px;transform:translate({shift},{rise})",
                    )
                >
                    {tip.text}
                    {(!tip.key.is_empty()).then(|| view! { <kbd class="kbd">{tip.key}</kbd> })}
                </span>
            }
        })
    }
}
