//! Images from registries: a name as a tutorial writes it, and how far what was asked for is.

mod name;

use std::cmp::Reverse;

use gantry_view::{Task, TaskKind, TaskState};
use leptos::{ev, prelude::*};

use self::name::{short_name, whole_name};
use super::transfers::{EndedTask, RunningTask};
use crate::{
    dialogs,
    i18n::use_text,
    parts::{Button, ButtonKind, Empty, Icon, IconSize, Symbol, use_layers},
    shell::Head,
    state::{Route, use_store},
};

/// What tutorials begin with.
const SUGGESTED: [&str; 5] = ["nginx", "postgres", "redis", "node", "python"];

#[component]
pub fn FindPage() -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    let typed = store.wanted;
    let wanted = Memo::new(move |_| typed.with(|typed| whole_name(typed)));
    let nothing = Memo::new(move |_| typed.with(|typed| typed.trim().is_empty()));
    view! {
        <Head title=words.title()>
            <NameField wanted />
        </Head>
        <div class="body pad find">
            <div class="measure">
                {move || match wanted.get() {
                    Some(name) => view! { <Offer name /> }.into_any(),
                    None if nothing.get() => view! { <Suggestions /> }.into_any(),
                    None => {
                        view! {
                            <p class="hint hint--bad" role="status">
                                {words.no_name()}
                            </p>
                        }
                            .into_any()
                    }
                }}
                <Pulls />
            </div>
        </div>
    }
}

/// Enter pulls.
#[component]
fn NameField(wanted: Memo<Option<String>>) -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "Enter" => {
                if let Some(name) = wanted.get_untracked() {
                    store.pull(name, || ());
                }
            }
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

#[component]
fn Suggestions() -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    view! {
        <Empty title=words.empty_title() text=words.empty_text()>
            <div class="row row--wrap">
                {SUGGESTED
                    .map(|name| {
                        view! {
                            <button
                                type="button"
                                class="chip"
                                on:click=move |_| store.wanted.set(name.to_owned())
                            >
                                {name}
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
        </Empty>
    }
}

/// The image that the name means, and what can be done with it.
#[component]
fn Offer(name: String) -> impl IntoView {
    let words = use_text().find;
    let (store, layers) = (use_store(), use_layers());
    let registry = name.split('/').next().unwrap_or_default().to_owned();
    let short = StoredValue::new(short_name(&name).to_owned());
    let whole = StoredValue::new(name.clone());
    let here = Memo::new(move |_| {
        let mut found = None;
        store.images.for_each(|image| {
            if image
                .tags
                .iter()
                .any(|tag| short.with_value(|short| tag == short))
            {
                found = Some(image.id.clone());
            }
        });
        found
    });
    let run = move || dialogs::open_run(layers, Some(short.get_value()));
    let pull = move || store.pull(whole.get_value(), || ());
    let pull_and_run = move |()| store.pull(whole.get_value(), run);
    view! {
        <div class="card find-offer" data-test="find-offer">
            <div class="grow">
                <code class="med cut">{name}</code>
                <div class="row row--tight sm t3">
                    {words.comes_from(&registry)}
                    {move || {
                        here.get()
                            .map(|_| {
                                view! {
                                    <span class="badge badge--ok">
                                        <Icon symbol=Symbol::Check size=IconSize::Small />
                                        {words.here()}
                                    </span>
                                }
                            })
                    }}
                </div>
            </div>
            {move || match here.get() {
                Some(id) => {
                    view! {
                        <Button on_press=move |()| pull() {..} data-test="find-pull">
                            {words.pull_again()}
                        </Button>
                        <Button on_press=move |()| store.go(Route::image(&id))>{words.show()}</Button>
                        <Button kind=ButtonKind::Primary on_press=move |()| run()>
                            {words.run()}
                        </Button>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <Button on_press=pull_and_run>{words.pull_and_run()}</Button>
                        <Button
                            kind=ButtonKind::Primary
                            icon=Symbol::ArrowDownToLine
                            on_press=move |()| pull()
                            {..}
                            data-test="find-pull"
                        >
                            {words.pull()}
                        </Button>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// What is being pulled, and what came of the rest, the latest first.
#[component]
fn Pulls() -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    let ids = Memo::new(move |_| {
        let mut pulls = store
            .tasks
            .filtered(|task: &Task| task.kind == TaskKind::Pull);
        pulls.sort_by_key(|task| (task.state != TaskState::Running, Reverse(task.started_at)));
        let rows = pulls.into_iter();
        rows.map(|task| (task.state == TaskState::Running, task.id))
            .collect::<Vec<_>>()
    });
    let row = move |(running, id): (bool, String)| {
        store.tasks.cell(&id).map(|task| {
            if running {
                view! { <RunningTask task /> }.into_any()
            } else {
                view! { <EndedTask task /> }.into_any()
            }
        })
    };
    view! {
        <Show when=move || ids.with(|ids| !ids.is_empty())>
            <h3 class="jobs-h">{words.pulls()}</h3>
            <For each=move || ids.get() key=Clone::clone children=row />
        </Show>
    }
}
