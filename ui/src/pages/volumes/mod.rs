//! Volumes and networks: who uses what, what they hold; make and remove.

mod backup;
mod contents;
mod copy;
mod create;
mod detail;
mod duplicate;
mod list;
mod order;
mod remove;
mod restore;
mod usage;

use leptos::{ev, prelude::*};

pub use self::list::NoHits;
use self::{
    create::CreateDialog,
    detail::Detail,
    list::{VolumeList, shown_names},
    usage::Usage,
};
use super::networks::{self, NetworkDetail, NetworkList};
use crate::{
    i18n::{Volumes, use_text},
    parts::{Button, FilterField, RovingRows, Symbol, Tone, focus_if_lost, use_layers},
    shell::Head,
    state::{Route, Store, use_store},
};

/// What a name for a new volume is worth.
fn name_hint(store: Store, words: Volumes, name: &str) -> (Tone, String) {
    let name = name.trim();
    if store.volumes.get(name).is_some() {
        (Tone::Bad, words.name_taken(name))
    } else {
        (Tone::Plain, words.name_rule().to_owned())
    }
}

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
    let (sort, names) = shown_names(store, usage, filter);
    let rows = RovingRows::new(names);
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
    // Without a choice the first volume is shown, so that the page is never half empty. It stays
    // when another becomes the first: somebody may be looking into it.
    let shown = Memo::new(move |before: Option<&Option<String>>| {
        if volume.with(Option::is_some) || network.with(Option::is_some) {
            return volume.get();
        }
        let names = names.get();
        let before = before.cloned().flatten();
        let stays = before.filter(|name| store.volumes.get(name).is_some());
        let first = || usage.is_counted().then(|| names.first().cloned())?;
        stays.or_else(first)
    });
    // What was just made may be chosen before the engine has told of it.
    let beside = Memo::new(move |_| match (network.get(), shown.get()) {
        (Some(id), _) => Some(Beside::Network(store.networks.get(&id).is_some(), id)),
        (None, Some(name)) => Some(Beside::Volume(store.volumes.get(&name).is_some(), name)),
        (None, None) => None,
    });
    let is_chosen = move || volume.with(Option::is_some) || network.with(Option::is_some);
    let back = move || {
        store.go(Route::Volumes { open: None });
        request_animation_frame(move || rows.focus());
    };
    // In a narrow window the list gives way, and with it the row that had the keyboard.
    Effect::new(move |_| {
        if is_chosen() {
            request_animation_frame(|| focus_if_lost(".split--volumes .back button"));
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            event.prevent_default();
            back();
        }
    };
    view! {
        <Head title=text.shell.volumes() sub>
            <FilterField
                value=filter
                label=text.common.filter()
                width="13rem"
                on_leave=move |()| rows.focus()
            />
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
                <VolumeList usage open=shown sort names filter rows />
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
