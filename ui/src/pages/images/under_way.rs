//! Images that are on their way here or to a registry.

use gantry_view::{Task, TaskKind, TaskState};
use leptos::prelude::*;

use crate::{
    i18n::use_text,
    pages::transfers::share,
    parts::Progress,
    state::{Route, Store, use_store},
};

/// How far the push of one of these names is.
pub fn progress_of_push(store: Store, names: &[String]) -> Option<(String, Option<f64>)> {
    let mut found = None;
    store.tasks.for_each(|task: &Task| {
        let is_push = task.kind == TaskKind::Push && task.state == TaskState::Running;
        if is_push && names.contains(&task.title) {
            found = Some((task.title.clone(), share(task)));
        }
    });
    found
}

#[component]
pub fn OnItsWay(name: String, share: Option<f64>) -> impl IntoView {
    let percent = share.map(|share| format!("{:.0} %", share * 100.0));
    view! {
        <span class="row row--tight fix sm t2 list-progress">
            <Progress share label=name />
            {percent}
        </span>
    }
}

/// Imports that are still running, above the list.
#[component]
pub fn Incoming() -> impl IntoView {
    let text = use_text().images;
    let store = use_store();
    let running = Memo::new(move |_| {
        store.tasks.filtered(|task| {
            let comes = matches!(task.kind, TaskKind::Import | TaskKind::Pull);
            comes && task.state == TaskState::Running
        })
    });
    let row = move |task: Task| {
        view! {
            <a
                class="li li--1 list-tag"
                href="#/transfers"
                on:click=move |event| {
                    event.prevent_default();
                    store.go(Route::Transfers);
                }
            >
                <span class="cut grow">{task.title.clone()}</span>
                <OnItsWay share=share(&task) name=task.title />
            </a>
        }
    };
    move || {
        running.with(|running| {
            (!running.is_empty()).then(|| {
                view! {
                    <div class="list incoming">
                        <div class="list-h list-repo">{text.coming_in()}</div>
                        {running.iter().cloned().map(row).collect_view()}
                    </div>
                }
            })
        })
    }
}
