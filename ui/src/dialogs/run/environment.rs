//! Environment variables: one by one, pasted as lines, or from a file.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};

use super::{
    env_file::{EnvFileField, EnvFiles},
    form::{Form, Variable, is_secret, variables_in},
    group::{Add, Group},
};
use crate::{
    i18n::use_text,
    parts::{IconButton, Symbol},
};

#[component]
pub fn Environment(form: Form) -> impl IntoView {
    let words = use_text().run;
    let fault = move || {
        let fault = form.variables_fault(words)?;
        Some(view! { <span class="hint hint--bad" role="status">{fault}</span> })
    };
    let files = EnvFiles::new(form);
    let adds = vec![
        Add::new(
            Symbol::FileInput,
            words.load_env(),
            "run-load-env",
            move || files.choose(),
        ),
        Add::new(
            Symbol::Plus,
            words.add_variable(),
            "run-add-variable",
            move || form.add_variable("", ""),
        ),
    ];
    view! {
        <Group
            label=words.environment()
            note=words.environment_note()
            filled=Signal::derive(move || form.variables.with(|variables| !variables.is_empty()))
            adds
        >
            <For
                each=move || form.variables.get()
                key=|variable| variable.key
                children=move |variable| view! { <Row form variable /> }
            />
            {fault}
            <EnvFileField files />
        </Group>
    }
}

#[component]
fn Row(form: Form, variable: Variable) -> impl IntoView {
    let words = use_text().run;
    let seen = RwSignal::new(false);
    let secret = Memo::new(move |_| variable.name.with(|name| is_secret(name)));
    let hidden = move || secret.get() && !seen.get();
    // Lines fill this row if it is empty, and rows below it.
    let paste = move |event: ev::Event| {
        let pasted = pasted_text(&event);
        let mut found = variables_in(&pasted).into_iter();
        let is_one_value =
            !pasted.contains('\n') && variable.name.with_untracked(|name| !name.is_empty());
        if is_one_value {
            return;
        }
        let Some((name, value)) = found.next() else {
            return;
        };
        event.prevent_default();
        let is_empty = variable.name.with_untracked(String::is_empty)
            && variable.value.with_untracked(String::is_empty);
        if is_empty {
            variable.name.set(name);
            variable.value.set(value);
        } else {
            form.add_variable(&name, &value);
        }
        for (name, value) in found {
            form.add_variable(&name, &value);
        }
    };
    let symbol = Signal::derive(move || {
        if seen.get() {
            Symbol::EyeOff
        } else {
            Symbol::Eye
        }
    });
    let label = Signal::derive(move || {
        if seen.get() {
            words.hide_value()
        } else {
            words.show_value()
        }
        .to_owned()
    });
    view! {
        <div class="run-variable" data-test="run-variable">
            <input
                class="input input--mono"
                aria-label=words.variable_name()
                placeholder="NAME"
                spellcheck="false"
                autocomplete="off"
                data-test="run-variable-name"
                prop:value=move || variable.name.get()
                on:input=move |event| variable.name.set(event_target_value(&event))
                on:paste=move |event| paste(event.into())
            />
            <div class="affix">
                <input
                    class="input input--mono"
                    type=move || if hidden() { "password" } else { "text" }
                    aria-label=words.variable_value()
                    spellcheck="false"
                    autocomplete="off"
                    data-test="run-variable-value"
                    prop:value=move || variable.value.get()
                    on:input=move |event| variable.value.set(event_target_value(&event))
                    on:paste=move |event| paste(event.into())
                />
                <Show when=move || secret.get()>
                    <span class="affix-end">
                        <IconButton
                            symbol
                            label
                            small=true
                            on_press=move |_| seen.update(|seen| *seen = !*seen)
                        />
                    </span>
                </Show>
            </div>
            <IconButton
                symbol=Symbol::X
                label=words.remove()
                on_press=move |_| form.remove_variable(variable.key)
            />
        </div>
    }
}

/// What a paste brings as text.
fn pasted_text(event: &ev::Event) -> String {
    let data = js_sys::Reflect::get(event.as_ref(), &JsValue::from_str("clipboardData"));
    data.ok()
        .and_then(|data| data.dyn_into::<web_sys::DataTransfer>().ok())
        .and_then(|data| data.get_data("text/plain").ok())
        .unwrap_or_default()
}
