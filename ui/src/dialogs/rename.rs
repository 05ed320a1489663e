//! A new name for a container, checked before the press.

use std::time::Duration;

use gantry_view::{CheckName, NameCheck};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    backend,
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, Dialog, HintedField, Tone, on_enter},
    state::use_store,
};

/// The engine is asked once the typing rests.
const REST: Duration = Duration::from_millis(150);

#[component]
pub fn RenameDialog(container: String) -> impl IntoView {
    let words = use_text().dialogs;
    let store = use_store();
    let old = store.name_of(&container);
    let name = RwSignal::new(old.clone());
    let check = RwSignal::new(None::<NameCheck>);
    let asking = Asking::new();
    let old = StoredValue::new(old);
    let container = StoredValue::new(container);

    Effect::new(move |_| {
        let wanted = name.get();
        check.set(None);
        if wanted.is_empty() || old.with_value(|old| *old == wanted) {
            return;
        }
        set_timeout(
            move || {
                if name.try_get_untracked().as_ref() != Some(&wanted) {
                    return;
                }
                spawn_local(async move {
                    let answer = backend::call(&CheckName {
                        name: wanted.clone(),
                    })
                    .await;
                    // The dialog may be gone, or the name another one by now.
                    if name.try_get_untracked() == Some(wanted) {
                        let _ = check.try_set(answer.ok());
                    }
                });
            },
            REST,
        );
    });

    let hint = Signal::derive(move || {
        let wanted = name.get();
        match check.get() {
            None => (Tone::Plain, words.name_rule().to_owned()),
            Some(NameCheck::Free) => (Tone::Good, words.name_free(&wanted)),
            Some(NameCheck::Taken { suggestion, .. }) => {
                (Tone::Bad, words.name_taken(&wanted, &suggestion))
            }
            Some(NameCheck::Invalid { .. }) => (Tone::Bad, words.name_invalid().to_owned()),
        }
    });
    let blocked = Signal::derive(move || {
        let unchanged = name.with(|name| old.with_value(|old| name == old) || name.is_empty());
        let (tone, why) = hint.get();
        (unchanged || tone == Tone::Bad).then_some(why)
    });
    let rename = move || {
        let (id, name) = (container.get_value(), name.get_untracked());
        asking.ask(store.rename(id, name));
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                blocked
                label=words.rename()
                test="rename-go"
                on_press=move |()| rename()
            />
        }
    };
    view! {
        <Dialog title=words.rename_title(&old.get_value()) width="26rem" footer>
            <div class="col" on:keydown=on_enter(blocked, rename)>
                <HintedField
                    label=words.new_name()
                    value=name
                    hint
                    autofocus=true
                    test="rename-name"
                />
                <AskFailure asking />
            </div>
        </Dialog>
    }
}
