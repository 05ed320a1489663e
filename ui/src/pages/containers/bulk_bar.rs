//! What can be done with all ticked rows, and what that would mean.

use gantry_view::Container;
use leptos::{ev, prelude::*};

use super::model::ListModel;
use crate::{
    dialogs,
    i18n::use_text,
    parts::{Button, ButtonKind, IconButton, Symbol, use_layers},
    state::{Verb, use_store},
};

#[component]
pub fn BulkBar(model: ListModel) -> impl IntoView {
    let store = use_store();
    let ticked = Memo::new(move |_| {
        model.ticked.with(|ticked| {
            ticked
                .iter()
                .filter_map(|id| store.containers.get(id))
                .collect::<Vec<_>>()
        })
    });
    let any = Memo::new(move |_| ticked.with(|ticked| !ticked.is_empty()));
    view! {
        <Show when=move || any.get()>
            <Bar model ticked />
        </Show>
    }
}

#[component]
fn Bar(model: ListModel, ticked: Memo<Vec<Container>>) -> impl IntoView {
    let text = use_text();
    let words = text.containers;
    let (store, layers) = (use_store(), use_layers());
    let listener = window_event_listener(ev::keydown, move |event| {
        let free = !event.default_prevented() && !event.is_composing() && !layers.is_open();
        if free && event.code() == "Escape" {
            model.tick_all(false);
        }
    });
    on_cleanup(move || listener.remove());
    let count = move || words.selected(ticked.with(Vec::len));
    let ids = move || -> Vec<String> {
        ticked.with_untracked(|ticked| {
            ticked
                .iter()
                .map(|container| container.id.clone())
                .collect()
        })
    };
    let any_up = Memo::new(move |_| {
        ticked.with(|ticked| ticked.iter().any(|container| container.state.is_up()))
    });
    let frees = move || ticked.with(|ticked| freed_ports(ticked));
    let note = move || {
        let ports = frees();
        (!ports.is_empty()).then(|| {
            view! { <span class="note p4">{words.stopping_frees(&ports)}</span> }
        })
    };
    let verb = move |verb: Verb, symbol: Symbol| {
        view! { <BulkVerb verb symbol ticked on_press=move |()| store.act_on_all(&ids(), verb) /> }
    };
    let buttons = move || {
        if any_up.get() {
            let kill = move |()| {
                let up = ids().into_iter().filter(|id| {
                    let container = store.containers.get_untracked(id);
                    container.is_some_and(|container| container.state.is_up())
                });
                for id in up {
                    dialogs::confirm_kill(store, layers, id);
                }
            };
            view! {
                {verb(Verb::Stop, Symbol::Stop)}
                {verb(Verb::Restart, Symbol::Restart)}
                {verb(Verb::Pause, Symbol::Pause)}
                <BulkVerb verb=Verb::Kill symbol=Symbol::Zap ticked on_press=kill />
            }
            .into_any()
        } else {
            verb(Verb::Start, Symbol::Play).into_any()
        }
    };
    let remove_word = move || {
        if any_up.get() {
            text.verbs.remove_more()
        } else {
            text.verbs.remove()
        }
    };
    view! {
        <div class="bulk" role="toolbar" aria-label=count>
            <span class="semi">{count}</span>
            <span class="sep"></span>
            {note}
            {buttons}
            <Button
                kind=ButtonKind::Danger
                icon=Symbol::Trash
                on_press=move |()| dialogs::confirm_remove(store, layers, ids())
            >
                {remove_word}
            </Button>
            <span class="sep"></span>
            <IconButton
                symbol=Symbol::X
                label=words.clear_selection()
                small=true
                on_press=move |_| model.tick_all(false)
            />
        </div>
    }
}

/// A verb that says how many of the ticked rows it fits.
#[component]
fn BulkVerb(
    verb: Verb,
    symbol: Symbol,
    ticked: Memo<Vec<Container>>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let text = use_text();
    let name = text.verbs.name(verb);
    let fits = Memo::new(move |_| {
        ticked.with(|ticked| {
            ticked
                .iter()
                .filter(|container| verb.fits(container.state))
                .count()
        })
    });
    let label = move || {
        let (fits, all) = (fits.get(), ticked.with(Vec::len));
        if fits == all || fits == 0 {
            name.to_owned()
        } else {
            text.containers.some_of(name, fits, all)
        }
    };
    let disabled =
        Signal::derive(move || (fits.get() == 0).then(|| text.containers.none_fits().to_owned()));
    view! {
        <Button icon=symbol disabled on_press>
            {label}
        </Button>
    }
}

/// The published ports of those that run, in order.
fn freed_ports(containers: &[Container]) -> String {
    let mut ports: Vec<u16> = containers
        .iter()
        .filter(|container| container.state.is_up())
        .flat_map(|container| container.ports.iter().filter_map(|port| port.host))
        .collect();
    ports.sort_unstable();
    ports.dedup();
    ports
        .iter()
        .map(u16::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
