//! Image files may be let go anywhere over the window.

use leptos::{ev, prelude::*};
use web_sys::{DragEvent, File};

use crate::{i18n::use_text, parts::use_layers, state::use_store};

/// Follows the browser's drags and shows what letting go would do. In the desktop the window
/// itself tells of drops, with paths.
#[component]
pub fn DropZone() -> impl IntoView {
    let words = use_text();
    let text = words.shell;
    let store = use_store();
    let layers = use_layers();
    Effect::new(move |_| store.covered.set(layers.depth() > 0));
    // The page's own events know nothing of paths, nor, in WebKit, of leaving the window.
    let is_told = store.in_desktop();
    let over = window_event_listener(ev::dragover, move |event| {
        event.prevent_default();
        let count = held_files(&event);
        if !is_told && count > 0 && store.dragged_files.get_untracked() != Some(count) {
            store.dragged_files.set(Some(count));
        }
    });
    let left = window_event_listener(ev::dragleave, move |event| {
        // Only leaving the window has nothing to go to.
        if !is_told && event.related_target().is_none() {
            store.dragged_files.set(None);
        }
    });
    let dropped = window_event_listener(ev::drop, move |event| {
        event.prevent_default();
        if !is_told {
            store.dragged_files.set(None);
            store.take_files(files(&event));
        }
    });
    on_cleanup(move || {
        over.remove();
        left.remove();
        dropped.remove();
    });
    let told = move |count: usize| match store.drop_into.get() {
        // A dialog that takes none has nothing to say.
        _ if store.covered.get() => Some(store.dialog_drop.get()?.label),
        Some(folder) => Some(words.files.drop_into(&folder.shown(), count)),
        None => Some(text.drop_here(count)),
    };
    move || {
        let told = told(store.dragged_files.get()?)?;
        Some(view! {
            <div class="drop-over" role="status">
                <div class="drop" data-over="">
                    {told}
                </div>
            </div>
        })
    }
}

/// How many files are held; a browser tells their number before it tells what they are.
fn held_files(event: &DragEvent) -> usize {
    let Some(data) = event.data_transfer() else {
        return 0;
    };
    let has_files = data.types().iter().any(|kind| kind == "Files");
    if has_files {
        data.items().length().max(1) as usize
    } else {
        0
    }
}

fn files(event: &DragEvent) -> Vec<File> {
    let list = event.data_transfer().and_then(|data| data.files());
    list.map(|list| {
        (0..list.length())
            .filter_map(|index| list.item(index))
            .collect()
    })
    .unwrap_or_default()
}
