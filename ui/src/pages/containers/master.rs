//! The narrow list and the open container beside it.

use gantry_view::{Container, ContainerState};
use leptos::{ev, prelude::*};

use super::{
    commands,
    detail::Detail,
    list_keys::{self, Keys},
    model::ListModel,
};
use crate::{
    dialogs,
    i18n::{Text, use_text},
    parts::{
        Anchor, FilterField, Glyph, Heights, IconButton, PaneHandle, PaneWidth, Symbol,
        VirtualRows, use_layers,
    },
    shell::{problem_words, status_of},
    state::{Route, Verb, use_store},
};

const WIDTH: f64 = 280.0;
/// The height of an entry at 100 % interface size.
const ENTRY: f64 = 44.0;

#[component]
pub fn MasterDetail(model: ListModel, open: Memo<Option<String>>) -> impl IntoView {
    let store = use_store();
    let width = PaneWidth::new(store, "containers.master", WIDTH);
    view! {
        <div class="split" style=move || width.style()>
            <Master model open />
            <PaneHandle width />
            {move || open.get().map(|id| view! { <Detail id on_leave=move |()| model.focus_list() /> })}
        </div>
    }
}

#[component]
fn Master(model: ListModel, open: Memo<Option<String>>) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let keys = move |event: ev::KeyboardEvent| {
        list_keys::handle(Keys::Master, model, store, layers, &event);
    };
    let heights = Memo::new(move |_| Heights::Same(store.pixels(ENTRY)));
    let row = Callback::new(move |(id, _)| view! { <Entry id model open /> }.into_any());
    // The row that was pressed to come here is gone; its counterpart takes the keyboard.
    request_animation_frame(move || {
        let lost = document()
            .active_element()
            .is_none_or(|element| element.tag_name() == "BODY");
        if lost {
            model.focus_list();
        }
    });
    // The list follows what is open, also when it was opened elsewhere.
    Effect::new(move |_| model.cursor.set(open.get()));
    view! {
        <section class="pane pane--sunken" aria-label=text.containers.title() data-pane="">
            <div class="pane-h">
                <FilterField
                    value=model.filter
                    label=text.common.filter()
                    width="100%"
                    on_leave=move |()| model.focus_list()
                />
                <IconButton
                    symbol=Symbol::Plus
                    label=text.containers.run()
                    key="Ctrl N"
                    on_press=move |_| dialogs::open_run(layers, None)
                />
            </div>
            <div
                class="list"
                role="listbox"
                aria-label=text.containers.title()
                on:keydown=keys
                node_ref=model.scroller
            >
                <VirtualRows keys=model.shown scroller=model.scroller heights row />
            </div>
        </section>
    }
}

#[component]
fn Entry(id: String, model: ListModel, open: Memo<Option<String>>) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let Some(cell) = store.containers.cell(&id) else {
        return ().into_any();
    };
    let container = RwSignal::from(cell);
    let verb = RwSignal::from(store.verbs.of(&id).verb);
    let key = StoredValue::new(id.clone());
    let is_open =
        Memo::new(move |_| open.with(|open| key.with_value(|id| open.as_ref() == Some(id))));
    let kind = Memo::new(move |_| container.with(|container| status_of(container, verb.get())));
    let line = Memo::new(move |_| {
        let now = store.now.get();
        container.with(|container| second_line(text, container, verb.get(), now))
    });
    let press = move |event: ev::MouseEvent| {
        event.prevent_default();
        store.go(Route::container(&key.get_value()));
    };
    let menu = move |event: ev::MouseEvent| {
        event.prevent_default();
        commands::open_menu(store, layers, Anchor::at(&event), &key.get_value());
    };
    let off = move || {
        container
            .with(|container| !container.state.is_up())
            .then_some("")
    };
    view! {
        <a
            class="li"
            role="option"
            href=Route::container(&id).to_hash()
            aria-selected=move || is_open.get().to_string()
            tabindex=move || if is_open.get() { "0" } else { "-1" }
            data-row=id
            data-off=off
            on:click=press
            on:contextmenu=menu
            on:focus=move |_| model.cursor.set(Some(key.get_value()))
        >
            <span class="glyph-box">
                <Glyph kind />
            </span>
            <span class="grow">
                <span class="a cut">{move || container.with(|container| container.name.clone())}</span>
                <span class="b cut">{line}</span>
            </span>
        </a>
    }
    .into_any()
}

/// The most telling thing about it: where to reach it, or why it is not there.
fn second_line(text: Text, container: &Container, verb: Option<Verb>, now: i64) -> String {
    let words = text.containers;
    if let Some(verb) = verb {
        return text.verbs.going_on(verb).to_owned();
    }
    let ago = |at: Option<i64>| at.map(|at| text.ago(at, now)).unwrap_or_default();
    match container.state {
        ContainerState::Running => match container.ports.first() {
            Some(port) => match port.host {
                Some(host) => format!("{host} · {}", super::row::uptime(text, container, now)),
                None => words.inside_only(&port.container.to_string()),
            },
            None => super::row::uptime(text, container, now),
        },
        ContainerState::Paused => words.paused().to_owned(),
        ContainerState::Restarting => words.restarting().to_owned(),
        ContainerState::Removing => words.removing().to_owned(),
        ContainerState::Created if container.error.is_empty() => words.never_started().to_owned(),
        _ => match problem_words(text, container) {
            Some(problem) if container.finished_at.is_some() => {
                format!("{problem}, {}", ago(container.finished_at))
            }
            Some(problem) => problem,
            None => words.exited_ago(&ago(container.finished_at)),
        },
    }
}
