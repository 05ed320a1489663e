//! One more name for an image, checked while it is typed.

use gantry_view::{Failure, TagImage};
use leptos::{ev, prelude::*, task::spawn_local};

use super::remove::name_of;
use crate::{
    backend,
    dialogs::{NameFault, check_name},
    i18n::use_text,
    parts::{Button, ButtonKind, Dialog, ErrorCard, split_reference, use_layers},
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
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let words = text.images;
    let image = store.images.get_untracked(&id);
    let title = words.tag_title(&image.as_ref().map(name_of).unwrap_or_default());
    let repository = image
        .and_then(|image| image.tags.first().cloned())
        .map(|name| format!("{}:", split_reference(&name).0));
    let typed = RwSignal::new(repository.unwrap_or_default());
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let id = StoredValue::new(id);
    let fate = Memo::new(move |_| id.with_value(|id| typed.with(|typed| fate(store, id, typed))));
    // What ends in a colon is still being typed.
    let unfinished = move || typed.with(|typed| typed.trim().is_empty() || typed.ends_with(':'));
    let hint = move || match fate.get() {
        _ if unfinished() => ("hint", words.tag_rule().to_owned()),
        Fate::Free(name) => ("hint hint--ok", words.tag_free(&name)),
        Fate::Moves(name) => ("hint hint--warn", words.tag_moves(&name)),
        Fate::Same => ("hint hint--bad", words.tag_same().to_owned()),
        Fate::Faulty(NameFault::UpperCase) => ("hint hint--bad", words.tag_upper().to_owned()),
        Fate::Faulty(_) => ("hint hint--bad", words.tag_invalid().to_owned()),
    };
    let blocked = Signal::derive(move || match fate.get() {
        Fate::Free(_) | Fate::Moves(_) => None,
        _ if unfinished() => Some(words.tag_empty().to_owned()),
        _ => Some(hint().1),
    });
    let add = move || {
        let (Fate::Free(name) | Fate::Moves(name)) = fate.get_untracked() else {
            return;
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            match tag(store, id.get_value(), name).await {
                Ok(()) => layers.close_dialog(),
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            add();
        }
    };
    let footer = move || {
        view! {
            <Button on_press=move |()| layers.close_dialog()>{text.common.cancel()}</Button>
            <Button
                kind=ButtonKind::Primary
                busy
                disabled=blocked
                on_press=move |()| add()
                {..}
                data-test="add-tag"
            >
                {words.add_tag()}
            </Button>
        }
    };
    view! {
        <Dialog title width="28rem" footer>
            <div class="col">
                <label class="field">
                    <span class="label">{words.tag_field()}</span>
                    <input
                        class="input input--mono"
                        spellcheck="false"
                        autocomplete="off"
                        data-autofocus=""
                        data-test="tag-name"
                        aria-invalid=move || (hint().0 == "hint hint--bad").then_some("true")
                        prop:value=move || typed.get()
                        on:input=move |event| typed.set(event_target_value(&event))
                        on:keydown=on_key
                    />
                    <span class=move || hint().0 role="status">
                        {move || hint().1}
                    </span>
                </label>
                {move || failure.get().map(|failure| view! { <ErrorCard failure /> })}
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
