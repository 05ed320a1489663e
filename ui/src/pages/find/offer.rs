//! What would be pulled, what that costs, and the press.

use leptos::prelude::*;

use super::{
    asked::Answer,
    finder::Finder,
    name::short_name,
    tags::{OnThisComputer, id_of},
};
use crate::{
    dialogs,
    i18n::{ended, use_text},
    parts::{Button, ButtonKind, Symbol, use_layers},
    state::{Route, use_store},
};

#[component]
pub fn Offer(finder: Finder) -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    let name = Memo::new(move |_| finder.reference());
    let here = Memo::new(move |_| name.with(|name| id_of(store, name.as_deref()?)));
    let buttons = move || match here.get() {
        Some(id) => view! { <Again finder id /> }.into_any(),
        None => view! { <Pull finder /> }.into_any(),
    };
    view! {
        <Show
            when=move || name.with(Option::is_some)
            fallback=move || {
                view! {
                    <p class="find-offer sm t3" role="status">
                        {words.no_name()}
                    </p>
                }
            }
        >
            <div class="row find-offer" data-test="find-offer">
                <span class="grow">
                    <code class="med cut">{move || name.get()}</code>
                    <Cost finder />
                </span>
                <Show when=move || here.with(Option::is_some)>
                    <OnThisComputer label=words.here() />
                </Show>
                {buttons}
            </div>
        </Show>
    }
}

/// `Downloads 99.8 MiB. 1 of 10 layers is here.`
#[component]
fn Cost(finder: Finder) -> impl IntoView {
    let text = use_text();
    let words = text.find;
    let told = move || {
        finder.image.answer().with(|answer| match answer {
            Answer::None => String::new(),
            Answer::Waiting => words.asking_image().to_owned(),
            Answer::Got(image) if image.download == 0 && image.layers > 0 => {
                words.all_here(image.layers)
            }
            Answer::Got(image) => {
                let size = text.size(image.download);
                let here = words.layers_here(image.layers_here, image.layers);
                format!("{} {here}", words.downloads(&size))
            }
            Answer::Failed(failure) => {
                let (what, why) = (text.failures.what(failure), text.failures.why(failure));
                [what, why]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .map(ended)
                    .collect::<Vec<_>>()
                    .join(" ")
            }
        })
    };
    view! {
        <span class="sm t3" role="status" data-test="find-cost">
            {told}
        </span>
    }
}

/// Pulls what the finder says at the time of the press; `then` runs once it is here.
fn pull(finder: Finder, store: crate::state::Store, then: impl Fn() + Send + Sync + 'static) {
    if let Some(name) = untrack(|| finder.reference()) {
        store.pull(name, untrack(|| finder.wanted_platform()), then);
    }
}

/// It is not here yet.
#[component]
fn Pull(finder: Finder) -> impl IntoView {
    let words = use_text().find;
    let (store, layers) = (use_store(), use_layers());
    let pull_and_run = move |()| {
        let name = untrack(|| finder.reference());
        let name = name.map(|name| short_name(&name).to_owned());
        pull(finder, store, move || {
            dialogs::open_run(layers, name.clone());
        });
    };
    view! {
        <Button class="p4" on_press=pull_and_run>
            {words.pull_and_run()}
        </Button>
        <Button
            kind=ButtonKind::Primary
            icon=Symbol::ArrowDownToLine
            on_press=move |()| pull(finder, store, || ())
            {..}
            data-test="find-pull"
        >
            {words.pull()}
        </Button>
    }
}

/// It is here; the registry may have a newer one.
#[component]
fn Again(finder: Finder, id: String) -> impl IntoView {
    let words = use_text().find;
    let (store, layers) = (use_store(), use_layers());
    let run = move |()| {
        let name = untrack(|| finder.reference());
        dialogs::open_run(layers, name.map(|name| short_name(&name).to_owned()));
    };
    view! {
        <Button
            on_press=move |()| pull(finder, store, || ())
            {..}
            data-test="find-pull"
        >
            {words.pull_again()}
        </Button>
        <Button on_press=move |()| store.go(Route::image(&id))>{words.show()}</Button>
        <Button kind=ButtonKind::Primary on_press=run>
            {words.run()}
        </Button>
    }
}
