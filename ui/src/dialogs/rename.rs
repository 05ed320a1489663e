//! A new name for a container, checked before the press.

use std::time::Duration;

use gantry_view::{CheckName, Failure, NameCheck};
use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    backend,
    i18n::use_text,
    parts::{Button, ButtonKind, Dialog, ErrorCard, use_layers},
    state::use_store,
};

/// The engine is asked once the typing rests.
const REST: Duration = Duration::from_millis(150);

#[component]
pub fn RenameDialog(container: String) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let words = text.dialogs;
    let old = store.name_of(&container);
    let name = RwSignal::new(old.clone());
    let check = RwSignal::new(None::<NameCheck>);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
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

    let hint = move || {
        let wanted = name.get();
        match check.get() {
            None => ("hint", words.name_rule().to_owned()),
            Some(NameCheck::Free) => ("hint hint--ok", words.name_free(&wanted)),
            Some(NameCheck::Taken { suggestion, .. }) => {
                ("hint hint--bad", words.name_taken(&wanted, &suggestion))
            }
            Some(NameCheck::Invalid { .. }) => ("hint hint--bad", words.name_invalid().to_owned()),
        }
    };
    let blocked = Signal::derive(move || {
        let unchanged = name.with(|name| old.with_value(|old| name == old) || name.is_empty());
        let refused = matches!(
            check.get(),
            Some(NameCheck::Taken { .. } | NameCheck::Invalid { .. })
        );
        (unchanged || refused).then(|| hint().1)
    });
    let rename = move || {
        if blocked.get_untracked().is_some() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let answer = store
                .rename(container.get_value(), name.get_untracked())
                .await;
            match answer {
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
            rename();
        }
    };
    let footer = move || {
        view! {
            <Button on_press=move |()| layers.close_dialog()>{text.common.cancel()}</Button>
            <Button kind=ButtonKind::Primary busy disabled=blocked on_press=move |()| rename()>
                {words.rename()}
            </Button>
        }
    };
    let invalid = move || {
        matches!(
            check.get(),
            Some(NameCheck::Taken { .. } | NameCheck::Invalid { .. })
        )
        .then_some("true")
    };
    view! {
        <Dialog title=words.rename_title(&old.get_value()) width="26rem" footer>
            <div class="col">
                <label class="field">
                    <span class="label">{words.new_name()}</span>
                    <input
                        class="input"
                        spellcheck="false"
                        autocomplete="off"
                        data-autofocus=""
                        aria-invalid=invalid
                        prop:value=move || name.get()
                        on:input=move |event| name.set(event_target_value(&event))
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
