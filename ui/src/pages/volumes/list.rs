//! The table of volumes.

use leptos::{ev, prelude::*};

use super::{backup, remove, restore, usage::Usage};
use crate::{
    i18n::use_text,
    parts::{
        Button, ButtonKind, ButtonSize, Empty, Glyph, MenuButton, MenuEntry, MenuItem, Symbol,
        use_layers,
    },
    shell::status_of,
    state::{Route, use_store},
};

#[component]
pub fn VolumeList(
    usage: Usage,
    open: Memo<Option<String>>,
    filter: RwSignal<String>,
) -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let (store, layers) = (use_store(), use_layers());
    let order = Memo::new(move |_| {
        let wanted = filter.with(|filter| filter.to_lowercase());
        let mut names = usage.order(store);
        names.retain(|name| name.to_lowercase().contains(&wanted));
        names
    });
    let is_empty = Memo::new(move |_| store.loaded.get() && store.volumes.is_empty());
    let sums = move || {
        let (all, unused) = usage.sums(store);
        words.sums(&text.size(all), &text.size(unused))
    };
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
            <table class="tbl tbl--volumes">
                <thead>
                    <tr>
                        <th scope="col">{words.name()}</th>
                        <th scope="col">{words.used_by()}</th>
                        <th scope="col" class="num">
                            {words.size()}
                        </th>
                        <th scope="col" class="num">
                            {words.written()}
                        </th>
                        <th></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || order.get() key=String::clone let:name>
                        <Row name usage open />
                    </For>
                </tbody>
            </table>
        </Show>
    }
}

#[component]
fn Row(name: String, usage: Usage, open: Memo<Option<String>>) -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let (store, layers) = (use_store(), use_layers());
    let name = StoredValue::new(name);
    let is_open = move || open.with(|open| name.with_value(|name| open.as_ref() == Some(name)));
    let go = move || {
        store.go(Route::Volumes {
            open: Some(name.get_value()),
        });
    };
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" | " " => {
            event.prevent_default();
            go();
        }
        "Delete" => remove::ask(layers, usage, name.get_value()),
        _ => {}
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
    let menu = move |()| -> Vec<MenuEntry> {
        let users = untrack(|| usage.user_names(&name.get_value()));
        let blocked = (!users.is_empty()).then(|| words.in_use(&users));
        let remove = MenuItem::new(Symbol::Trash, words.remove(), move || {
            remove::ask(layers, usage, name.get_value());
        });
        let back_up = MenuItem::new(Symbol::Package, words.backup(), move || {
            backup::ask_backup(layers, usage, name.get_value());
        });
        vec![
            back_up.into(),
            MenuEntry::Separator,
            remove.danger().disabled(blocked).into(),
        ]
    };
    view! {
        <tr
            tabindex="0"
            aria-current=move || is_open().then_some("true")
            on:click=move |_| go()
            on:keydown=on_key
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
                <MenuButton label=text.common.more_actions() small=true entries=menu />
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
