//! A new volume with the files of one that is here.

use gantry_view::{CreateVolume, FilesOf};
use leptos::prelude::*;

use super::{name_hint, usage::Usage};
use crate::{
    backend,
    dialogs::is_object_name,
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, Dialog, HintedField, Layers, Tone, on_enter},
    state::{Folder, Route, use_store},
};

/// Asks what the copy is called.
pub fn ask_duplicate(layers: Layers, usage: Usage, name: String) {
    layers.open_dialog(move || view! { <DuplicateDialog name=name.clone() usage /> });
}

#[component]
fn DuplicateDialog(name: String, usage: Usage) -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let store = use_store();
    let title = words.duplicate_title(&name);
    let found = untrack(|| usage.of(&name));
    let holds = found.map(|found| words.duplicate_holds(&text.size(found.bytes), found.files));
    let writers = untrack(|| usage.writers(&name));
    let typed = RwSignal::new(format!("{name}-copy"));
    let hint = Signal::derive(move || typed.with(|name| name_hint(store, words, name)));
    let blocked = Signal::derive(move || {
        let (tone, why) = hint.get();
        (tone == Tone::Bad || !typed.with(|name| is_object_name(name.trim()))).then_some(why)
    });
    let asking = Asking::new();
    let key = StoredValue::new(name);
    let copy = move || {
        let name = typed.with_untracked(|name| name.trim().to_owned());
        asking.ask(async move {
            let name = backend::call(&CreateVolume { name }).await?;
            let to = Folder {
                of: FilesOf::Volume(name.clone()),
                dir: String::new(),
            };
            // What lies in its folder, and not the folder.
            store.copy_across(FilesOf::Volume(key.get_value()), ".".to_owned(), to);
            store.go(Route::Volumes { open: Some(name) });
            Ok(())
        });
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                blocked
                label=words.copy_go()
                test="duplicate-go"
                on_press=move |()| copy()
            />
        }
    };
    view! {
        <Dialog title width="28rem" footer>
            <div class="col" on:keydown=on_enter(blocked, copy)>
                <p class="t2">{holds} " " {words.duplicate_keeps()}</p>
                {(!writers.is_empty())
                    .then(|| view! { <p class="hint hint--warn">{words.backup_writers(&writers)}</p> })}
                <HintedField
                    label=words.restore_name()
                    value=typed
                    hint
                    autofocus=true
                    test="duplicate-name"
                />
                <AskFailure asking />
            </div>
        </Dialog>
    }
}
