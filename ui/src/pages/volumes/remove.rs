//! Removing a volume for good: what is lost is named, and much of it asks for the name.

use gantry_view::RemoveVolume;
use leptos::prelude::*;

use super::usage::Usage;
use crate::{
    backend,
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, ButtonKind, Dialog, Layers, on_enter},
    state::{CommandLine, Outcome, Route, use_store},
};

/// More than this and the name has to be typed.
const MUCH: u64 = 1 << 20;

/// Asks before a volume goes.
pub fn ask(layers: Layers, usage: Usage, name: String) {
    layers.open_dialog(move || view! { <RemoveDialog name=name.clone() usage /> });
}

#[component]
fn RemoveDialog(name: String, usage: Usage) -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let store = use_store();
    let found = untrack(|| usage.of(&name));
    let device = store
        .volumes
        .get_untracked(&name)
        .and_then(|volume| volume.device);
    let must_type = device.is_none() && found.as_ref().is_none_or(|found| found.bytes > MUCH);
    let loses = match (&device, &found) {
        (Some(folder), _) => words.remove_keeps(folder),
        (None, Some(found)) if found.files > 0 => {
            words.remove_loses(&text.size(found.bytes), found.files)
        }
        (None, Some(_)) => words.remove_empty().to_owned(),
        (None, None) => String::new(),
    };
    let typed = RwSignal::new(String::new());
    let asking = Asking::new();
    let key = StoredValue::new(name.clone());
    let blocked = Signal::derive(move || {
        let differs = typed.with(|typed| key.with_value(|name| typed != name));
        (must_type && differs).then(|| words.name_differs().to_owned())
    });
    let remove = move || {
        let name = key.get_value();
        asking.ask(async move {
            let removed = backend::call(&RemoveVolume { name: name.clone() }).await;
            match &removed {
                Ok(()) => {
                    let command = CommandLine::new(["volume", "rm", &name]);
                    store.report(Outcome::Done, words.removed(&name), Some(command));
                    store.go(Route::Volumes { open: None });
                }
                Err(_) => store.report(Outcome::Failed, words.not_removed(&name), None),
            }
            removed
        });
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                kind=ButtonKind::DangerFill
                blocked
                label=words.remove_now()
                test="remove-volume-now"
                on_press=move |()| remove()
            />
        }
    };
    let field = must_type.then(|| {
        view! {
            <label class="field">
                <span class="label">{words.type_name(&name)}</span>
                <input
                    class="input"
                    spellcheck="false"
                    autocomplete="off"
                    data-autofocus=""
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                />
            </label>
        }
    });
    view! {
        <Dialog title=words.remove_title(&name) width="28rem" footer>
            <div class="col" on:keydown=on_enter(blocked, remove)>
                <p class="t2">{loses}</p>
                {field}
                <AskFailure asking />
            </div>
        </Dialog>
    }
}
