//! What is wanted, and from which registry.

use leptos::{ev, prelude::*};

use super::{finder::Finder, results::focus_current};
use crate::{
    i18n::use_text,
    parts::{Icon, IconSize, Symbol},
    state::use_store,
};

/// Enter pulls a name; after words that found something it goes to what they found.
#[component]
pub fn NameField(finder: Finder) -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "Enter" if untrack(|| finder.is_searching_words()) => focus_current(),
            "Enter" => {
                if let Some(name) = untrack(|| finder.reference()) {
                    store.pull(name, untrack(|| finder.wanted_platform()), || ());
                }
            }
            "ArrowDown" => focus_current(),
            "Escape" => store.wanted.set(String::new()),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <label class="affix find-field">
            <Icon symbol=Symbol::Search size=IconSize::Small />
            <input
                class="input"
                type="search"
                placeholder=words.field()
                aria-label=words.field()
                data-filter=""
                spellcheck="false"
                autocomplete="off"
                prop:value=move || store.wanted.get()
                on:input=move |event| store.wanted.set(event_target_value(&event))
                on:keydown=on_key
                data-test="find-name"
            />
        </label>
    }
}

/// Docker Hub, and the registries that are known here.
#[component]
pub fn RegistryChoice(finder: Finder) -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    let hosts = Memo::new(move |_| {
        let mut hosts = store.registries();
        let searched = finder.searched();
        if !searched.is_empty() && !hosts.contains(&searched) {
            hosts.push(searched);
        }
        hosts
    });
    let choose = move |event: ev::Event| finder.choose_registry(event_target_value(&event));
    let option = move |host: String| {
        let own = host.clone();
        let chosen = move || finder.searched() == own;
        view! {
            <option value=host.clone() selected=chosen>
                {host.clone()}
            </option>
        }
    };
    view! {
        <select
            class="select find-registry"
            aria-label=words.registry()
            prop:value=move || finder.searched()
            on:change=choose
            data-test="find-registry"
        >
            <option value="" selected=move || finder.searched().is_empty()>
                "Docker Hub"
            </option>
            <For each=move || hosts.get() key=Clone::clone children=option />
        </select>
    }
}
