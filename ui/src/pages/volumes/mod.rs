//! Volumes and networks: who uses what, what they hold; make and remove.

mod backup;
mod contents;
mod copy;
mod create;
mod detail;
mod list;
mod remove;
mod restore;
mod usage;

use leptos::{ev, prelude::*};

use self::{create::CreateDialog, detail::Detail, list::VolumeList, usage::Usage};
use super::networks::{self, NetworkDetail, NetworkList};
use crate::{
    i18n::use_text,
    parts::{Button, FilterField, Symbol, use_layers},
    shell::Head,
    state::{Route, use_store},
};

/// What is shown beside the lists, and whether it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Beside {
    Network(bool, String),
    Volume(bool, String),
}

#[component]
pub fn VolumesPage() -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let (store, layers) = (use_store(), use_layers());
    let usage = Usage::follow(store);
    let filter = RwSignal::new(String::new());
    let sub = Signal::derive(move || {
        let volumes = words.sub(store.volumes.len());
        format!("{volumes}, {}", text.networks.sub(store.networks.len()))
    });
    let volume = Memo::new(move |_| {
        store.route.with(|route| match route {
            Route::Volumes { open } => open.clone(),
            _ => None,
        })
    });
    let network = Memo::new(move |_| {
        store.route.with(|route| match route {
            Route::Networks { open } => open.clone(),
            _ => None,
        })
    });
    // Without a choice the largest volume is shown, so that the page is never half empty.
    let shown = Memo::new(move |_| {
        let first = || usage.order(store).into_iter().next();
        volume
            .get()
            .or_else(|| network.with(Option::is_none).then(first)?)
    });
    // What was just made may be chosen before the engine has told of it.
    let beside = Memo::new(move |_| match (network.get(), shown.get()) {
        (Some(id), _) => Some(Beside::Network(store.networks.get(&id).is_some(), id)),
        (None, Some(name)) => Some(Beside::Volume(store.volumes.get(&name).is_some(), name)),
        (None, None) => None,
    });
    let is_chosen = move || volume.with(Option::is_some) || network.with(Option::is_some);
    let back = move || store.go(Route::Volumes { open: None });
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            event.prevent_default();
            back();
        }
    };
    view! {
        <Head title=text.shell.volumes() sub>
            <FilterField value=filter label=text.common.filter() width="13rem" />
            <Button
                icon=Symbol::Network
                on_press=move |()| networks::open_create(layers)
                {..}
                data-test="new-network"
            >
                {text.networks.new_network()}
            </Button>
            <Button
                icon=Symbol::Plus
                on_press=move |()| layers.open_dialog(move || view! { <CreateDialog /> })
                {..}
                data-test="new-volume"
            >
                {words.new_volume()}
            </Button>
        </Head>
        <div class="split split--volumes" data-second=move || is_chosen().then_some("")>
            <section class="pane scroll" aria-label=text.shell.volumes() data-pane="">
                <VolumeList usage open=shown filter />
                <NetworkList open=network filter />
            </section>
            <div class="handle" role="presentation"></div>
            <aside class="pane pane--sunken scroll" data-pane="" on:keydown=on_key>
                <div class="back">
                    <Button icon=Symbol::ChevronLeft on_press=move |()| back()>
                        {words.back()}
                    </Button>
                </div>
                {move || match beside.get() {
                    Some(Beside::Network(_, id)) => view! { <NetworkDetail id /> }.into_any(),
                    Some(Beside::Volume(_, name)) => view! { <Detail name usage /> }.into_any(),
                    None => ().into_any(),
                }}
            </aside>
        </div>
    }
}
