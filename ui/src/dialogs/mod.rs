//! Dialogs: decisions that need more than a press.

mod commit;
mod confirm;
mod connect;
mod image_name;
mod keys;
mod limits;
mod object_name;
mod ports;
mod registry;
mod rename;
mod run;

use gantry_view::{DraftAgain, ReadLimits};
use leptos::{prelude::*, task::spawn_local};

use crate::{backend, parts::Layers, state::Store};

pub use confirm::{confirm_kill, confirm_remove};
pub use image_name::{NameFault, check_name, registry_of};
pub use object_name::{host_names, is_host_name, is_object_name};
pub use ports::{
    PortFields, PortHint, PortInputs, Reading, free_port_from, offered_port, port_number,
    port_way_out,
};
pub use registry::{Refused, Wish, open_add_registry, open_plain, open_sign_in};

/// Asks what to run; `image` is chosen already when the wish began at an image.
pub fn open_run(layers: Layers, image: Option<String>) {
    let begin = image.map_or(run::Begin::Empty, run::Begin::Image);
    layers.open_dialog(move || view! { <run::RunDialog begin=begin.clone() /> });
}

/// Asks the same for a container once more, with everything that it has.
pub fn open_again(store: Store, layers: Layers, container: String) {
    spawn_local(async move {
        let name = store.name_of(&container);
        match backend::call(&DraftAgain { id: container }).await {
            Ok(again) => {
                let begin = run::Begin::Again(Box::new(again));
                layers.open_dialog(move || view! { <run::RunDialog begin=begin.clone() /> });
            }
            Err(failure) => {
                let title = store.text().run.not_read(&name);
                store.tell_failure(title, Some(&failure));
            }
        }
    });
}

/// Asks how to keep a container's changes as an image.
pub fn open_commit(layers: Layers, container: String) {
    open_commit_of(layers, container, Vec::new());
}

/// The same for some of the changed files only, by path.
pub fn open_commit_of(layers: Layers, container: String, paths: Vec<String>) {
    layers.open_dialog(move || {
        view! { <commit::CommitDialog container=container.clone() paths=paths.clone() /> }
    });
}

pub fn open_rename(layers: Layers, container: String) {
    layers.open_dialog(move || view! { <rename::RenameDialog container=container.clone() /> });
}

/// Asks what a container may use from now on.
pub fn open_limits(store: Store, layers: Layers, container: String) {
    spawn_local(async move {
        let name = store.name_of(&container);
        let id = container.clone();
        match backend::call(&ReadLimits { id }).await {
            Ok(known) => layers.open_dialog(move || {
                let (container, known) = (container.clone(), known.clone());
                view! { <limits::LimitsDialog container known /> }
            }),
            Err(failure) => {
                let title = store.text().run.not_read(&name);
                store.tell_failure(title, Some(&failure));
            }
        }
    });
}

/// Asks for one more network of a container.
pub fn open_connect(layers: Layers, container: String) {
    layers.open_dialog(move || view! { <connect::ConnectDialog container=container.clone() /> });
}

/// Shows all keys.
pub fn open_keys(layers: Layers) {
    layers.open_dialog(|| view! { <keys::KeysDialog /> });
}
