//! The command, with the image's own as what stands there when nothing is typed.

use leptos::prelude::*;

use super::form::Form;
use crate::{i18n::use_text, state::quoted};

fn line(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    quoted.join(" ")
}

#[component]
pub fn CommandField(form: Form) -> impl IntoView {
    let words = use_text().run;
    let own = move || {
        if form.entrypoint.with(Option::is_some) {
            return String::new();
        }
        form.detail.with(|detail| {
            detail
                .as_ref()
                .map(|detail| line(&detail.cmd))
                .unwrap_or_default()
        })
    };
    let entrypoint = move || {
        if let Some(own) = form.entrypoint.get() {
            return Some(words.command_after_own(&line(&own)));
        }
        let entrypoint = form
            .detail
            .with(|detail| detail.as_ref().map(|detail| line(&detail.entrypoint)))?;
        (!entrypoint.is_empty()).then(|| words.command_after(&entrypoint))
    };
    let fault = move || form.command_fault(words);
    let hint = move || match fault() {
        Some(fault) => {
            Some(view! { <span class="hint hint--bad" role="status">{fault}</span> }.into_any())
        }
        None => entrypoint().map(|hint| view! { <span class="hint">{hint}</span> }.into_any()),
    };
    view! {
        <div class="field">
            <label for="run-command">
                {words.command()} " " <span class="t3 plain">{words.command_empty()}</span>
            </label>
            <input
                id="run-command"
                class="input input--mono"
                placeholder=own
                spellcheck="false"
                autocomplete="off"
                aria-invalid=move || fault().map(|_| "true")
                data-test="run-command-field"
                prop:value=move || form.command.get()
                on:input=move |event| form.command.set(event_target_value(&event))
            />
            {hint}
        </div>
    }
}
