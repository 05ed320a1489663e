//! What can be done with one file or folder.

use gantry_view::{EntryChange, EntryKind, LayerEntry, RevertContainerFile};
use leptos::prelude::*;

use super::Files;
use crate::{
    backend,
    i18n::use_text,
    pages::files::{Question, ask_delete, ask_rename, file_name, save},
    parts::{Asking, Layers, MenuEntry, MenuItem, Symbol, copy},
    state::Outcome,
};

/// The entries of its menu.
pub(super) fn menu(layers: Layers, files: Files, path: &str, entry: &LayerEntry) -> Vec<MenuEntry> {
    let words = files.store.text().files;
    let folder = entry.kind == EntryKind::Folder;
    let shown = format!("/{path}");
    let copy_path = MenuItem::new(Symbol::Copy, words.copy_path(), move || {
        copy(files.store, shown.clone());
    });
    let revert = can_revert(entry).then(|| {
        let (path, change) = (path.to_owned(), entry.change);
        MenuItem::new(Symbol::Undo, words.revert(), move || {
            ask_revert(layers, files, path.clone(), change);
        })
    });
    if entry.change == EntryChange::Deleted {
        let revert = revert.map(MenuEntry::from);
        return std::iter::once(copy_path.into()).chain(revert).collect();
    }
    let mut entries: Vec<MenuEntry> = Vec::new();
    if folder || entry.kind == EntryKind::File {
        let label = if folder {
            words.save_tar()
        } else {
            words.save_copy()
        };
        let path = path.to_owned();
        let item = MenuItem::new(Symbol::Download, label, move || {
            save(files.place, path.clone(), folder);
        });
        entries.push(item.into());
    }
    entries.push(copy_path.into());
    let (to_rename, to_delete) = (path.to_owned(), path.to_owned());
    let rename = MenuItem::new(Symbol::Pencil, words.rename(), move || {
        ask_rename(layers, files.place, to_rename.clone());
    });
    entries.push(rename.into());
    entries.extend(revert.map(MenuEntry::from));
    entries.push(MenuEntry::Separator);
    let delete = MenuItem::new(Symbol::Trash, words.delete(), move || {
        ask_delete(layers, files.place, to_delete.clone(), folder);
    });
    entries.push(delete.danger().into());
    entries
}

/// Whether it can be made again as the image has it: of a folder the image has more than one file.
pub(super) fn can_revert(entry: &LayerEntry) -> bool {
    match entry.change {
        EntryChange::Unchanged => false,
        EntryChange::Added => true,
        EntryChange::Modified | EntryChange::Deleted => entry.kind != EntryKind::Folder,
    }
}

/// Asks before what the container did to a file is taken back.
pub(super) fn ask_revert(layers: Layers, files: Files, path: String, change: EntryChange) {
    layers.open_dialog(move || view! { <RevertDialog files path=path.clone() change /> });
}

#[component]
fn RevertDialog(files: Files, path: String, change: EntryChange) -> impl IntoView {
    let words = use_text().files;
    let asking = Asking::new();
    let name = file_name(&path).to_owned();
    let title = words.revert_title(&name);
    let lead = match change {
        EntryChange::Added => words.revert_added(),
        EntryChange::Deleted => words.revert_deleted(),
        EntryChange::Modified | EntryChange::Unchanged => words.revert_modified(),
    };
    let asked = StoredValue::new((path.clone(), name));
    let revert = move |()| {
        asking.ask(async move {
            let (path, name) = asked.get_value();
            let id = files.id.get_value();
            backend::call(&RevertContainerFile { id, path }).await?;
            files.chosen.set(None);
            files.place.changed_something();
            let said = words.reverted(&name);
            files.store.report(Outcome::Done, said, None);
            Ok(())
        });
    };
    let label = words.revert_go();
    let place = files.place;
    view! { <Question place path asking title lead label test="file-revert" on_press=revert /> }
}
