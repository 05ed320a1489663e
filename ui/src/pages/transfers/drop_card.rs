//! Where files are dropped, and the way to choose them instead.

use leptos::{ev, html, prelude::*};
use web_sys::File;

use crate::{
    i18n::use_text,
    parts::{Button, CraneDrawing, Symbol},
    state::{Store, use_store},
};

/// What the desktop saves images as.
const ACCEPTED: &str = ".tar,.tgz,.gz,.zst,.oci";

/// Asks for files: with the desktop's dialog, or through the browser's own field.
fn choose(store: Store, field: NodeRef<html::Input>) {
    if store.in_desktop() {
        store.pick_and_import();
    } else if let Some(field) = field.get_untracked() {
        field.click();
    }
}

/// The browser's file field; nothing to see, it only asks.
#[component]
fn HiddenField(field: NodeRef<html::Input>) -> impl IntoView {
    let store = use_store();
    let text = use_text().transfers;
    let changed = move |_| {
        let Some(field) = field.get_untracked() else {
            return;
        };
        let files = field.files().map_or_else(Vec::new, |list| {
            (0..list.length())
                .filter_map(|index| list.item(index))
                .collect::<Vec<File>>()
        });
        store.import_files(files);
        // So that the same file can be chosen again.
        field.set_value("");
    };
    view! {
        <input
            class="sr"
            type="file"
            multiple=true
            accept=ACCEPTED
            tabindex="-1"
            aria-label=text.choose_files()
            node_ref=field
            on:change=changed
            on:click=|event| event.stop_propagation()
            data-test="file-field"
        />
    }
}

#[component]
pub fn ChooseFiles() -> impl IntoView {
    let store = use_store();
    let text = use_text().transfers;
    let field = NodeRef::new();
    view! {
        <Button
            icon=Symbol::FolderOpen
            on_press=move |()| choose(store, field)
            {..}
            data-test="choose-files"
        >
            {text.choose_files()}
        </Button>
        <HiddenField field />
    }
}

/// The whole window takes drops; this card says so, and asks for files when pressed.
#[component]
pub fn DropCard() -> impl IntoView {
    let store = use_store();
    let text = use_text().transfers;
    let field = NodeRef::new();
    let on_key = move |event: ev::KeyboardEvent| {
        if matches!(event.code().as_str(), "Enter" | "Space") {
            event.prevent_default();
            choose(store, field);
        }
    };
    view! {
        <div
            class="drop"
            role="button"
            tabindex="0"
            aria-label=text.drop_label()
            data-over=move || store.dragged_files.get().map(|_| "")
            on:click=move |_| choose(store, field)
            on:keydown=on_key
            data-test="drop-card"
        >
            <CraneDrawing />
            <span>
                <span class="semi drop-title">{text.drop_title()}</span>
                <span class="sm">{text.drop_text()}</span>
            </span>
            <HiddenField field />
        </div>
    }
}
