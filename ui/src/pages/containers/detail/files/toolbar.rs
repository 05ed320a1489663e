//! What is shown, how much was changed, and what can be done with all of it.

use gantry_view::{ChangeSums, PickFiles};
use leptos::{html, prelude::*, task::spawn_local};
use web_sys::File;

use super::{Files, names};
use crate::{
    backend, dialogs,
    i18n::use_text,
    parts::{Button, IconButton, MenuButton, MenuItem, Segment, Segmented, Symbol, use_layers},
};

#[component]
pub fn Toolbar(files: Files) -> impl IntoView {
    let text = use_text();
    let words = text.files;
    let layers = use_layers();
    let total = Signal::derive(move || usize::try_from(known(files).total()).unwrap_or(usize::MAX));
    let segments = vec![
        Segment::new(true, words.changed()).count(total),
        Segment::new(false, words.all()),
    ];
    let choose = move |changed: bool| {
        files.chosen.set(None);
        files.changed.set(changed);
        files.store.remember("files.all", (!changed).to_string());
    };
    let commit = move |()| {
        let paths = if files.changed.get_untracked() {
            untrack(|| files.ticks.all())
        } else {
            Vec::new()
        };
        dialogs::open_commit_of(layers, files.id.get_value(), paths);
    };
    let commit_label = move || {
        let ticked = if files.changed.get() {
            files.ticks.all().len()
        } else {
            0
        };
        match ticked {
            0 => words.commit().to_owned(),
            count => words.commit_chosen(count),
        }
    };
    let more = move |()| {
        vec![
            MenuItem::new(Symbol::FolderPlus, words.new_folder(), move || {
                names::ask_folder(layers, files);
            })
            .into(),
            MenuItem::new(Symbol::FileText, words.new_file(), move || {
                names::ask_file(layers, files);
            })
            .into(),
        ]
    };
    view! {
        <div class="bar files-bar">
            <Segmented label=words.show() segments value=files.changed on_choose=choose />
            <Counts files />
            <span class="push"></span>
            <UploadButton files />
            <MenuButton symbol=Symbol::Plus label=words.new_folder().to_owned() entries=more />
            <Button icon=Symbol::PackagePlus on_press=move |()| commit(()) {..} data-test="files-commit">
                {commit_label}
            </Button>
        </div>
    }
}

fn known(files: Files) -> ChangeSums {
    files
        .sums
        .with(|sums| sums.as_ref().and_then(|sums| sums.as_ref().ok().copied()))
        .unwrap_or_default()
}

#[component]
fn Counts(files: Files) -> impl IntoView {
    let text = use_text();
    let words = text.files;
    move || {
        let sums = known(files);
        (sums.total() > 0).then(|| {
            view! {
                <span class="row sm t2 nowrap p4" data-test="files-sums">
                    <span class="amd amd--a">"A"</span>
                    {words.added(sums.added)}
                    <span class="amd amd--m">"M"</span>
                    {words.modified(sums.modified)}
                    <span class="amd amd--d">"D"</span>
                    {words.deleted(sums.deleted)}
                </span>
                <span class="t3 sm p5 cut">{words.over_image(&text.size(sums.bytes))}</span>
            }
        })
    }
}

/// Chooses files of this computer and copies them in.
#[component]
fn UploadButton(files: Files) -> impl IntoView {
    let words = use_text().files;
    let store = files.store;
    let input = NodeRef::<html::Input>::new();
    let press = move |_| {
        if !store.in_desktop() {
            if let Some(input) = input.get_untracked() {
                input.click();
            }
            return;
        }
        let folder = untrack(|| files.folder());
        spawn_local(async move {
            let title = words.upload_title(&folder.shown());
            match backend::call(&PickFiles { title }).await {
                Ok(paths) => store.upload_paths(folder, paths),
                Err(failure) => store.tell_failure(words.not_copied().to_owned(), Some(&failure)),
            }
        });
    };
    let picked = move |_| {
        let Some(input) = input.get_untracked() else {
            return;
        };
        let chosen: Vec<File> = input
            .files()
            .map(|list| (0..list.length()).filter_map(|at| list.item(at)).collect())
            .unwrap_or_default();
        store.upload_files(untrack(|| files.folder()), chosen);
        // The same file may be chosen again.
        input.set_value("");
    };
    let hidden = (!store.in_desktop()).then(|| {
        view! {
            <input
                type="file"
                multiple
                hidden
                node_ref=input
                on:change=picked
                data-test="files-picked"
            />
        }
    });
    view! {
        {hidden}
        <IconButton symbol=Symbol::Upload label=words.upload() on_press=press />
    }
}
