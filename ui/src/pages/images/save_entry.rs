//! Taking one file out of an image.

use gantry_view::{EntryChange, EntryKind, LayerEntry, PickSavePath, SaveImageFile};
use leptos::task::spawn_local;

use crate::{
    backend::{self, Download},
    i18n::Text,
    pages::files::{Source, file_name},
    parts::{MenuEntry, MenuItem, Symbol, copy},
    state::{Outcome, Store},
};

/// Why an entry cannot be saved.
pub fn why_not(text: Text, source: &Source, entry: &LayerEntry) -> Option<&'static str> {
    let words = text.images;
    match (source, entry.kind, entry.change) {
        (Source::Compare { .. } | Source::Container { .. }, ..) => Some(words.save_from_layers()),
        (_, _, EntryChange::Deleted) => Some(words.save_not_deleted()),
        (_, EntryKind::File, _) => None,
        _ => Some(words.save_only_files()),
    }
}

/// What can be done with an entry.
pub fn menu(store: Store, source: &Source, path: &str, entry: &LayerEntry) -> Vec<MenuEntry> {
    let text = store.text();
    let (from, to_save, to_copy) = (source.clone(), path.to_owned(), format!("/{path}"));
    vec![
        MenuItem::new(Symbol::Download, text.images.save_file(), move || {
            save(store, &from, to_save.clone());
        })
        .disabled(why_not(text, source, entry))
        .into(),
        MenuItem::new(Symbol::Copy, text.images.copy_path(), move || {
            copy(store, to_copy.clone());
        })
        .into(),
    ]
}

/// Saves a file: where the person says, or wherever the browser puts what it loads.
pub fn save(store: Store, source: &Source, path: String) {
    let Source::Layer {
        image,
        layer,
        whole,
    } = source.clone()
    else {
        return;
    };
    let words = store.text().images;
    let name = file_name(&path).to_owned();
    if !store.in_desktop() {
        let file = Download::File {
            image: &image,
            layer,
            whole,
            path: &path,
        };
        match backend::download(&file) {
            Ok(()) => {
                let said = store.text().export.download_started();
                store.report(Outcome::Done, said.to_owned(), None);
            }
            Err(failure) => store.tell_failure(words.not_saved(&name), Some(&failure)),
        }
        return;
    }
    spawn_local(async move {
        let ask = PickSavePath {
            title: words.save_file().trim_end_matches('…').to_owned(),
            suggested: name.clone(),
        };
        let saved = match backend::call(&ask).await {
            Ok(None) => return,
            Ok(Some(target)) => {
                let request = SaveImageFile {
                    image,
                    layer,
                    whole,
                    path,
                    target,
                };
                backend::call(&request).await
            }
            Err(failure) => Err(failure),
        };
        match saved {
            Ok(bytes) => {
                let said = words.saved(&name, &store.text().size(bytes));
                store.report(Outcome::Done, said, None);
            }
            Err(failure) => store.tell_failure(words.not_saved(&name), Some(&failure)),
        }
    });
}
