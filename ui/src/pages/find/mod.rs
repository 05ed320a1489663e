//! Images from registries: a search at the left, the tags of one repository at the right, what is
//! on its way below. A name as a tutorial writes it is pulled by Enter.

mod asked;
mod field;
mod finder;
mod name;
mod offer;
mod order;
mod progress;
mod repository;
mod results;
mod tags;

use gantry_view::Failure;
use leptos::prelude::*;

use self::{
    field::{NameField, RegistryChoice},
    finder::Finder,
    progress::Transfers,
    repository::Repository,
    results::Results,
};
use crate::{
    dialogs,
    i18n::use_text,
    parts::{Button, ButtonSize, Empty, ErrorCard, PaneHandle, PaneWidth, use_layers},
    shell::Head,
    state::{HUB, asks_who, use_store},
};

/// What tutorials begin with.
const SUGGESTED: [&str; 5] = ["nginx", "postgres", "redis", "node", "python"];

/// The list's width where nothing else is remembered, in pixels at 100 % interface size.
const MASTER: f64 = 392.0;

#[component]
pub fn FindPage() -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    let finder = Finder::new(store);
    store.read_registries();
    let idle = Memo::new(move |_| finder.is_idle());
    view! {
        <Head title=words.title()>
            <NameField finder />
            <RegistryChoice finder />
        </Head>
        <div class="body body--flush find">
            <div class="find-main">
                <Show when=move || !idle.get() fallback=Suggestions>
                    <Panes finder />
                </Show>
                <Transfers />
            </div>
        </div>
    }
}

#[component]
fn Panes(finder: Finder) -> impl IntoView {
    let store = use_store();
    let width = PaneWidth::new(store, "find.master", MASTER);
    view! {
        <div
            class="split split--wide"
            style=move || width.style()
        >
            <Results finder />
            <PaneHandle width />
            <Repository finder />
        </div>
    }
}

#[component]
fn Suggestions() -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    let chip = move |name: &'static str| {
        view! {
            <button type="button" class="chip" on:click=move |_| store.wanted.set(name.to_owned())>
                {name}
            </button>
        }
    };
    view! {
        <div class="body">
            <Empty title=words.empty_title() text=words.empty_text()>
                <div class="row row--wrap">{SUGGESTED.map(chip).collect_view()}</div>
            </Empty>
        </div>
    }
}

/// What a registry did not answer, with the way to ask it again.
#[component]
fn NoAnswer(
    finder: Finder,
    failure: Failure,
    title: String,
    /// The name of the card in tests.
    test: &'static str,
) -> impl IntoView {
    let text = use_text();
    let layers = use_layers();
    let sign_in = asks_who(&failure).then(|| {
        let press = move || {
            let registry = untrack(|| finder.searched());
            let registry = if registry.is_empty() { HUB } else { &registry };
            dialogs::open_sign_in(layers, registry, None);
        };
        view! {
            <Button size=ButtonSize::Small on_press=move |()| press() {..} data-test="find-sign-in">
                {text.registries.sign_in()}
            </Button>
        }
    });
    view! {
        <div class="find-state">
            <ErrorCard title failure {..} data-test=test>
                {sign_in}
                <Button size=ButtonSize::Small on_press=move |()| finder.again()>
                    {text.failures.try_again()}
                </Button>
            </ErrorCard>
        </div>
    }
}
