//! Files that a page shows, and what can be done with them whoever has them.

use gantry_view::{Failure, FilesOf, PickSavePath, RemoveFile, SaveFile};
use leptos::{prelude::*, task::spawn_local};

use super::file_name;
use crate::{
    backend::{self, Download},
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, ButtonKind, Dialog, Layers},
    state::{Outcome, Store},
};

/// Whose files are shown, and who is told of changes.
#[derive(Clone, Copy)]
pub struct Place {
    pub store: Store,
    pub of: StoredValue<FilesOf>,
    /// Whether something runs that may need them.
    pub running: Signal<bool>,
    /// Counts up when the files may be others.
    pub version: RwSignal<u32>,
    /// Told when one was removed.
    pub on_removed: Callback<()>,
}

impl Place {
    /// Something was changed from here.
    pub fn changed_something(self) {
        let _ = self.version.try_update(|version| *version += 1);
    }
}

/// Saves a file, or a folder as a tar: where the person says, or wherever the browser puts it.
pub fn save(place: Place, path: String, folder: bool) {
    let store = place.store;
    let words = store.text().files;
    let of = place.of.get_value();
    let name = file_name(&path).to_owned();
    if !store.in_desktop() {
        let what = Download::Path {
            of: &of,
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
                let request = SaveFile {
                    of,
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

/// Asks before a file or a folder goes.
pub fn ask_delete(layers: Layers, place: Place, path: String, folder: bool) {
    layers.open_dialog(move || view! { <DeleteDialog place path=path.clone() folder /> });
}

#[component]
fn DeleteDialog(place: Place, path: String, folder: bool) -> impl IntoView {
    let words = use_text().files;
    let asking = Asking::new();
    let name = file_name(&path).to_owned();
    let title = words.delete_title(&name);
    let in_volume = place.of.with_value(|of| matches!(of, FilesOf::Volume(_)));
    let lead = match (in_volume, folder) {
        (false, true) => words.delete_folder(),
        (false, false) => words.delete_file(),
        (true, true) => words.delete_volume_folder(),
        (true, false) => words.delete_volume_file(),
    };
    let asked = StoredValue::new((path.clone(), name));
    let delete = move |()| {
        asking.ask(async move {
            let (path, name) = asked.get_value();
            remove(place, path).await?;
            let said = words.deleted_it(&name);
            place.store.report(Outcome::Done, said, None);
            Ok(())
        });
    };
    let label = words.delete_go();
    view! { <Question place path asking title lead label test="file-delete" on_press=delete /> }
}

/// What is asked before something of a file is lost.
#[component]
pub fn Question(
    place: Place,
    path: String,
    asking: Asking,
    title: String,
    lead: &'static str,
    label: &'static str,
    test: &'static str,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let words = use_text().files;
    let running = place.running.get_untracked();
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

async fn remove(place: Place, path: String) -> Result<(), Failure> {
    let of = place.of.get_value();
    backend::call(&RemoveFile { of, path }).await?;
    place.on_removed.run(());
    place.changed_something();
    Ok(())
}
