use leptos::prelude::*;

use crate::{
    i18n::Text,
    pages::{Drafts, Places, Terminals},
    parts::{DialogLayer, Layers, MenuLayer, TipLayer, ToastLayer},
    shell::Shell,
    state::Store,
};

/// The window. State outlives a change of language; everything below is mounted anew with it.
#[component]
pub fn App() -> impl IntoView {
    let store = Store::new();
    provide_context(store);
    provide_context(Places::new());
    provide_context(Drafts::new());
    provide_context(Terminals::new());
    store.connect();
    let lang = Memo::new(move |_| store.lang());
    move || {
        provide_context(Text::new(lang.get()));
        provide_context(Layers::new());
        view! {
            <Shell />
            <DialogLayer />
            <MenuLayer />
            <ToastLayer toasts=store.toasts />
            <TipLayer />
        }
    }
}
