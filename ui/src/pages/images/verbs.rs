//! What can be done with an image, as menus offer it.

use gantry_view::Image;

use super::{
    compare::CompareDialog, groups::Entry, push_dialog::PushDialog, remove, tag_dialog::TagDialog,
};
use crate::{
    dialogs,
    i18n::Text,
    parts::{Layers, MenuEntry, MenuItem, Symbol, copy, split_reference},
    state::Store,
};

use leptos::prelude::*;

/// Why an image cannot be run here; `None` when it can.
pub fn why_not_run(text: Text, store: Store, image: &Image) -> Option<String> {
    if image.runnable {
        return None;
    }
    let host = store
        .engine
        .with_untracked(|engine| format!("linux/{}", engine.architecture));
    Some(text.images.cannot_run(&image.platform, &host))
}

/// The menu of a row: everything the header offers, for the name of that row.
pub fn entry_menu(store: Store, layers: Layers, text: Text, entry: &Entry) -> Vec<MenuEntry> {
    let Some(image) = store.images.get_untracked(&entry.id) else {
        return Vec::new();
    };
    let reference = entry.reference();
    let (to_run, to_export) = (reference.clone(), reference.clone());
    let run = MenuItem::new(Symbol::Play, text.images.run(), move || {
        dialogs::open_run(layers, Some(to_run.clone()));
    })
    .disabled(why_not_run(text, store, &image));
    let export = MenuItem::new(Symbol::Package, text.images.export(), move || {
        store.export_images(vec![to_export.clone()]);
    });
    let mut entries = vec![run.into(), export.into(), MenuEntry::Separator];
    entries.extend(more_menu(store, layers, text, &image, Some(reference)));
    entries
}

/// The menu of the header: what has no button of its own. `reference` is the name in view.
pub fn more_menu(
    store: Store,
    layers: Layers,
    text: Text,
    image: &Image,
    reference: Option<String>,
) -> Vec<MenuEntry> {
    let words = text.images;
    let (id, to_tag, to_remove) = (image.id.clone(), image.id.clone(), image.id.clone());
    let mut entries: Vec<MenuEntry> = vec![
        MenuItem::new(Symbol::Tag, words.tag(), move || {
            let id = to_tag.clone();
            layers.open_dialog(move || leptos::view! { <TagDialog id=id.clone() /> });
        })
        .into(),
    ];
    let (to_push, push_as) = (image.id.clone(), reference.clone());
    entries.push(
        MenuItem::new(Symbol::ArrowUpFromLine, words.push(), move || {
            let (id, reference) = (to_push.clone(), push_as.clone());
            layers.open_dialog(move || {
                leptos::view! { <PushDialog id=id.clone() reference=reference.clone() /> }
            });
        })
        .into(),
    );
    let to_compare = image.id.clone();
    let alone = (store.images.len() < 2).then(|| words.no_other());
    entries.push(
        MenuItem::new(Symbol::Layers, words.compare(), move || {
            let id = to_compare.clone();
            layers.open_dialog(move || leptos::view! { <CompareDialog id=id.clone() /> });
        })
        .disabled(alone)
        .into(),
    );
    let name = reference.filter(|name| image.tags.contains(name));
    if let Some(name) = name.clone() {
        let copied = MenuItem::new(Symbol::Copy, words.copy_name(), move || {
            copy(store, name.clone());
        });
        entries.push(copied.into());
    }
    entries.push(
        MenuItem::new(Symbol::Copy, words.copy_id(), move || {
            copy(store, id.clone());
        })
        .into(),
    );
    entries.push(MenuEntry::Separator);
    let remove = MenuItem::new(Symbol::Trash, words.remove(), move || {
        remove::remove_image(store, layers, &to_remove);
    })
    .danger();
    match name.filter(|_| image.tags.len() > 1) {
        Some(name) => {
            let label = words.remove_tag(split_reference(&name).1.unwrap_or(&name));
            let untag = move || remove::untag(store, layers, name.clone());
            entries.push(MenuItem::new(Symbol::X, label, untag).hint("Del").into());
            entries.push(remove.into());
        }
        None => entries.push(remove.hint("Del").into()),
    }
    entries
}

/// The Delete key on a row: the name of that row, or the image with its last name.
pub fn remove_by_key(store: Store, layers: Layers, entry: &Entry) {
    let names = store
        .images
        .get_untracked(&entry.id)
        .map_or(0, |image| image.tags.len());
    if names > 1 {
        remove::untag(store, layers, entry.reference());
    } else {
        remove::remove_image(store, layers, &entry.id);
    }
}
