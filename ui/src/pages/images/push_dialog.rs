//! Pushing an image: the name says to which registry.

use gantry_view::TagImage;
use leptos::prelude::*;

use super::remove::name_of;
use crate::{
    backend,
    dialogs::{NameFault, check_name, registry_of},
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, Dialog, HintedField, Tone, on_enter},
    state::use_store,
};

/// `reference` is the name in view. Another name is given to the image first.
#[component]
pub fn PushDialog(id: String, reference: Option<String>) -> impl IntoView {
    let words = use_text().images;
    let store = use_store();
    let image = store.images.get_untracked(&id);
    let title = words.push_title(&image.as_ref().map(name_of).unwrap_or_default());
    let typed = RwSignal::new(reference.unwrap_or_default());
    let asking = Asking::new();
    let id = StoredValue::new(id);
    let name = Memo::new(move |_| typed.with(|typed| check_name(typed)));
    let has_it = move |name: &str| {
        let image = store.images.get_untracked(&id.get_value());
        image.is_some_and(|image| image.tags.iter().any(|tag| tag == name))
    };
    let hint = Signal::derive(move || match name.get() {
        Ok(name) => {
            let registry = registry_of(&name).unwrap_or("docker.io");
            if has_it(&name) {
                (Tone::Good, words.push_to(registry))
            } else {
                (Tone::Good, words.push_tags(&name, registry))
            }
        }
        Err(NameFault::Empty) => (Tone::Plain, words.push_rule().to_owned()),
        Err(NameFault::UpperCase) => (Tone::Bad, words.tag_upper().to_owned()),
        Err(NameFault::Invalid) => (Tone::Bad, words.tag_invalid().to_owned()),
    });
    let blocked = Signal::derive(move || name.get().err().map(|_| hint.get().1));
    let push = move || {
        let Ok(name) = name.get_untracked() else {
            return;
        };
        asking.ask(async move {
            if !has_it(&name) {
                let request = TagImage {
                    id: id.get_value(),
                    reference: name.clone(),
                };
                backend::call(&request).await?;
            }
            store.push(name);
            Ok(())
        });
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                blocked
                label=words.push_go()
                test="push-go"
                on_press=move |()| push()
            />
        }
    };
    view! {
        <Dialog title width="30rem" footer>
            <div class="col" on:keydown=on_enter(blocked, push)>
                <HintedField
                    label=words.push_field()
                    value=typed
                    hint
                    mono=true
                    autofocus=true
                    test="push-name"
                />
                <AskFailure asking />
            </div>
        </Dialog>
    }
}
