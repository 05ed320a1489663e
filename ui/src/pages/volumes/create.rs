//! A new, empty volume.

use gantry_view::CreateVolume;
use leptos::prelude::*;

use super::name_hint;
use crate::{
    backend,
    dialogs::is_object_name,
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, Dialog, HintedField, Tone, on_enter},
    state::{CommandLine, Outcome, Route, use_store},
};

#[component]
pub fn CreateDialog() -> impl IntoView {
    let words = use_text().volumes;
    let store = use_store();
    let name = RwSignal::new(String::new());
    let asking = Asking::new();
    let hint = Signal::derive(move || name.with(|name| name_hint(store, words, name)));
    let blocked = Signal::derive(move || {
        let (tone, why) = hint.get();
        (tone == Tone::Bad || !name.with(|name| is_object_name(name.trim()))).then_some(why)
    });
    let create = move || {
        let name = name.with_untracked(|name| name.trim().to_owned());
        asking.ask(async move {
            let name = backend::call(&CreateVolume { name }).await?;
            let command = CommandLine::new(["volume", "create", &name]);
            store.report(Outcome::Done, words.made(&name), Some(command));
            store.go(Route::Volumes { open: Some(name) });
            Ok(())
        });
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                blocked
                label=words.create()
                test="create-volume"
                on_press=move |()| create()
            />
        }
    };
    view! {
        <Dialog title=words.new_volume() width="26rem" footer>
            <div class="col" on:keydown=on_enter(blocked, create)>
                <HintedField
                    label=words.name()
                    value=name
                    hint
                    autofocus=true
                    test="volume-name"
                />
                <AskFailure asking />
            </div>
        </Dialog>
    }
}
