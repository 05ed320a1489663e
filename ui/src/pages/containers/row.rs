//! One row of the table.

use gantry_view::{Container, ContainerState};
use leptos::{ev, prelude::*};

use super::{
    commands, model::ListModel, ports::told_once, row_actions::Actions, row_failure::RowFailure,
    sparks::Uses,
};
use crate::{
    i18n::{Text, use_text},
    parts::{Anchor, Checkbox, ImageName, PortChip, Status, Ticked, use_layers},
    shell::{problem_words, status_of, status_words},
    state::{Route, Usages, Verb, use_store},
};

#[component]
pub fn Row(model: ListModel, usages: Usages, id: String, index: usize) -> impl IntoView {
    let store = use_store();
    let layers = use_layers();
    let Some(cell) = store.containers.cell(&id) else {
        return ().into_any();
    };
    let container = RwSignal::from(cell);
    let work = store.verbs.of(&id);
    let failure = RwSignal::from(work.failure.clone());
    let verb = RwSignal::from(work.verb.clone());
    let key = StoredValue::new(id.clone());
    let is_ticked = move || {
        model
            .ticked
            .with(|ticked| key.with_value(|id| ticked.contains(id)))
    };
    let has_cursor = move || {
        model.cursor.with(|cursor| match cursor {
            Some(cursor) => key.with_value(|id| id == cursor),
            None => index == 0,
        })
    };
    let off = move || {
        container
            .with(|container| !container.state.is_up())
            .then_some("")
    };
    let press = move |event: ev::MouseEvent| {
        let id = key.get_value();
        model.cursor.set(Some(id.clone()));
        if event.shift_key() {
            model.extend_to(&id);
        } else if event.ctrl_key() || event.meta_key() {
            model.toggle(&id);
        } else {
            store.go(Route::container(&id));
        }
    };
    let menu = move |event: ev::MouseEvent| {
        event.prevent_default();
        let id = key.get_value();
        model.cursor.set(Some(id.clone()));
        commands::open_menu(store, layers, Anchor::at(&event), &id);
    };
    let name = container.with_untracked(|container| container.name.clone());
    let tick = use_text().containers.tick(&name);
    let failed = Memo::new(move |_| failure.get());
    view! {
        <tr
            role="row"
            aria-rowindex=index + 2
            aria-selected=move || is_ticked().to_string()
            tabindex=move || if has_cursor() { "0" } else { "-1" }
            data-row=id
            data-off=off
            on:click=press
            on:contextmenu=menu
            on:focus=move |_| model.cursor.set(Some(key.get_value()))
        >
            <td role="gridcell" on:click=|event| event.stop_propagation()>
                <Checkbox
                    ticked=Signal::derive(move || Ticked::from(is_ticked()))
                    label=tick
                    untabbed=true
                    on_toggle=move |event: ev::MouseEvent| {
                        if event.shift_key() {
                            model.extend_to(&key.get_value());
                        } else {
                            model.toggle(&key.get_value());
                        }
                    }
                />
            </td>
            <td role="gridcell">
                <State container verb />
            </td>
            <td role="gridcell">
                <Name container />
            </td>
            {move || match failed.get() {
                Some((verb, failure)) => {
                    view! { <RowFailure id=key.get_value() verb failure /> }.into_any()
                }
                None => view! { <Middle container usages /> }.into_any(),
            }}
            <td class="acts-c" role="gridcell">
                <Actions id=key.get_value() container verb />
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn State(container: RwSignal<Container>, verb: RwSignal<Option<Verb>>) -> impl IntoView {
    let text = use_text();
    let kind = Memo::new(move |_| container.with(|container| status_of(container, verb.get())));
    let words = move || container.with(|container| status_words(text, container, verb.get()));
    let problem = move || container.with(|container| problem_words(text, container));
    let code = move || {
        container.with(|container| {
            let shown = verb.get().is_none() && container.has_problem();
            container.exit_code.filter(|_| shown)
        })
    };
    view! {
        <Status kind>
            <span title=problem>
                {words}
                {move || code().map(|code| view! { " "<span class="t3">{code}</span> })}
            </span>
        </Status>
    }
}

#[component]
fn Name(container: RwSignal<Container>) -> impl IntoView {
    let store = use_store();
    let name = move || container.with(|container| container.name.clone());
    let href = container.with_untracked(|container| Route::container(&container.id).to_hash());
    let open = move |event: ev::MouseEvent| {
        event.prevent_default();
        let plain = !event.ctrl_key() && !event.shift_key() && !event.meta_key();
        if plain {
            event.stop_propagation();
            store.go(container.with_untracked(|container| Route::container(&container.id)));
        }
    };
    view! {
        <a href=href class="med cut name" tabindex="-1" title=name on:click=open>
            {name}
        </a>
    }
}

/// Image, ports, figures and uptime: the columns that a failure takes over while it is shown.
#[component]
fn Middle(container: RwSignal<Container>, usages: Usages) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let image = Memo::new(move |_| container.with(|container| container.image.clone()));
    let uptime = Memo::new(move |_| {
        let now = store.now.get();
        container.with(|container| uptime(text, container, now))
    });
    let moment = move || container.with(|container| moment(text, container));
    view! {
        <td role="gridcell">
            {move || view! { <ImageName reference=image.get() /> }}
        </td>
        <td role="gridcell">
            <Ports container />
        </td>
        <Uses container usages />
        <td class="num t2 p3" role="gridcell" title=moment>
            {uptime}
        </td>
    }
}

/// Ports as chips: one where it is narrow and the rest folded, all of them where it is wide.
#[component]
fn Ports(container: RwSignal<Container>) -> impl IntoView {
    let store = use_store();
    let ports = Memo::new(move |_| {
        container.with(|container| {
            let live = container.state.is_up() && container.state != ContainerState::Restarting;
            (told_once(&container.ports), live)
        })
    });
    move || {
        let (mut ports, live) = ports.get();
        // Published ones first: they are what one can press.
        ports.sort_by_key(|port| (port.host.is_none(), port.host, port.container));
        if ports.is_empty() {
            return view! { <span class="t3">"—"</span> }.into_any();
        }
        let rest = ports.split_off(1);
        let folded = rest.iter().map(describe).collect::<Vec<_>>().join(", ");
        let more = (!rest.is_empty()).then(|| {
            view! {
                <span class="chip port port--more not-wide fix" title=folded>
                    {format!("+{}", rest.len())}
                </span>
            }
        });
        let chip = move |port| view! { <PortChip port live on_open=move |url| commands::open_url(store, url) /> };
        let first = ports.into_iter().map(chip).collect_view();
        let rest = rest
            .into_iter()
            .map(|port| view! { <span class="only-wide">{chip(port)}</span> })
            .collect_view();
        view! { <span class="row row--tight">{first} {more} {rest}</span> }.into_any()
    }
}

fn describe(port: &gantry_view::Port) -> String {
    match port.host {
        Some(host) => format!("{host} → {}/{}", port.container, port.protocol),
        None => format!("{}/{}", port.container, port.protocol),
    }
}

/// For how long it runs, or since when it does not.
pub(super) fn uptime(text: Text, container: &Container, now: i64) -> String {
    match (container.state, container.started_at, container.finished_at) {
        (ContainerState::Created, None, _) => text.containers.not_run_yet().to_owned(),
        (ContainerState::Restarting, ..) => "—".to_owned(),
        (state, Some(started), _) if state.is_up() => text.span(now - started),
        (_, _, Some(finished)) => text.ago(finished, now),
        _ => "—".to_owned(),
    }
}

fn moment(text: Text, container: &Container) -> String {
    let words = text.detail;
    let (label, at) = match (
        container.state.is_up(),
        container.started_at,
        container.finished_at,
    ) {
        (true, Some(at), _) => (words.started_at(), at),
        (false, _, Some(at)) => (words.finished_at(), at),
        _ => (words.created_at(), container.created_at),
    };
    format!("{label}: {}", text.moment(at))
}
