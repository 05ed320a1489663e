//! The tasks: those that run, then those that have ended, the latest first.

use std::cmp::Reverse;

use gantry_view::{Task, TaskState};
use leptos::prelude::*;

use super::{ended::EndedTask, running::RunningTask};
use crate::{
    i18n::{LocalTime, use_text},
    state::use_store,
};

/// When a task ended, seen from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Now,
    Today,
    Before,
}

#[component]
pub fn TaskList() -> impl IntoView {
    let text = use_text().transfers;
    view! {
        <Section when=When::Now title=text.now() />
        <Section when=When::Today title=text.earlier_today() />
        <Section when=When::Before title=text.earlier() />
    }
}

#[component]
fn Section(when: When, title: &'static str) -> impl IntoView {
    let store = use_store();
    let ids = Memo::new(move |_| {
        let now = LocalTime::new(store.now.get_untracked());
        let mut found: Vec<Task> = store.tasks.filtered(|task| when_of(task, &now) == when);
        match when {
            When::Now => found.sort_by_key(|task| task.started_at),
            _ => found.sort_by_key(|task| Reverse(task.finished_at)),
        }
        found.into_iter().map(|task| task.id).collect::<Vec<_>>()
    });
    let row = move |id: String| {
        store.tasks.cell(&id).map(|task| {
            if when == When::Now {
                view! { <RunningTask task /> }.into_any()
            } else {
                view! { <EndedTask task /> }.into_any()
            }
        })
    };
    view! {
        <Show when=move || ids.with(|ids| !ids.is_empty())>
            <h3 class="jobs-h">{title}</h3>
            <For each=move || ids.get() key=Clone::clone children=row />
        </Show>
    }
}

fn when_of(task: &Task, now: &LocalTime) -> When {
    match (task.state, task.finished_at) {
        (TaskState::Running, _) => When::Now,
        (_, Some(at)) if !LocalTime::new(at).is_same_day(now) => When::Before,
        _ => When::Today,
    }
}
