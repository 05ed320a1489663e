//! Variables from a file: chosen, or let go over the dialog.

use gantry_view::{EnvFile, Failure, PickFiles, ReadEnvFile};
use leptos::{ev, html, prelude::*, task::spawn_local};
use web_sys::{File, HtmlInputElement};

use super::form::Form;
use crate::{
    backend,
    parts::ErrorCard,
    state::{DialogDrop, Dropped, Store},
};

/// The wish for variables from a file, and why it did not come true.
#[derive(Clone, Copy)]
pub struct EnvFiles {
    form: Form,
    field: NodeRef<html::Input>,
    failure: RwSignal<Option<Failure>>,
}

impl EnvFiles {
    /// Takes files that are let go over the window for as long as the dialog is open.
    pub fn new(form: Form) -> Self {
        let files = Self {
            form,
            field: NodeRef::new(),
            failure: RwSignal::new(None),
        };
        let label = form.store.text().run.drop_env().to_owned();
        let take = Callback::new(move |dropped| files.read(dropped));
        form.store.dialog_drop.set(Some(DialogDrop { label, take }));
        on_cleanup(move || form.store.dialog_drop.set(None));
        files
    }

    /// Asks for a file: with the desktop's dialog, or through the browser's own field.
    pub fn choose(self) {
        let store: Store = self.form.store;
        if !store.in_desktop() {
            if let Some(field) = self.field.get_untracked() {
                field.click();
            }
            return;
        }
        spawn_local(async move {
            let title = store.text().run.load_env_title().to_owned();
            match backend::call(&PickFiles { title }).await {
                Ok(paths) => {
                    for path in paths {
                        self.read(Dropped::Path(path));
                    }
                }
                Err(failure) => self.failed(failure),
            }
        });
    }

    fn read(self, dropped: Dropped) {
        let _ = self.failure.try_set(None);
        spawn_local(async move {
            let file = match dropped {
                Dropped::Path(path) => Ok(EnvFile::Path(path)),
                Dropped::File(file) => backend::content(&file).await.map(EnvFile::Content),
            };
            let variables = match file {
                Ok(file) => backend::call(&ReadEnvFile { file }).await,
                Err(failure) => Err(failure),
            };
            match variables {
                Ok(variables) => {
                    for (name, value) in &variables {
                        self.form.set_variable(name, value);
                    }
                }
                Err(failure) => self.failed(failure),
            }
        });
    }

    fn failed(self, failure: Failure) {
        // The dialog may be gone by now.
        let _ = self.failure.try_set(Some(failure));
    }
}

/// The browser's own field, and the card of what could not be read.
#[component]
pub fn EnvFileField(files: EnvFiles) -> impl IntoView {
    let in_desktop = files.form.store.in_desktop();
    let picked = move |event: ev::Event| {
        let field: HtmlInputElement = event_target(&event);
        let list = field.files();
        let chosen: Vec<File> = list
            .map(|list| (0..list.length()).filter_map(|at| list.item(at)).collect())
            .unwrap_or_default();
        for file in chosen {
            files.read(Dropped::File(file));
        }
        // The same file may be chosen again.
        field.set_value("");
    };
    view! {
        {(!in_desktop).then(|| {
            view! {
                <input
                    type="file"
                    hidden
                    node_ref=files.field
                    on:change=picked
                    data-test="run-env-picked"
                />
            }
        })}
        {move || files.failure.get().map(|failure| {
            view! {
                <div data-test="run-env-failure">
                    <ErrorCard failure />
                </div>
            }
        })}
    }
}
