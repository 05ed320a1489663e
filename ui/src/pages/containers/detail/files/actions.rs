//! What can be done with one file or folder.

use gantry_view::{
    Container, EntryChange, EntryKind, Failure, LayerEntry, PickSavePath, RemoveContainerFile,
    RevertContainerFile, SaveContainerFile,
};
use leptos::{prelude::*, task::spawn_local};

use super::{Files, names};
use crate::{
    backend::{self, Download},
    i18n::use_text,
    pages::files::file_name,
    parts::{
        AskFailure, AskFooter, Asking, ButtonKind, Dialog, Layers, MenuEntry, MenuItem, Symbol,
        copy,
    },
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
            save(files, path.clone(), folder);
        });
        entries.push(item.into());
    }
    entries.push(copy_path.into());
    let (to_rename, to_delete) = (path.to_owned(), path.to_owned());
    let rename = MenuItem::new(Symbol::Pencil, words.rename(), move || {
        names::ask_rename(layers, files, to_rename.clone());
    });
    entries.push(rename.into());
    entries.extend(revert.map(MenuEntry::from));
    entries.push(MenuEntry::Separator);
    let delete = MenuItem::new(Symbol::Trash, words.delete(), move || {
        ask_delete(layers, files, to_delete.clone(), folder);
    });
    entries.push(delete.danger().into());
    entries
}

/// Saves a file, or a folder as a tar: where the person says, or wherever the browser puts it.
pub(super) fn save(files: Files, path: String, folder: bool) {
    let store = files.store;
    let words = store.text().files;
    let id = files.id.get_value();
    let name = file_name(&path).to_owned();
    if !store.in_desktop() {
        let what = Download::Container {
            id: &id,
            path: &path,
            folder,
        };
        match backend::download(&what) {
            Ok(()) => {
                let said = store.text().export.download_started();
                store.report(Outcome::Done, said.to_owned(), None);
            }
            Err(failure) => store.tell_failure(words.not_saved(&name), Some(&failure)),
        }
        return;
    }
    spawn_local(async move {
        let suggested = if folder {
            format!("{name}.tar")
        } else {
            name.clone()
        };
        let title = words.save_copy().trim_end_matches('…').to_owned();
        let saved = match backend::call(&PickSavePath { title, suggested }).await {
            Ok(None) => return,
            Ok(Some(target)) => {
                let request = SaveContainerFile {
                    id,
                    path,
                    folder,
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
            files.changed_something();
            let said = words.reverted(&name);
            files.store.report(Outcome::Done, said, None);
            Ok(())
        });
    };
    let label = words.revert_go();
    view! { <Question files path asking title lead label test="file-revert" on_press=revert /> }
}

/// Asks before a file or a folder goes.
pub(super) fn ask_delete(layers: Layers, files: Files, path: String, folder: bool) {
    layers.open_dialog(move || view! { <DeleteDialog files path=path.clone() folder /> });
}

#[component]
fn DeleteDialog(files: Files, path: String, folder: bool) -> impl IntoView {
    let words = use_text().files;
    let asking = Asking::new();
    let name = file_name(&path).to_owned();
    let title = words.delete_title(&name);
    let lead = if folder {
        words.delete_folder()
    } else {
        words.delete_file()
    };
    let asked = StoredValue::new((path.clone(), name));
    let delete = move |()| {
        asking.ask(async move {
            let (path, name) = asked.get_value();
            remove(files, path).await?;
            let said = words.deleted_it(&name);
            files.store.report(Outcome::Done, said, None);
            Ok(())
        });
    };
    let label = words.delete_go();
    view! { <Question files path asking title lead label test="file-delete" on_press=delete /> }
}

/// What is asked before something of a file is lost.
#[component]
fn Question(
    files: Files,
    path: String,
    asking: Asking,
    title: String,
    lead: &'static str,
    label: &'static str,
    test: &'static str,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let words = use_text().files;
    let up = |container: &Container| container.state.is_up();
    let running = files.container.with_untracked(up);
    let footer = move || {
        view! {
            <AskFooter
                asking
                kind=ButtonKind::DangerFill
                keep=words.keep()
                label
                test
                on_press
            />
        }
    };
    view! {
        <Dialog title alert=true width="28rem" footer>
            <div class="col">
                <p class="mono sm selectable">{format!("/{path}")}</p>
                <p class="t2">{lead} " " {running.then(|| words.delete_running())}</p>
                <AskFailure asking />
            </div>
        </Dialog>
    }
}

async fn remove(files: Files, path: String) -> Result<(), Failure> {
    let id = files.id.get_value();
    backend::call(&RemoveContainerFile { id, path }).await?;
    files.chosen.set(None);
    files.changed_something();
    Ok(())
}
