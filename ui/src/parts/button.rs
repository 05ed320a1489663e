//! Buttons.

use leptos::prelude::*;

use super::{Icon, Symbol, with_tip};

/// What a press means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    #[default]
    Plain,
    /// One per view.
    Primary,
    Quiet,
    /// Opens a confirmation or offers undo.
    Danger,
    /// The final press of a destructive flow.
    DangerFill,
    Link,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonSize {
    Small,
    #[default]
    Normal,
}

pub(super) fn class(kind: ButtonKind, size: ButtonSize, extra: &str) -> String {
    let kind = match kind {
        ButtonKind::Plain => "",
        ButtonKind::Primary => " btn--primary",
        ButtonKind::Quiet => " btn--quiet",
        ButtonKind::Danger => " btn--danger",
        ButtonKind::DangerFill => " btn--danger-fill",
        ButtonKind::Link => " btn--link",
    };
    let size = match size {
        ButtonSize::Small => " btn--sm",
        ButtonSize::Normal => "",
    };
    let gap = if extra.is_empty() { "" } else { " " };
    format!("btn{kind}{size}{gap}{extra}")
}

/// A button with a word. `disabled` carries the reason, shown on hover and focus; a press then
/// does nothing, but the button stays reachable. `busy` shows a spinner in place of the icon.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional_no_strip, into)] icon: Option<Symbol>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<Option<String>>,
    /// Toggles say whether they are on.
    #[prop(optional, into)]
    pressed: Signal<Option<bool>>,
    /// More classes of the kit: `p4`, `push`.
    #[prop(optional)]
    class: &'static str,
    #[prop(optional)] id: &'static str,
    /// Takes the first focus of the dialog it is in.
    #[prop(optional)]
    autofocus: bool,
    #[prop(into)] on_press: Callback<()>,
    children: Children,
) -> impl IntoView {
    let reason = Signal::derive(move || disabled.get().unwrap_or_default());
    let press = move |_| {
        if disabled.with_untracked(Option::is_none) && !busy.get_untracked() {
            on_press.run(());
        }
    };
    let button = view! {
        <button
            type="button"
            class=self::class(kind, size, class)
            id=(!id.is_empty()).then_some(id)
            data-autofocus=autofocus.then_some("")
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || disabled.with(Option::is_some).then_some("true")
            aria-pressed=move || pressed.get().map(|on| on.to_string())
            on:click=press
        >
            {move || {
                if busy.get() {
                    Some(view! { <span class="spin"></span> }.into_any())
                } else {
                    icon.map(|symbol| view! { <Icon symbol /> }.into_any())
                }
            }}
            {children()}
        </button>
    };
    with_tip(button, reason, "")
}
