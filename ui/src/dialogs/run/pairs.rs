//! Names with values, row by row: variables and labels.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};

use super::form::{Form, is_secret, variables_in};
use crate::{
    i18n::{Run, use_text},
    parts::{IconButton, Symbol},
};

/// A name and its value as they are typed. The key tells rows apart.
#[derive(Clone, Copy)]
pub struct Pair {
    pub key: u32,
    pub name: RwSignal<String>,
    pub value: RwSignal<String>,
}

/// What the pairs of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairs {
    Variables,
    Labels,
}

impl Pairs {
    fn called(self, words: Run) -> &'static str {
        match self {
            Self::Variables => words.variable_name(),
            Self::Labels => words.label_name(),
        }
    }

    /// What a name may look like.
    fn example(self) -> &'static str {
        match self {
            Self::Variables => "NAME",
            Self::Labels => "org.example.name",
        }
    }

    /// The name of a row in tests, and what those of its fields begin with.
    fn test(self) -> &'static str {
        match self {
            Self::Variables => "run-variable",
            Self::Labels => "run-label",
        }
    }
}

impl Form {
    pub fn list(self, pairs: Pairs) -> RwSignal<Vec<Pair>> {
        match pairs {
            Pairs::Variables => self.variables,
            Pairs::Labels => self.labels,
        }
    }

    pub fn add_pair(self, to: Pairs, name: &str, value: &str) {
        let pair = self.in_dialog(|| Pair {
            key: self.key(),
            name: RwSignal::new(name.to_owned()),
            value: RwSignal::new(value.to_owned()),
        });
        self.list(to).update(|pairs| pairs.push(pair));
    }

    /// Gives a variable a value, in the row that it has or in a new one.
    pub fn set_variable(self, name: &str, value: &str) {
        let rows = self.variables.get_untracked();
        let known = rows
            .iter()
            .find(|row| row.name.with_untracked(|known| known.trim() == name));
        match known {
            Some(row) => row.value.set(value.to_owned()),
            None => self.add_pair(Pairs::Variables, name, value),
        }
    }

    /// What is wrong with the pairs of a list.
    pub fn pairs_fault(self, of: Pairs, words: Run) -> Option<String> {
        let is_label = of == Pairs::Labels;
        let mut names = Vec::new();
        for pair in self.list(of).get() {
            let name = pair.name.with(|name| name.trim().to_owned());
            let has_value = pair.value.with(|value| !value.is_empty());
            match name.as_str() {
                "" if has_value && is_label => return Some(words.label_nameless().to_owned()),
                "" if has_value => return Some(words.variable_nameless().to_owned()),
                "" => continue,
                name if name.contains('=') && is_label => {
                    return Some(words.label_equals().to_owned());
                }
                name if name.contains('=') => return Some(words.variable_equals().to_owned()),
                _ => {}
            }
            if names.contains(&name) {
                return Some(words.set_twice(&name));
            }
            names.push(name);
        }
        None
    }

    /// The pairs that have a name.
    pub fn named(self, of: Pairs) -> Vec<(String, String)> {
        let read = |pair: &Pair| {
            let name = pair.name.with(|name| name.trim().to_owned());
            (!name.is_empty()).then(|| (name, pair.value.get()))
        };
        self.list(of)
            .with(|pairs| pairs.iter().filter_map(read).collect())
    }
}

#[component]
pub fn PairRows(form: Form, of: Pairs) -> impl IntoView {
    let words = use_text().run;
    let fault = move || {
        let fault = form.pairs_fault(of, words)?;
        Some(view! { <span class="hint hint--bad" role="status">{fault}</span> })
    };
    view! {
        <For
            each=move || form.list(of).get()
            key=|pair| pair.key
            children=move |pair| view! { <Row form of pair /> }
        />
        {fault}
    }
}

#[component]
fn Row(form: Form, of: Pairs, pair: Pair) -> impl IntoView {
    let words = use_text().run;
    let seen = RwSignal::new(false);
    let secret =
        Memo::new(move |_| of == Pairs::Variables && pair.name.with(|name| is_secret(name)));
    let hidden = move || secret.get() && !seen.get();
    // Lines fill this row if it is empty, and rows below it.
    let paste = move |event: ev::Event| {
        let pasted = pasted_text(&event);
        let mut found = variables_in(&pasted).into_iter();
        let is_one_value =
            !pasted.contains('\n') && pair.name.with_untracked(|name| !name.is_empty());
        if is_one_value {
            return;
        }
        let Some((name, value)) = found.next() else {
            return;
        };
        event.prevent_default();
        let is_empty = pair.name.with_untracked(String::is_empty)
            && pair.value.with_untracked(String::is_empty);
        if is_empty {
            pair.name.set(name);
            pair.value.set(value);
        } else {
            form.add_pair(of, &name, &value);
        }
        for (name, value) in found {
            form.add_pair(of, &name, &value);
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
    let remove = move |_| {
        form.list(of)
            .update(|pairs| pairs.retain(|other| other.key != pair.key));
    };
    view! {
        <div class="run-variable" data-test=of.test()>
            <input
                class="input input--mono"
                aria-label=of.called(words)
                placeholder=of.example()
                spellcheck="false"
                autocomplete="off"
                data-test=format!("{}-name", of.test())
                prop:value=move || pair.name.get()
                on:input=move |event| pair.name.set(event_target_value(&event))
                on:paste=move |event| paste(event.into())
            />
            <div class="affix">
                <input
                    class="input input--mono"
                    type=move || if hidden() { "password" } else { "text" }
                    aria-label=words.variable_value()
                    spellcheck="false"
                    autocomplete="off"
                    data-test=format!("{}-value", of.test())
                    prop:value=move || pair.value.get()
                    on:input=move |event| pair.value.set(event_target_value(&event))
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
            <IconButton symbol=Symbol::X label=words.remove() on_press=remove />
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
