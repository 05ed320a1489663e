//! One volume: facts, who mounts it, what it holds.

use gantry_view::RevealPath;
use leptos::{prelude::*, task::spawn_local};

use super::{
    backup,
    contents::Contents,
    duplicate::ask_duplicate,
    list::{entries, short},
    remove,
    usage::Usage,
};
use crate::{
    backend,
    i18n::use_text,
    parts::{
        Button, ButtonSize, CardLink, Empty, GuardedRemoval, IconButton, MenuButton, Symbol,
        use_layers,
    },
    shell::status_of,
    state::{Route, Store, use_store},
};

#[component]
pub fn Detail(name: String, usage: Usage) -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let (store, layers) = (use_store(), use_layers());
    let Some(volume) = store.volumes.get_untracked(&name) else {
        return view! { <Empty title=words.gone_title() text=words.gone_text() /> }.into_any();
    };
    let key = StoredValue::new(name);
    let found = move || usage.of(&key.get_value());
    let size = move || {
        found().map(|found| {
            let exact = text.exact_bytes(found.bytes);
            view! {
                {text.size(found.bytes)}
                " "
                <span class="t3">{exact}</span>
            }
        })
    };
    let blocked = Signal::derive(move || {
        let users = usage.user_names(&key.get_value());
        (!users.is_empty()).then(|| words.remove_off(&users))
    });
    let created = volume.created_at;
    // A browser has no file manager to show it in.
    let folder = store.in_desktop().then(|| {
        let folder = volume
            .device
            .clone()
            .unwrap_or_else(|| volume.folder.clone());
        view! {
            <IconButton
                symbol=Symbol::FolderOpen
                label=words.show_folder()
                on_press=move |_| show_folder(store, folder.clone())
                {..}
                data-test="volume-folder"
            />
        }
    });
    let menu = move |()| key.with_value(|name| entries(store, layers, usage, name));
    view! {
            <div class="det-h">
                <div class="row">
                    <h2 class="cut" title=volume.name.clone()>
                        {short(&volume.name, volume.anonymous)}
                    </h2>
                    <span class="push row row--tight">
                        {folder} <MenuButton label=text.common.more_actions() entries=menu />
                    </span>
                </div>
            </div>
            <div class="pad col volume-detail" data-test="volume-detail">
                <dl class="kv">
                    <dt>{words.size()}</dt>
                    <dd>{size}</dd>
                    <dt>{words.created()}</dt>
                    <dd title=text.moment(created)>
                        {move || text.ago(created, store.now.get())}
                    </dd>
                    <dt>{words.folder()}</dt>
                    <dd class="mono sm">{store.tilde(&volume.folder)}</dd>
                    {volume.device.map(|device| view! {
                        <dt>{words.stands_for()}</dt>
                        <dd class="mono sm">{device}</dd>
                    })}
                    {volume.project.map(|project| view! {
                        <dt>{words.project()}</dt>
                        <dd>{project}</dd>
                    })}
                </dl>
                <MountedIn name=key usage />
                <Contents name=key usage />
                <div class="row row--wrap">
                    <Button
                        size=ButtonSize::Small
                        icon=Symbol::Package
                        on_press=move |()| backup::ask_backup(layers, usage, key.get_value())
                        {..}
                        data-test="backup-volume"
                    >
                        {words.backup()}
                    </Button>
                    <Button
                        size=ButtonSize::Small
                        icon=Symbol::Copy
                        on_press=move |()| ask_duplicate(layers, usage, key.get_value())
                        {..}
                        data-test="duplicate-volume"
                    >
                        {words.duplicate()}
                    </Button>
                </div>
                <GuardedRemoval
                    label=words.remove()
                    blocked
                    test="remove-volume"
                    on_press=move |()| remove::ask(store, layers, usage, key.get_value())
                />
            </div>
    }
    .into_any()
}

fn show_folder(store: Store, path: String) {
    spawn_local(async move {
        if let Err(failure) = backend::call(&RevealPath { path }).await {
            let what = store.text().common.file_not_shown();
            store.tell_failure(what.to_owned(), Some(&failure));
        }
    });
}

#[component]
fn MountedIn(name: StoredValue<String>, usage: Usage) -> impl IntoView {
    let words = use_text().volumes;
    let store = use_store();
    move || {
        let users = usage.users(&name.get_value());
        if users.is_empty() {
            return None;
        }
        let rows = users.into_iter().map(|(container, mount)| {
            let kind = status_of(&container, None);
            let access = if mount.writable {
                words.read_write()
            } else {
                words.read_only()
            };
            let route = Route::container(&container.id);
            view! {
                <CardLink
                    kind
                    name=container.name
                    detail=mount.target
                    badge=access
                    href=route.to_hash()
                    on_open=move |()| store.go(route.clone())
                />
            }
        });
        Some(view! {
            <div>
                <div class="label">{words.mounted_in()}</div>
                <div class="card">{rows.collect_view()}</div>
            </div>
        })
    }
}
