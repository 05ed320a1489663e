//! What a volume holds, folder by folder, and what can be done with it.

use gantry_view::{Failure, FileEntry, FileKind, FilePage, FilesOf, VolumeEntries};
use leptos::{ev, prelude::*, task::spawn_local};

use super::{copy::ask_copy, usage::Usage};
use crate::{
    backend,
    i18n::use_text,
    pages::files::{Place, UploadButton, ask_delete, ask_file, ask_folder, ask_rename, save},
    parts::{
        Anchor, ErrorCard, Icon, IconButton, Layers, MenuButton, MenuEntry, MenuItem, Symbol, copy,
        use_layers,
    },
    state::{Folder, Latest, use_store},
};

#[component]
pub fn Contents(name: StoredValue<String>, usage: Usage) -> impl IntoView {
    let words = use_text().volumes;
    let store = use_store();
    let dir = RwSignal::new(String::new());
    let page = RwSignal::new(None::<Result<FilePage, Failure>>);
    let running = move || {
        let users = usage.users(&name.get_value());
        users.iter().any(|(user, _)| user.state.is_up())
    };
    let place = Place {
        store,
        of: StoredValue::new(FilesOf::Volume(name.get_value())),
        running: Signal::derive(running),
        version: RwSignal::new(0),
        on_removed: Callback::new(|()| ()),
    };
    let folder = Signal::derive(move || Folder {
        of: place.of.get_value(),
        dir: dir.get(),
    });
    // What was let go over the window is copied to where one looks.
    Effect::new(move |_| store.drop_into.set(Some(folder.get())));
    on_cleanup(move || store.drop_into.set(None));
    Effect::new(move |before: Option<u32>| {
        let now = store.uploads.get();
        if before.is_some_and(|before| before != now) {
            place.changed_something();
        }
        now
    });
    Effect::new(move |before: Option<u32>| {
        let now = place.version.get();
        if before.is_some_and(|before| before != now) {
            usage.add_up();
        }
        now
    });
    let latest = Latest::new();
    Effect::new(move |_| {
        place.version.track();
        let request = VolumeEntries {
            name: name.get_value(),
            dir: dir.get(),
        };
        let turn = latest.ask();
        spawn_local(async move {
            let answer = backend::call(&request).await;
            // The person may be elsewhere by now.
            if latest.is(turn) {
                page.set(Some(answer));
            }
        });
    });
    let files = move || {
        let found = usage.of(&name.get_value());
        found.map(|found| words.files(found.files))
    };
    let listed = move || match page.get() {
        None => ().into_any(),
        Some(Err(failure)) => view! { <ErrorCard failure /> }.into_any(),
        Some(Ok(found)) if found.entries.is_empty() => {
            view! { <p class="t3 sm pad">{words.empty()}</p> }.into_any()
        }
        Some(Ok(found)) => {
            let rows = found.entries.into_iter();
            let rows = rows.map(|entry| view! { <Row entry place dir /> });
            let more = (found.more > 0)
                .then(|| view! { <p class="t3 sm pad">{words.more(found.more)}</p> });
            view! {
                {rows.collect_view()}
                {more}
            }
            .into_any()
        }
    };
    view! {
        <div>
            <div class="label row">
                {words.contents()} <span class="push t3 volume-files">{files}</span>
            </div>
            <div class="card volume-files-card">
                <Bar place dir folder />
                <div class="tree" data-test="volume-files">
                    {listed}
                </div>
            </div>
        </div>
    }
}

/// The folder that is shown, and what can come into it.
#[component]
fn Bar(place: Place, dir: RwSignal<String>, folder: Signal<Folder>) -> impl IntoView {
    let text = use_text();
    let (words, files) = (text.volumes, text.files);
    let layers = use_layers();
    let up = move |_| {
        dir.update(|dir| {
            let above = dir.rsplit_once('/').map_or("", |(above, _)| above);
            *dir = above.to_owned();
        });
    };
    let back = move || {
        dir.with(|dir| !dir.is_empty()).then(|| {
            view! {
                <IconButton
                    symbol=Symbol::ChevronLeft
                    label=words.up()
                    small=true
                    on_press=up
                />
            }
        })
    };
    let more = move |()| {
        let new_folder = MenuItem::new(Symbol::FolderPlus, files.new_folder(), move || {
            ask_folder(layers, place, folder.get_untracked());
        });
        let new_file = MenuItem::new(Symbol::FileText, files.new_file(), move || {
            ask_file(layers, place, folder.get_untracked());
        });
        vec![new_folder.into(), new_file.into()]
    };
    view! {
        <div class="row row--tight volume-place" data-test="volume-place">
            {back} <span class="mono sm cut">{move || folder.get().shown()}</span>
            <span class="push"></span>
            <UploadButton store=place.store folder />
            <MenuButton symbol=Symbol::Plus label=files.new_folder().to_owned() entries=more />
        </div>
    }
}

#[component]
fn Row(entry: FileEntry, place: Place, dir: RwSignal<String>) -> impl IntoView {
    let text = use_text();
    let layers = use_layers();
    let is_folder = entry.kind == FileKind::Folder;
    let size = (entry.kind != FileKind::Link).then(|| text.size(entry.size));
    let symbol = if is_folder {
        Symbol::Folder
    } else {
        Symbol::FileText
    };
    let target = entry.target.map(|target| format!(" → {target}"));
    let title = text.moment(entry.modified_at);
    let inside = Folder {
        of: place.of.get_value(),
        dir: dir.get_untracked(),
    };
    let path = StoredValue::new(inside.path_of(&entry.name));
    let entries = move |()| menu(layers, place, path.get_value(), entry.kind);
    let open_menu = move |event: ev::MouseEvent| {
        event.prevent_default();
        let label = path.get_value();
        layers.open_menu(Anchor::at(&event), label, entries(()));
    };
    let label = text.volumes.what_to_do(&entry.name);
    let named = view! {
        <Icon symbol />
        <span class="nm cut">{entry.name} <span class="t3">{target}</span></span>
    };
    let named = if is_folder {
        view! {
            <button class="tree-row--button" on:click=move |_| dir.set(path.get_value())>
                {named}
            </button>
        }
        .into_any()
    } else {
        named.into_any()
    };
    view! {
        <div
            class="tree-row"
            title=title
            data-path=path.get_value()
            on:contextmenu=open_menu
        >
            {named} <span class="sz">{size}</span>
            <MenuButton label small=true entries />
        </div>
    }
}

/// What can be done with one entry.
fn menu(layers: Layers, place: Place, path: String, kind: FileKind) -> Vec<MenuEntry> {
    let text = place.store.text();
    let words = text.files;
    let is_folder = kind == FileKind::Folder;
    let shown = format!("/{path}");
    let with = move |work: fn(Layers, Place, String)| {
        let path = path.clone();
        move || work(layers, place, path.clone())
    };
    let mut entries: Vec<MenuEntry> = Vec::new();
    match kind {
        FileKind::Folder => {
            let work = with(|_, place, path| save(place, path, true));
            entries.push(MenuItem::new(Symbol::Download, words.save_tar(), work).into());
        }
        FileKind::File => {
            let work = with(|_, place, path| save(place, path, false));
            entries.push(MenuItem::new(Symbol::Download, words.save_copy(), work).into());
        }
        FileKind::Link | FileKind::Special => {}
    }
    let across = MenuItem::new(Symbol::Copy, text.volumes.copy_to(), with(ask_copy));
    let copy_path = move || copy(place.store, shown.clone());
    let copy_path = MenuItem::new(Symbol::Copy, words.copy_path(), copy_path);
    let rename = MenuItem::new(Symbol::Pencil, words.rename(), with(ask_rename));
    let delete = if is_folder {
        with(|layers, place, path| ask_delete(layers, place, path, true))
    } else {
        with(|layers, place, path| ask_delete(layers, place, path, false))
    };
    let delete = MenuItem::new(Symbol::Trash, words.delete(), delete).danger();
    entries.extend([across.into(), copy_path.into(), rename.into()]);
    entries.extend([MenuEntry::Separator, delete.into()]);
    entries
}
