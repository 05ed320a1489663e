//! The table of networks.

use gantry_view::Network;
use leptos::{ev, prelude::*};

use super::{member_names, remove};
use crate::{
    i18n::use_text,
    pages::volumes::NoHits,
    parts::{
        Anchor, Button, ButtonKind, ButtonSize, Icon, Layers, MenuButton, MenuEntry, MenuItem,
        RovingRows, RowKey, Symbol, copy, use_layers,
    },
    state::{Route, Store, use_store},
};

#[component]
pub fn NetworkList(
    #[prop(into)] open: Signal<Option<String>>,
    filter: RwSignal<String>,
) -> impl IntoView {
    let words = use_text().networks;
    let (store, layers) = (use_store(), use_layers());
    // One's own first, by name.
    let order = Memo::new(move |_| {
        let wanted = filter.with(|filter| filter.trim().to_lowercase());
        let fits = |network: &Network| network.name.to_lowercase().contains(&wanted);
        let mut found = store.networks.filtered(fits);
        found.sort_by(|a, b| (a.built_in, &a.name).cmp(&(b.built_in, &b.name)));
        let ids = found.into_iter().map(|network| network.id);
        ids.collect::<Vec<_>>()
    });
    let rows = RovingRows::new(order);
    let on_key = move |event: ev::KeyboardEvent| {
        rows.on_key(&event, |wish, id| match wish {
            RowKey::Open => go(store, id),
            RowKey::Remove => remove::ask(store, layers, &id),
            RowKey::Menu(anchor) => open_menu(store, layers, anchor, id),
        });
    };
    let none = Signal::derive(move || order.with(Vec::is_empty));
    let all = Signal::derive(move || store.networks.len());
    let counts = move || {
        let built_in = store.networks.filtered(|network| network.built_in).len();
        words.counts(store.networks.len() - built_in, built_in)
    };
    let unused = Memo::new(move |_| remove::unused(store));
    view! {
        <div class="sec-h sec-h--next">
            <h2>{words.title()}</h2>
            <span class="t3 sm">{counts}</span>
            <span class="push"></span>
            <Show when=move || unused.with(|unused| !unused.is_empty())>
                <Button
                    kind=ButtonKind::Quiet
                    size=ButtonSize::Small
                    on_press=move |()| remove::ask_unused(layers)
                    {..}
                    data-test="prune-networks"
                >
                    {words.remove_unused()}
                </Button>
            </Show>
        </div>
        <table
            class="tbl tbl--networks"
            role="grid"
            aria-label=words.title()
            on:keydown=on_key
        >
            <thead>
                <tr>
                    <th scope="col">{words.name()}</th>
                    <th scope="col">{words.containers()}</th>
                    <th scope="col">{words.subnet()}</th>
                    <th scope="col" class="p3">
                        {words.driver()}
                    </th>
                    <th></th>
                </tr>
            </thead>
            <tbody>
                <For each=move || order.get() key=String::clone let:id>
                    <Row id open rows />
                </For>
            </tbody>
        </table>
        <NoHits none filter all />
    }
}

fn go(store: Store, id: String) {
    store.go(Route::Networks { open: Some(id) });
}

/// What can be done with a network.
fn entries(store: Store, layers: Layers, id: &str) -> Vec<MenuEntry> {
    let words = store.text().networks;
    let (to_copy, to_remove) = (id.to_owned(), id.to_owned());
    let copied = MenuItem::new(Symbol::Copy, words.copy_id(), move || {
        copy(store, to_copy.clone());
    });
    let remove = MenuItem::new(Symbol::Trash, words.remove(), move || {
        remove::ask(store, layers, &to_remove);
    });
    let blocked = untrack(|| remove::blocked(store, id));
    vec![
        copied.into(),
        MenuEntry::Separator,
        remove.hint("Del").danger().disabled(blocked).into(),
    ]
}

fn open_menu(store: Store, layers: Layers, anchor: Anchor, id: String) {
    let name = store.networks.get_untracked(&id);
    let name = name.map(|network| network.name).unwrap_or_default();
    layers.open_menu(anchor, name, entries(store, layers, &id));
}

#[component]
fn Row(id: String, open: Signal<Option<String>>, rows: RovingRows) -> impl IntoView {
    let text = use_text();
    let words = text.networks;
    let (store, layers) = (use_store(), use_layers());
    let network = store.networks.get_untracked(&id)?;
    let id = StoredValue::new(id);
    let is_open = move || open.with(|open| id.with_value(|id| open.as_ref() == Some(id)));
    let menu_at = move |event: ev::MouseEvent| {
        event.prevent_default();
        open_menu(store, layers, Anchor::at(&event), id.get_value());
    };
    // It may be chosen later, when the first container starts.
    let subnet = move || {
        let now = id.with_value(|id| store.networks.get(id));
        now.map_or_else(String::new, |network| network.subnets.join(", "))
    };
    let Network {
        name,
        driver,
        internal,
        built_in,
        ..
    } = network;
    let key = StoredValue::new(name.clone());
    let inside = move || member_names(store, &key.get_value());
    let menu = move |()| id.with_value(|id| entries(store, layers, id));
    Some(view! {
        <tr
            tabindex=move || id.with_value(|id| rows.tab_stop(id))
            aria-current=move || is_open().then_some("true")
            on:click=move |_| go(store, id.get_value())
            on:contextmenu=menu_at
            on:focus=move |_| rows.stand_on(id.get_value())
            data-row=id.get_value()
            data-test="network"
            data-network=key.get_value()
        >
            <td class="med" title=key.get_value()>
                <span class="row row--tight">
                    <span class="t3 glyph-box">
                        <Icon symbol=Symbol::Network />
                    </span>
                    <span class="cut">{name}</span>
                    {built_in.then(|| view! { <span class="badge">{words.built_in()}</span> })}
                    {internal
                        .then(|| view! { <span class="badge badge--line">{words.internal()}</span> })}
                </span>
            </td>
            <td class="t2 cut" title=inside>
                {inside}
            </td>
            <td class="mono sm t2">{subnet}</td>
            <td class="t2 p3">{driver}</td>
            <td on:click=|event| event.stop_propagation()>
                <MenuButton label=text.common.more_actions() small=true untabbed=true entries=menu />
            </td>
        </tr>
    })
}
