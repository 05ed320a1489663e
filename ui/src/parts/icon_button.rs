//! A button that is only an icon: always labelled, with a tooltip that names its key.

use leptos::prelude::*;

use super::{Icon, IconSize, Symbol, with_tip};

/// `label` is what it does; `key` the key that does the same. `disabled` carries the reason.
#[allow(clippy::fn_params_excessive_bools)]
#[component]
pub fn IconButton(
    #[prop(into)] symbol: Signal<Symbol>,
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] key: &'static str,
    #[prop(optional)] small: bool,
    #[prop(optional)] small_icon: bool,
    #[prop(optional)] danger: bool,
    #[prop(optional, into)] pressed: Signal<Option<bool>>,
    #[prop(optional, into)] expanded: Signal<Option<bool>>,
    #[prop(optional, into)] disabled: Signal<Option<String>>,
    /// Leaves the button out of the order of the Tab key, where the row has keys of its own.
    #[prop(optional)]
    untabbed: bool,
    /// Opens a menu.
    #[prop(optional)]
    popup: bool,
    #[prop(optional)] class: &'static str,
    #[prop(into)] on_press: Callback<leptos::ev::MouseEvent>,
) -> impl IntoView {
    let mut classes = "icon-btn".to_owned();
    for (on, name) in [
        (small, " icon-btn--sm"),
        (danger, " icon-btn--danger"),
        (!class.is_empty(), " "),
    ] {
        classes.push_str(if on { name } else { "" });
    }
    classes.push_str(class);
    let size = if small_icon {
        IconSize::Small
    } else {
        IconSize::Normal
    };
    let tip = Signal::derive(move || match disabled.get() {
        Some(reason) => format!("{}: {reason}", label.get()),
        None => label.get(),
    });
    let press = move |event: leptos::ev::MouseEvent| {
        event.stop_propagation();
        if disabled.with_untracked(Option::is_none) {
            on_press.run(event);
        }
    };
    let button = view! {
        <button
            type="button"
            class=classes
            tabindex=untabbed.then_some("-1")
            aria-label=move || label.get()
            aria-haspopup=popup.then_some("menu")
            aria-pressed=move || pressed.get().map(|on| on.to_string())
            aria-expanded=move || expanded.get().map(|on| on.to_string())
            aria-disabled=move || disabled.with(Option::is_some).then_some("true")
            on:click=press
        >
            {move || view! { <Icon symbol=symbol.get() size /> }}
        </button>
    };
    with_tip(button, tip, key)
}
