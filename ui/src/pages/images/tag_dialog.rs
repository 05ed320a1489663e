//! One more name for an image, checked while it is typed.

use gantry_view::{Failure, TagImage};
use leptos::prelude::*;

use super::remove::name_of;
use crate::{
    backend,
    dialogs::{NameFault, check_name},
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, Dialog, HintedField, Tone, on_enter, split_reference},
    state::{CommandLine, Outcome, Store, use_store},
};

/// What a name would do.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    Free(String),
    /// It names another image now.
    Moves(String),
    /// It names this image already.
    Same,
    Faulty(NameFault),
}

fn fate(store: Store, id: &str, typed: &str) -> Fate {
    let name = match check_name(typed) {
        Ok(name) => name,
        Err(fault) => return Fate::Faulty(fault),
    };
    let holder = store
        .images
        .filtered(|image| image.tags.contains(&name))
        .pop();
    match holder {
        Some(image) if image.id == id => Fate::Same,
        Some(_) => Fate::Moves(name),
        None => Fate::Free(name),
    }
}

#[component]
pub fn TagDialog(id: String) -> impl IntoView {
    let words = use_text().images;
    let store = use_store();
    let image = store.images.get_untracked(&id);
    let title = words.tag_title(&image.as_ref().map(name_of).unwrap_or_default());
    let repository = image
        .and_then(|image| image.tags.first().cloned())
        .map(|name| format!("{}:", split_reference(&name).0));
    let typed = RwSignal::new(repository.unwrap_or_default());
    let asking = Asking::new();
    let id = StoredValue::new(id);
    let fate = Memo::new(move |_| id.with_value(|id| typed.with(|typed| fate(store, id, typed))));
    // What ends in a colon is still being typed.
    let unfinished = move || typed.with(|typed| typed.trim().is_empty() || typed.ends_with(':'));
    let hint = Signal::derive(move || match fate.get() {
        _ if unfinished() => (Tone::Plain, words.tag_rule().to_owned()),
        Fate::Free(name) => (Tone::Good, words.tag_free(&name)),
        Fate::Moves(name) => (Tone::Warn, words.tag_moves(&name)),
        Fate::Same => (Tone::Bad, words.tag_same().to_owned()),
        Fate::Faulty(NameFault::UpperCase) => (Tone::Bad, words.tag_upper().to_owned()),
        Fate::Faulty(_) => (Tone::Bad, words.tag_invalid().to_owned()),
    });
    let blocked = Signal::derive(move || match fate.get() {
        Fate::Free(_) | Fate::Moves(_) => None,
        _ if unfinished() => Some(words.tag_empty().to_owned()),
        _ => Some(hint.get().1),
    });
    let add = move || {
        if let Fate::Free(name) | Fate::Moves(name) = fate.get_untracked() {
            asking.ask(tag(store, id.get_value(), name));
        }
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                blocked
                label=words.add_tag()
                test="add-tag"
                on_press=move |()| add()
            />
        }
    };
    view! {
        <Dialog title width="28rem" footer>
            <div class="col" on:keydown=on_enter(blocked, add)>
                <HintedField
                    label=words.tag_field()
                    value=typed
                    hint
                    mono=true
                    autofocus=true
                    test="tag-name"
                />
                <AskFailure asking />
            </div>
        </Dialog>
    }
}

async fn tag(store: Store, id: String, name: String) -> Result<(), Failure> {
    let request = TagImage {
        id: id.clone(),
        reference: name.clone(),
    };
    backend::call(&request).await?;
    let short = split_reference(&id).0.to_owned();
    let words = store.text().images.tagged(&name, &short);
    let command = CommandLine::new(["tag".to_owned(), short, name]);
    store.report(Outcome::Done, words, Some(command));
    Ok(())
}
