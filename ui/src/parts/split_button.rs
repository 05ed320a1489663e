//! A split button: the main press is the safe usual one, the caret holds variants.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{Anchor, Button, ButtonKind, Icon, IconSize, MenuEntry, Symbol, button, use_layers};

#[component]
pub fn SplitButton(
    #[prop(optional)] kind: ButtonKind,
    #[prop(into)] icon: Symbol,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<Option<String>>,
    #[prop(into)] on_press: Callback<()>,
    /// What the caret is for: "Other ways to stop".
    #[prop(into)]
    more_label: String,
    /// Made when the menu opens.
    #[prop(into)]
    more: Callback<(), Vec<MenuEntry>>,
    children: Children,
) -> impl IntoView {
    let layers = use_layers();
    let label = more_label.clone();
    let open = move |event: ev::MouseEvent| {
        if let Some(caret) = event
            .current_target()
            .and_then(|target| target.dyn_into::<Element>().ok())
        {
            layers.open_menu(Anchor::of(&caret), label.clone(), more.run(()));
        }
    };
    view! {
        <span class="btn-group">
            <Button kind icon=icon busy disabled on_press>
                {children()}
            </Button>
            <button
                type="button"
                class=button::class(kind, super::ButtonSize::Normal, "btn--caret")
                aria-haspopup="menu"
                aria-label=more_label
                on:click=open
            >
                <Icon symbol=Symbol::ChevronDown size=IconSize::Small />
            </button>
        </span>
    }
}
