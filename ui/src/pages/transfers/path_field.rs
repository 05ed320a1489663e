//! A path that was typed or pasted: for what lies where no dialog is quick.

use leptos::{ev, prelude::*};

use crate::{
    i18n::use_text,
    parts::{Button, Icon, IconSize, Symbol},
    state::use_store,
};

#[component]
pub fn PathField() -> impl IntoView {
    let store = use_store();
    let text = use_text().transfers;
    let typed = RwSignal::new(String::new());
    let reason = Signal::derive(move || {
        typed
            .with(|typed| match typed.trim() {
                "" => Some(text.path_empty()),
                path if path.starts_with(['/', '~']) => None,
                _ => Some(text.path_relative()),
            })
            .map(str::to_owned)
    });
    let import = move || {
        if reason.get_untracked().is_none() {
            let path = store.expand_home(typed.get_untracked().trim());
            typed.set(String::new());
            store.import_paths(vec![path]);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            import();
        }
    };
    // An empty field is no fault; only what was typed can be wrong.
    let faulty = move || reason.get().is_some() && typed.with(|typed| !typed.trim().is_empty());
    view! {
        <div class="row path-field">
            <label class="affix grow">
                <Icon symbol=Symbol::FileText size=IconSize::Small />
                <input
                    class="input input--mono"
                    placeholder=text.path_hint()
                    aria-label=text.path_label()
                    aria-invalid=move || faulty().then_some("true")
                    spellcheck="false"
                    autocomplete="off"
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                    on:keydown=on_key
                    data-test="import-path"
                />
            </label>
            <Button disabled=reason on_press=move |()| import() {..} data-test="import-path-go">
                {text.import()}
            </Button>
        </div>
        <Show when=faulty>
            <p class="hint hint--bad" role="status">
                {text.path_relative()}
            </p>
        </Show>
    }
}
