//! The image that comes with Gantry, offered while it is not here.

use gantry_view::TaskState;
use leptos::prelude::*;

use crate::{
    i18n::use_text,
    parts::{Button, ButtonKind, Icon, Symbol},
    state::use_store,
};

const NAME: &str = "gantry/welcome";

#[component]
pub fn WelcomeOffer() -> impl IntoView {
    let store = use_store();
    let text = use_text().transfers;
    let is_here = Memo::new(move |_| {
        let mut found = false;
        store.images.for_each(|image| {
            found |= image.tags.iter().any(|tag| tag.starts_with(NAME));
        });
        found
    });
    view! {
        <Show when=move || store.loaded.get() && !is_here.get()>
            <div class="card row welcome-offer">
                <Icon symbol=Symbol::Container />
                <span class="grow">
                    <span class="med">{text.welcome_title()}</span>
                    <span class="sm t3 welcome-text">{text.welcome_text()}</span>
                </span>
                <AddWelcome />
            </div>
        </Show>
    }
}

/// The press that adds it; busy until it is here.
#[component]
pub fn AddWelcome(#[prop(optional)] kind: ButtonKind) -> impl IntoView {
    let store = use_store();
    let text = use_text().transfers;
    let is_coming = Memo::new(move |_| {
        let mut found = false;
        store.tasks.for_each(|task| {
            found |= task.state == TaskState::Running && task.title.contains(NAME);
        });
        found
    });
    view! {
        <Button
            kind
            busy=is_coming
            on_press=move |()| store.import_welcome()
            {..}
            data-test="add-welcome"
        >
            {text.add_welcome()}
        </Button>
    }
}
