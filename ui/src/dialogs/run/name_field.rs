//! The name: free or taken is told while it is typed, and a free one is one press away.

use std::time::Duration;

use gantry_view::{CheckName, NameCheck};
use leptos::{prelude::*, task::spawn_local};

use super::form::Form;
use crate::{
    backend,
    i18n::use_text,
    parts::{Button, ButtonKind, Glyph, StatusKind},
};

/// The engine is asked once the typing rests.
const REST: Duration = Duration::from_millis(120);

#[component]
pub fn NameField(form: Form) -> impl IntoView {
    let words = use_text().run;
    follow(form);
    let hint = move || {
        let name = form.name.with(|name| name.trim().to_owned());
        let check = form.name_check.get()?;
        let suggestion = match &check {
            NameCheck::Free => None,
            NameCheck::Taken { suggestion, .. } | NameCheck::Invalid { suggestion } => {
                Some(suggestion.clone()).filter(|suggestion| !suggestion.is_empty())
            }
        };
        let (class, glyph, told) = match check {
            NameCheck::Free => (
                "hint hint--ok row",
                StatusKind::Running,
                words.name_free(&name),
            ),
            NameCheck::Taken { .. } => (
                "hint hint--bad row",
                StatusKind::Failed,
                words.name_taken(&name),
            ),
            NameCheck::Invalid { .. } => (
                "hint hint--bad row",
                StatusKind::Failed,
                words.name_invalid().to_owned(),
            ),
        };
        let offer = suggestion.map(|suggestion| {
            let label = words.use_name(&suggestion);
            let take = move || form.name.set(suggestion.clone());
            view! {
                <Button
                    kind=ButtonKind::Link
                    on_press=move |()| take()
                    {..}
                    data-test="run-name-suggestion"
                >
                    {label}
                </Button>
            }
        });
        Some(view! {
            <span class=class role="status" data-test="run-name-hint">
                <Glyph kind=glyph />
                <span>{told} " " {offer}</span>
            </span>
        })
    };
    let invalid = move || form.name_fault(words).map(|_| "true");
    view! {
        <div class="field">
            <label for="run-name">{words.name()}</label>
            <input
                id="run-name"
                class="input"
                placeholder=words.name_placeholder()
                spellcheck="false"
                autocomplete="off"
                aria-invalid=invalid
                data-autofocus=form.image.with_untracked(|image| !image.is_empty()).then_some("")
                data-test="run-name"
                prop:value=move || form.name.get()
                on:input=move |event| form.name.set(event_target_value(&event))
            />
            {hint}
        </div>
    }
}

/// Asks for the name whenever it changes, and again when containers come and go.
fn follow(form: Form) {
    Effect::new(move |_| {
        let wanted = form.name.with(|name| name.trim().to_owned());
        // A name becomes free or taken with the containers that have it.
        let _ = form.store.containers.len();
        form.name_check.set(None);
        if wanted.is_empty() {
            return;
        }
        let is_wanted = move |wanted: &str| {
            form.name
                .try_with_untracked(|name| name.trim() == wanted)
                .unwrap_or(false)
        };
        set_timeout(
            move || {
                if !is_wanted(&wanted) {
                    return;
                }
                spawn_local(async move {
                    let answer = backend::call(&CheckName {
                        name: wanted.clone(),
                    })
                    .await;
                    if is_wanted(&wanted) {
                        // Without an answer the press itself will tell.
                        let _ = form.name_check.try_set(answer.ok());
                    }
                });
            },
            REST,
        );
    });
}
