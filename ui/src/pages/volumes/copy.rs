//! A file or folder of a volume copied into another volume, or into another folder of the same.

use gantry_view::FilesOf;
use leptos::prelude::*;

use crate::{
    i18n::use_text,
    pages::files::{Place, file_name},
    parts::{AskFailure, AskFooter, Asking, Dialog, HintedField, Layers, Tone, on_enter},
    state::Folder,
};

/// Asks where it is copied.
pub fn ask_copy(layers: Layers, place: Place, path: String) {
    layers.open_dialog(move || view! { <CopyDialog place path=path.clone() /> });
}

#[component]
fn CopyDialog(place: Place, path: String) -> impl IntoView {
    let words = use_text().volumes;
    let store = place.store;
    let title = words.copy_title(file_name(&path));
    let volumes: Vec<String> = store
        .volumes
        .filtered(|_| true)
        .into_iter()
        .map(|volume| volume.name)
        .collect();
    let own = place.of.with_value(|of| match of {
        FilesOf::Volume(name) => name.clone(),
        FilesOf::Container(_) => String::new(),
    });
    // Into another one, where there is another.
    let first = volumes.iter().find(|name| **name != own).unwrap_or(&own);
    let chosen = RwSignal::new(first.clone());
    let dir = RwSignal::new(String::from("/"));
    let hint = Signal::derive(move || (Tone::Plain, words.copy_keeps().to_owned()));
    let blocked = Signal::derive(|| None);
    let asking = Asking::new();
    let path = StoredValue::new(path);
    let go = move || {
        let to = Folder {
            of: FilesOf::Volume(chosen.get_untracked()),
            dir: dir.get_untracked().trim().trim_matches('/').to_owned(),
        };
        asking.ask(async move {
            store.copy_across(place.of.get_value(), path.get_value(), to);
            Ok(())
        });
    };
    let options = volumes.into_iter().map(move |name| {
        let is_first = name == chosen.get_untracked();
        view! {
            <option value=name.clone() selected=is_first>
                {name.clone()}
            </option>
        }
    });
    let footer = move || {
        view! {
            <AskFooter asking blocked label=words.copy_go() test="copy-go" on_press=move |()| go() />
        }
    };
    view! {
        <Dialog title width="26rem" footer>
            <div class="col" on:keydown=on_enter(blocked, go)>
                <label class="field">
                    <span class="label">{words.copy_volume()}</span>
                    <select
                        class="select"
                        data-autofocus=""
                        on:change=move |event| chosen.set(event_target_value(&event))
                        data-test="copy-volume"
                    >
                        {options.collect_view()}
                    </select>
                </label>
                <HintedField
                    label=words.copy_folder()
                    value=dir
                    hint
                    mono=true
                    test="copy-folder"
                />
                <AskFailure asking />
            </div>
        </Dialog>
    }
}
