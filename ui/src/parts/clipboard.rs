//! Copying: the button turns into a tick for a moment and says so.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use super::{IconButton, Symbol};
use crate::{
    i18n::use_text,
    state::{Store, use_store},
};

const SHOWN_FOR: Duration = Duration::from_millis(1200);

/// Puts text on the clipboard.
pub fn copy(store: Store, text: String) {
    spawn_local(async move {
        if !put(&text).await {
            store.tell_failure(store.text().common.not_copied().to_owned(), None);
        }
    });
}

/// Whether the clipboard took it; a browser may refuse.
async fn put(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Copies once and remembers it for a moment.
pub(super) fn copier(text: Callback<(), String>) -> (ReadSignal<bool>, impl Fn() + Copy) {
    let store = use_store();
    let (copied, set_copied) = signal(false);
    let run = move || {
        let text = text.run(());
        spawn_local(async move {
            if !put(&text).await {
                store.tell_failure(store.text().common.not_copied().to_owned(), None);
                return;
            }
            let _ = set_copied.try_set(true);
            set_timeout(
                move || {
                    let _ = set_copied.try_set(false);
                },
                SHOWN_FOR,
            );
        });
    };
    (copied, run)
}

/// An icon button that copies what `content` says at the time of the press.
#[component]
pub fn CopyButton(
    #[prop(into)] label: String,
    #[prop(into)] content: Callback<(), String>,
) -> impl IntoView {
    let text = use_text().common;
    let (copied, run) = copier(content);
    let symbol = Signal::derive(move || {
        if copied.get() {
            Symbol::Check
        } else {
            Symbol::Copy
        }
    });
    let label = Signal::derive(move || {
        if copied.get() {
            text.copied().to_owned()
        } else {
            label.clone()
        }
    });
    view! {
        <IconButton symbol label small=true on_press=move |_| run() />
        <span class="sr" role="status">{move || copied.get().then(|| text.copied())}</span>
    }
}
