//! The table of volumes.

use leptos::{ev, prelude::*};

use super::{
    backup,
    duplicate::ask_duplicate,
    order::{Column, Sort},
    remove, restore,
    usage::Usage,
};
use crate::{
    i18n::use_text,
    parts::{
        Anchor, Button, ButtonKind, ButtonSize, Empty, Glyph, Layers, MenuButton, MenuEntry,
        MenuItem, RovingRows, RowKey, SortHead, Symbol, use_layers,
    },
    shell::status_of,
    state::{Route, Store, use_store},
};

const KEPT: &str = "volumes.sort";

/// The names that fit the filter, in the order in which they are shown.
pub fn shown_names(
    store: Store,
    usage: Usage,
    filter: RwSignal<String>,
) -> (RwSignal<Sort>, Memo<Vec<String>>) {
    let kept = store.remembered(KEPT).unwrap_or_default();
    let sort = RwSignal::new(Sort::from_setting(&kept));
    let names = Memo::new(move |_| {
        let wanted = filter.with(|filter| filter.trim().to_lowercase());
        let mut names = usage.order(store, sort.get());
        names.retain(|name| name.to_lowercase().contains(&wanted));
        names
    });
    (sort, names)
}

#[component]
pub fn VolumeList(
    usage: Usage,
    open: Memo<Option<String>>,
    sort: RwSignal<Sort>,
    names: Memo<Vec<String>>,
    filter: RwSignal<String>,
    rows: RovingRows,
) -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let (store, layers) = (use_store(), use_layers());
    let is_empty = Memo::new(move |_| store.loaded.get() && store.volumes.is_empty());
    let sums = move || {
        let (all, unused) = usage.sums(store);
        words.sums(&text.size(all), &text.size(unused))
    };
    let head = move |column, label: &'static str, class: &'static str| {
        let descending = Signal::derive(move || {
            let sort = sort.get();
            (sort.column == column).then_some(sort.descending)
        });
        let press = move |()| {
            sort.update(|sort| *sort = sort.pressed(column));
            store.remember(KEPT, sort.get_untracked().to_setting());
        };
        view! { <SortHead label class descending on_press=press /> }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        rows.on_key(&event, |wish, name| match wish {
            RowKey::Open => go(store, name),
            RowKey::Remove => remove::ask(store, layers, usage, name),
            RowKey::Menu(anchor) => open_menu(store, layers, usage, anchor, name),
        });
    };
    let none_fits = Signal::derive(move || names.with(Vec::is_empty));
    view! {
        <div class="sec-h">
            <h2>{words.title()}</h2>
            <Show when=move || !is_empty.get()>
                <span class="t3 sm">{sums}</span>
            </Show>
            <span class="push"></span>
            <Button
                kind=ButtonKind::Quiet
                size=ButtonSize::Small
                on_press=move |()| restore::ask_restore(layers)
                {..}
                data-test="restore-volume"
            >
                {words.restore()}
            </Button>
        </div>
        <Show
            when=move || !is_empty.get()
            fallback=move || {
                view! { <Empty title=words.none_title() text=words.none_text() /> }
            }
        >
            <table
                class="tbl tbl--volumes"
                role="grid"
                aria-label=words.title()
                on:keydown=on_key
            >
                <thead>
                    <tr>
                        {head(Column::Name, words.name(), "")}
                        <th scope="col">{words.used_by()}</th>
                        {head(Column::Size, words.size(), "num")}
                        {head(Column::Written, words.written(), "num")}
                        <th></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || names.get() key=String::clone let:name>
                        <Row name usage open rows />
                    </For>
                </tbody>
            </table>
            <NoHits none=none_fits filter all=Signal::derive(move || store.volumes.len()) />
        </Show>
    }
}

/// A filter that fits nothing says so and offers everything again.
#[component]
pub fn NoHits(
    none: Signal<bool>,
    filter: RwSignal<String>,
    /// How many there are.
    all: Signal<usize>,
) -> impl IntoView {
    let text = use_text();
    let told = move || filter.with(|filter| text.containers.no_hits(filter.trim()));
    view! {
        <Show when=move || none.get()>
            <p class="row sm t3 pad no-hits">
                {told}
                <Button
                    kind=ButtonKind::Link
                    size=ButtonSize::Small
                    on_press=move |()| filter.set(String::new())
                >
                    {move || text.common.show_all(all.get())}
                </Button>
            </p>
        </Show>
    }
}

fn go(store: Store, name: String) {
    store.go(Route::Volumes { open: Some(name) });
}

/// What can be done with a volume.
pub fn entries(store: Store, layers: Layers, usage: Usage, name: &str) -> Vec<MenuEntry> {
    let words = store.text().volumes;
    let users = untrack(|| usage.user_names(name));
    let blocked = (!users.is_empty()).then(|| words.in_use(&users));
    let (to_remove, to_save, to_copy) = (name.to_owned(), name.to_owned(), name.to_owned());
    let duplicate = MenuItem::new(Symbol::Copy, words.duplicate(), move || {
        ask_duplicate(layers, usage, to_copy.clone());
    });
    let remove = MenuItem::new(Symbol::Trash, words.remove(), move || {
        remove::ask(store, layers, usage, to_remove.clone());
    });
    let back_up = MenuItem::new(Symbol::Package, words.backup(), move || {
        backup::ask_backup(layers, usage, to_save.clone());
    });
    vec![
        back_up.into(),
        duplicate.into(),
        MenuEntry::Separator,
        remove.hint("Del").danger().disabled(blocked).into(),
    ]
}

fn open_menu(store: Store, layers: Layers, usage: Usage, anchor: Anchor, name: String) {
    let entries = entries(store, layers, usage, &name);
    layers.open_menu(anchor, name, entries);
}

#[component]
fn Row(name: String, usage: Usage, open: Memo<Option<String>>, rows: RovingRows) -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let (store, layers) = (use_store(), use_layers());
    let name = StoredValue::new(name);
    let is_open = move || open.with(|open| name.with_value(|name| open.as_ref() == Some(name)));
    let menu_at = move |event: ev::MouseEvent| {
        event.prevent_default();
        open_menu(store, layers, usage, Anchor::at(&event), name.get_value());
    };
    let users = move || {
        let users = usage.users(&name.get_value());
        let Some((first, _)) = users.first() else {
            return view! { <span class="t3">{words.nothing()}</span> }.into_any();
        };
        let kind = status_of(first, None);
        view! {
            <span class="row row--tight">
                <Glyph kind />
                <span class="cut t2">{usage.user_names(&name.get_value())}</span>
            </span>
        }
        .into_any()
    };
    let found = move || usage.of(&name.get_value());
    let size = move || found().map(|found| text.size(found.bytes));
    let written = move || {
        let at = found().and_then(|found| found.written_at);
        at.map(|at| text.ago(at, store.now.get()))
    };
    let anonymous = store
        .volumes
        .get_untracked(&name.get_value())
        .is_some_and(|volume| volume.anonymous);
    let menu = move |()| name.with_value(|name| entries(store, layers, usage, name));
    view! {
        <tr
            tabindex=move || name.with_value(|name| rows.tab_stop(name))
            aria-current=move || is_open().then_some("true")
            on:click=move |_| go(store, name.get_value())
            on:contextmenu=menu_at
            on:focus=move |_| rows.stand_on(name.get_value())
            data-row=name.get_value()
            data-test="volume"
            data-volume=name.get_value()
        >
            <td class="med cut" title=name.get_value()>
                {short(&name.get_value(), anonymous)}
                {anonymous.then(|| view! { " " <span class="badge">{words.no_name()}</span> })}
            </td>
            <td>{users}</td>
            <td class="num">{size}</td>
            <td class="num t2">{written}</td>
            <td on:click=|event| event.stop_propagation()>
                <MenuButton label=text.common.more_actions() small=true untabbed=true entries=menu />
            </td>
        </tr>
    }
}

/// A random name by its ends.
pub fn short(name: &str, anonymous: bool) -> String {
    match (
        anonymous,
        name.get(..4),
        name.get(name.len().saturating_sub(4)..),
    ) {
        (true, Some(start), Some(end)) => format!("{start}…{end}"),
        _ => name.to_owned(),
    }
}
