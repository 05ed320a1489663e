//! What helps after a task has ended.

use gantry_view::{RevealPath, Task, TaskKind, TaskState};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    backend,
    dialogs::{self, Refused, Wish},
    i18n::use_text,
    parts::{Button, ButtonSize, Layers, use_layers},
    state::{Route, Store, asks_who, home_of, use_store},
};

/// The one press that most likely comes next.
#[component]
pub fn Next(task: Task) -> impl IntoView {
    let text = use_text().transfers;
    let (store, layers) = (use_store(), use_layers());
    let button = |label: &'static str, hook: &'static str, run: Callback<()>| {
        view! {
            <Button size=ButtonSize::Small on_press=move |()| run.run(()) {..} data-test=hook>
                {label}
            </Button>
        }
        .into_any()
    };
    match (task.state, task.kind) {
        (TaskState::Done, TaskKind::Restore) => {
            let name = task.title.clone();
            let run = Callback::new(move |()| {
                store.go(Route::Volumes {
                    open: Some(name.clone()),
                });
            });
            Some(button(text.show_volume(), "task-show", run))
        }
        (TaskState::Done, TaskKind::Export | TaskKind::Backup) => {
            (store.in_desktop() && task.path.starts_with('/')).then(|| {
                let run = Callback::new(move |()| {
                    let path = task.path.clone();
                    spawn_local(async move {
                        if let Err(failure) = backend::call(&RevealPath { path }).await {
                            let what = store.text().common.file_not_shown();
                            store.tell_failure(what.to_owned(), Some(&failure));
                        }
                    });
                });
                button(text.show_file(), "show-file", run)
            })
        }
        (TaskState::Done, TaskKind::Push) => None,
        (TaskState::Done, _) => task.images.first().cloned().map(|image| {
            if task.images.len() == 1 && image.runnable {
                let name = if image.reference.is_empty() {
                    image.id
                } else {
                    image.reference
                };
                let run = Callback::new(move |()| dialogs::open_run(layers, Some(name.clone())));
                button(text.run(), "task-run", run)
            } else {
                let run = Callback::new(move |()| store.go(Route::image(&image.id)));
                button(text.show_image(), "task-show", run)
            }
        }),
        (_, TaskKind::Import) => task.path.starts_with('/').then(|| {
            let run = Callback::new(move |()| store.import_paths(vec![task.path.clone()]));
            button(text.retry(), "task-retry", run)
        }),
        (_, TaskKind::Export) => {
            let names = task
                .images
                .iter()
                .map(|image| match image.reference.as_str() {
                    "" => image.id.clone(),
                    name => name.to_owned(),
                });
            let names: Vec<String> = names.collect();
            (!names.is_empty()).then(|| {
                let run = Callback::new(move |()| store.export_images(names.clone()));
                button(text.retry(), "task-retry", run)
            })
        }
        (_, TaskKind::Pull | TaskKind::Push) if wants_sign_in(&task) => {
            let label = use_text().registries.sign_in();
            let run = Callback::new(move |()| sign_in(store, layers, &task));
            Some(button(label, "task-sign-in", run))
        }
        (state, TaskKind::Pull) => {
            let words = use_text().find;
            let resumes = state == TaskState::Cancelled && store.is_paused(&task.id);
            let label = if resumes {
                words.resume()
            } else {
                text.retry()
            };
            let run = Callback::new(move |()| store.pull_again(&task));
            Some(button(label, "task-retry", run))
        }
        (_, TaskKind::Push) => {
            let run = Callback::new(move |()| store.push(task.title.clone()));
            Some(button(text.retry(), "task-retry", run))
        }
        (_, TaskKind::Commit | TaskKind::Backup | TaskKind::Restore) => None,
    }
}

/// Whether the registry would have liked to know who asks.
fn wants_sign_in(task: &Task) -> bool {
    task.failure.as_ref().is_some_and(asks_who)
}

/// Asks for an account, and tries the same again with it.
fn sign_in(store: Store, layers: Layers, task: &Task) {
    let refused = Refused {
        wish: match task.kind {
            TaskKind::Push => Wish::Push,
            _ => Wish::Pull,
        },
        image: task.title.clone(),
        platform: store.platform_of(&task.id),
        raw: task
            .failure
            .as_ref()
            .map(|failure| failure.raw.clone())
            .unwrap_or_default(),
    };
    dialogs::open_sign_in(layers, home_of(&task.title), Some(refused));
}
