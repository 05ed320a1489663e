//! Names: of a new folder, of a new file, of what is renamed.

use gantry_view::{Failure, MakeContainerFolder, RenameContainerFile, WriteContainerFile};
use leptos::prelude::*;

use super::Files;
use crate::{
    backend,
    i18n::use_text,
    pages::files::{file_name, parent},
    parts::{AskFailure, AskFooter, Asking, Dialog, HintedField, Layers, Tone, on_enter},
    state::Folder,
};

/// What a name is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    Folder,
    File,
    /// Of what lies at the path.
    Rename(String),
}

pub(super) fn ask_folder(layers: Layers, files: Files) {
    open(layers, files, Wish::Folder);
}

pub(super) fn ask_file(layers: Layers, files: Files) {
    open(layers, files, Wish::File);
}

pub(super) fn ask_rename(layers: Layers, files: Files, path: String) {
    open(layers, files, Wish::Rename(path));
}

fn open(layers: Layers, files: Files, wish: Wish) {
    layers.open_dialog(move || view! { <NameDialog files wish=wish.clone() /> });
}

#[component]
fn NameDialog(files: Files, wish: Wish) -> impl IntoView {
    let words = use_text().files;
    let (title, label, old, folder) = match &wish {
        Wish::Folder => (
            words.new_folder().to_owned(),
            words.make(),
            "",
            untrack(|| files.folder()),
        ),
        Wish::File => (
            words.new_file().to_owned(),
            words.make(),
            "",
            untrack(|| files.folder()),
        ),
        Wish::Rename(path) => {
            let name = file_name(path);
            let folder = Folder {
                container: files.id.get_value(),
                dir: parent(path).to_owned(),
            };
            (words.rename_title(name), words.rename_go(), name, folder)
        }
    };
    let title = title.trim_end_matches('…').to_owned();
    let place = words.in_folder(&folder.shown());
    let old = StoredValue::new(old.to_owned());
    let name = RwSignal::new(old.get_value());
    let asking = Asking::new();
    let blocked = Signal::derive(move || {
        let unusable = name.with(|name| !is_name(name) || old.with_value(|old| old == name));
        unusable.then(|| words.name_rule().to_owned())
    });
    let hint = Signal::derive(move || {
        let bad = name.with(|name| !name.is_empty() && !is_name(name));
        if bad {
            (Tone::Bad, words.name_rule().to_owned())
        } else {
            (Tone::Plain, place.clone())
        }
    });
    let wish = StoredValue::new(wish);
    let folder = StoredValue::new(folder);
    let go = move || {
        let path = folder.with_value(|folder| name.with_untracked(|name| folder.path_of(name)));
        asking.ask(async move {
            settle(files, wish.get_value(), path).await?;
            files.changed_something();
            Ok(())
        });
    };
    let footer = move || {
        view! {
            <AskFooter asking blocked label test="file-name-go" on_press=move |()| go() />
        }
    };
    view! {
        <Dialog title width="26rem" footer>
            <div class="col" on:keydown=on_enter(blocked, go)>
                <HintedField
                    label=words.name()
                    value=name
                    hint
                    mono=true
                    autofocus=true
                    test="file-name"
                />
                <AskFailure asking />
            </div>
        </Dialog>
    }
}

async fn settle(files: Files, wish: Wish, path: String) -> Result<(), Failure> {
    let id = files.id.get_value();
    match wish {
        Wish::Folder => backend::call(&MakeContainerFolder { id, path }).await,
        Wish::File => {
            let request = WriteContainerFile {
                id,
                path,
                text: String::new(),
                stamp: None,
            };
            backend::call(&request).await.map(drop)
        }
        Wish::Rename(from) => {
            let request = RenameContainerFile { id, from, to: path };
            backend::call(&request).await
        }
    }
}

/// What a file may be called.
fn is_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && name.len() <= 255 && !name.contains(['/', '\0'])
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_name_is_one_component() {
        for name in ["a", ".env", "한글 이름", "..."] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", ".", "..", "a/b", "/"] {
            assert!(!is_name(name), "{name}");
        }
        assert!(!is_name(&"a".repeat(256)));
    }
}
