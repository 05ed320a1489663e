//! Dialogs: for decisions. They hold the focus and give it back to whatever opened them.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{IconButton, Symbol, focus_first, focusable, use_layers};
use crate::i18n::use_text;

/// Draws the stack of dialogs.
#[component]
pub fn DialogLayer() -> impl IntoView {
    let layers = use_layers();
    view! {
        <For
            each=move || layers.dialogs.get()
            key=|dialog| dialog.id
            children=|dialog| view! { <Scrim>{dialog.content.run()}</Scrim> }
        />
    }
}

/// Dims the page and keeps the Tab key inside.
#[component]
fn Scrim(children: Children) -> impl IntoView {
    let layers = use_layers();
    let node = NodeRef::<html::Div>::new();
    let opener = document().active_element();
    node.on_load(|element| {
        request_animation_frame(move || focus_first(&element));
    });
    on_cleanup(move || {
        if let Some(opener) = opener.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            let _ = opener.focus();
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        // The page below must not act on keys that are meant for the dialog.
        event.stop_propagation();
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "Escape" => {
                event.prevent_default();
                layers.close_dialog();
            }
            "Tab" => turn_around(&event, node),
            _ => {}
        }
    };
    view! {
        <div class="scrim" node_ref=node on:keydown=on_key>
            {children()}
        </div>
    }
}

/// From the last control back to the first, and the other way round.
fn turn_around(event: &ev::KeyboardEvent, node: NodeRef<html::Div>) {
    let Some(dialog) = node.get_untracked() else {
        return;
    };
    let reach = focusable(&dialog);
    let (Some(first), Some(last)) = (reach.first(), reach.last()) else {
        return;
    };
    let now = document().active_element();
    let is = |element: &HtmlElement| now.as_ref() == Some(element.as_ref());
    let outside = now.as_ref().is_none_or(|now| !dialog.contains(Some(now)));
    let target = match event.shift_key() {
        true if is(first) || outside => last,
        false if is(last) || outside => first,
        _ => return,
    };
    event.prevent_default();
    let _ = target.focus();
}

/// A dialog with a title, a body and a row of buttons, the primary one rightmost.
///
/// `data-autofocus` on a control inside gives it the first focus.
#[component]
pub fn Dialog(
    #[prop(into)] title: Signal<String>,
    /// CSS width, `30rem` unless told.
    #[prop(default = "30rem")]
    width: &'static str,
    /// A decision about losing something: read out at once.
    #[prop(optional)]
    alert: bool,
    /// Lets the body lay itself out to the edges.
    #[prop(optional)]
    bare: bool,
    #[prop(into)] footer: ViewFn,
    children: Children,
) -> impl IntoView {
    let text = use_text().common;
    let layers = use_layers();
    let body = if bare {
        children().into_any()
    } else {
        view! { <div class="dlg-b">{children()}</div> }.into_any()
    };
    view! {
        <div
            class="dlg"
            role=if alert { "alertdialog" } else { "dialog" }
            aria-modal="true"
            aria-label=move || title.get()
            style:width=width
        >
            <div class="dlg-h">
                <h2 class="cut grow">{move || title.get()}</h2>
                <IconButton
                    symbol=Symbol::X
                    label=text.close()
                    key="Esc"
                    untabbed=true
                    on_press=move |_| layers.close_dialog()
                />
            </div>
            {body}
            <div class="dlg-f">{footer.run()}</div>
        </div>
    }
}
