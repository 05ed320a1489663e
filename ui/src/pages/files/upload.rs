//! Files of this computer on their way into a folder.

use gantry_view::PickFiles;
use leptos::{html, prelude::*, task::spawn_local};
use web_sys::File;

use crate::{
    backend,
    i18n::use_text,
    parts::{IconButton, Symbol},
    state::{Folder, Store},
};

/// Chooses files of this computer and copies them in.
#[component]
pub fn UploadButton(store: Store, folder: Signal<Folder>) -> impl IntoView {
    let words = use_text().files;
    let input = NodeRef::<html::Input>::new();
    let press = move |_| {
        if !store.in_desktop() {
            if let Some(input) = input.get_untracked() {
                input.click();
            }
            return;
        }
        let folder = folder.get_untracked();
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
        store.upload_files(folder.get_untracked(), chosen);
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
