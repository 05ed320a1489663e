//! Names: of a new folder, of a new file, of what is renamed.

use gantry_view::{Failure, MakeFolder, RenameFile, WriteFile};
use leptos::prelude::*;

use super::{file_name, parent, place::Place};
use crate::{
    backend,
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, Dialog, HintedField, Layers, Tone, on_enter},
    state::Folder,
};

/// What a name is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    Folder(Folder),
    File(Folder),
    /// Of what lies at the path.
    Rename(String),
}

pub fn ask_folder(layers: Layers, place: Place, inside: Folder) {
    open(layers, place, Wish::Folder(inside));
}

pub fn ask_file(layers: Layers, place: Place, inside: Folder) {
    open(layers, place, Wish::File(inside));
}

pub fn ask_rename(layers: Layers, place: Place, path: String) {
    open(layers, place, Wish::Rename(path));
}

fn open(layers: Layers, place: Place, wish: Wish) {
    layers.open_dialog(move || view! { <NameDialog place wish=wish.clone() /> });
}

#[component]
fn NameDialog(place: Place, wish: Wish) -> impl IntoView {
    let words = use_text().files;
    let (title, label, old, folder) = match &wish {
        Wish::Folder(folder) => (
            words.new_folder().to_owned(),
            words.make(),
            "",
            folder.clone(),
        ),
        Wish::File(folder) => (
            words.new_file().to_owned(),
            words.make(),
            "",
            folder.clone(),
        ),
        Wish::Rename(path) => {
            let name = file_name(path);
            let folder = Folder {
                of: place.of.get_value(),
                dir: parent(path).to_owned(),
            };
            (words.rename_title(name), words.rename_go(), name, folder)
        }
    };
    let title = title.trim_end_matches('…').to_owned();
    let where_to = words.in_folder(&folder.shown());
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
            (Tone::Plain, where_to.clone())
        }
    });
    let wish = StoredValue::new(wish);
    let folder = StoredValue::new(folder);
    let go = move || {
        let path = folder.with_value(|folder| name.with_untracked(|name| folder.path_of(name)));
        asking.ask(async move {
            settle(place, wish.get_value(), path).await?;
            place.changed_something();
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

async fn settle(place: Place, wish: Wish, path: String) -> Result<(), Failure> {
    let of = place.of.get_value();
    match wish {
        Wish::Folder(_) => backend::call(&MakeFolder { of, path }).await,
        Wish::Rename(from) => backend::call(&RenameFile { of, from, to: path }).await,
        Wish::File(_) => {
            let request = WriteFile {
                of,
                path,
                text: String::new(),
                stamp: None,
            };
            backend::call(&request).await.map(drop)
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
