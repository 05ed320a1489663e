//! Removing a volume for good: what is lost is named, and much of it asks for the name.

use gantry_view::RemoveVolume;
use leptos::prelude::*;

use super::usage::Usage;
use crate::{
    backend,
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, ButtonKind, Dialog, Layers, on_enter},
    state::{CommandLine, Outcome, Route, Store, Toast, ToastKind, use_store},
};

/// More than this and the name has to be typed.
const MUCH: u64 = 1 << 20;

/// Asks before a volume goes; says why where it cannot.
pub fn ask(store: Store, layers: Layers, usage: Usage, name: String) {
    let users = untrack(|| usage.user_names(&name));
    if !users.is_empty() {
        let words = store.text().volumes;
        let toast = Toast::new(ToastKind::Info, words.stays(&name));
        store.toasts.show(toast.detail(words.remove_off(&users)));
        return;
    }
    layers.open_dialog(move || view! { <RemoveDialog name=name.clone() usage /> });
}

#[component]
fn RemoveDialog(name: String, usage: Usage) -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let store = use_store();
    let device = store
        .volumes
        .get_untracked(&name)
        .and_then(|volume| volume.device);
    let (key, device) = (StoredValue::new(name.clone()), StoredValue::new(device));
    // The page may be gone before the dialog.
    let found = Memo::new(move |_| usage.try_of(&key.get_value()));
    let must_type = Memo::new(move |_| {
        let much = found.with(|found| found.as_ref().is_none_or(|found| found.bytes > MUCH));
        much && device.with_value(Option::is_none)
    });
    let loses = move || match (device.get_value(), found.get()) {
        (Some(folder), _) => words.remove_keeps(&folder),
        (None, Some(found)) if found.files > 0 => {
            let (size, exact) = (text.size(found.bytes), text.exact_bytes(found.bytes));
            words.remove_loses(&size, &exact, found.files)
        }
        (None, Some(_)) => words.remove_empty().to_owned(),
        (None, None) => words.remove_unknown().to_owned(),
    };
    let typed = RwSignal::new(String::new());
    let asking = Asking::new();
    let blocked = Signal::derive(move || {
        let differs = typed.with(|typed| key.with_value(|name| typed.trim() != name));
        (must_type.get() && differs).then(|| words.name_differs().to_owned())
    });
    let remove = move || {
        let name = key.get_value();
        asking.ask(async move {
            let removed = backend::call(&RemoveVolume { name: name.clone() }).await;
            match &removed {
                Ok(()) => {
                    let command = CommandLine::new(["volume", "rm", &name]);
                    store.report(Outcome::Done, words.removed(&name), Some(command));
                    let here = Route::Volumes { open: Some(name) };
                    if store.route.with_untracked(|route| *route == here) {
                        store.go(Route::Volumes { open: None });
                    }
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
    let field = move || {
        view! {
            <label class="field">
                <span class="label">{key.with_value(|name| words.type_name(name))}</span>
                <input
                    class="input"
                    spellcheck="false"
                    autocomplete="off"
                    data-autofocus=""
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                    data-test="remove-volume-name"
                />
            </label>
        }
    };
    view! {
        <Dialog title=words.remove_title(&name) width="28rem" footer>
            <div class="col" on:keydown=on_enter(blocked, remove)>
                <p class="t2">{loses}</p>
                <Show when=move || must_type.get()>{field}</Show>
                <AskFailure asking />
            </div>
        </Dialog>
    }
}
