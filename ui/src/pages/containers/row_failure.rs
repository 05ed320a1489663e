//! A failure on the row it happened to.

use gantry_view::Failure;
use leptos::prelude::*;

use crate::{
    i18n::{Text, use_text},
    parts::{
        Button, ButtonSize, Dialog, ErrorCard, Icon, IconButton, IconSize, Symbol, use_layers,
    },
    state::{Verb, use_store},
};

/// Why the last thing asked of it did not happen, in place of the row's middle.
#[component]
pub fn RowFailure(id: String, verb: Verb, failure: Failure) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let work = store.verbs.of(&id);
    let what = text.failures.what(&failure);
    let title = text.verbs.failed(verb, &store.name_of(&id));
    let shown = failure.clone();
    let details = move |()| {
        let (title, failure) = (title.clone(), shown.clone());
        layers.open_dialog(move || failure_dialog(text, title.clone(), failure.clone()));
    };
    view! {
        <td class="row-failure" role="gridcell" on:click=|event| event.stop_propagation()>
            <span class="row grow">
                <Icon symbol=Symbol::CircleX size=IconSize::Small />
                <span class="cut" title=what.clone() role="alert">
                    {what.clone()}
                </span>
                <span class="push"></span>
                <Button size=ButtonSize::Small on_press=details>
                    {text.common.details()}
                </Button>
                <IconButton
                    symbol=Symbol::X
                    label=text.common.dismiss()
                    small=true
                    on_press=move |_| work.failure.set(None)
                />
            </span>
        </td>
    }
}

fn failure_dialog(text: Text, title: String, failure: Failure) -> impl IntoView {
    let layers = use_layers();
    let footer = move || {
        view! {
            <Button autofocus=true on_press=move |()| layers.close_dialog()>
                {text.common.close()}
            </Button>
        }
    };
    view! {
        <Dialog title alert=true footer>
            <ErrorCard failure />
        </Dialog>
    }
}
