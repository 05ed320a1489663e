//! The status bar: the last action with its exact command, work in progress, totals.

use gantry_view::{Task, TaskKind, TaskState};
use leptos::prelude::*;

use crate::{
    i18n::{Text, use_text},
    parts::{CopyButton, Glyph, Icon, IconButton, IconSize, Progress, StatusKind, Symbol},
    state::{Copying, Outcome, Route, use_store},
};

#[component]
pub fn StatusBar() -> impl IntoView {
    view! {
        <footer class="statusbar" data-pane="">
            <LastAction />
            <span class="push"></span>
            <RunningCopies />
            <RunningTask />
            <Totals />
        </footer>
    }
}

#[component]
fn LastAction() -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let command = Memo::new(move |_| {
        let style = store
            .settings
            .with(|settings| settings.command_style.clone());
        store.activity.with(|activity| {
            let command = activity.as_ref()?.command.as_ref()?;
            Some(command.written(&style))
        })
    });
    let outcome = Memo::new(move |_| {
        store
            .activity
            .with(|activity| activity.as_ref().map(|activity| activity.outcome))
    });
    let glyph = move || {
        outcome.get().map(|outcome| match outcome {
            Outcome::Done => {
                view! { <span class="done"><Icon symbol=Symbol::Check size=IconSize::Small /></span> }
                    .into_any()
            }
            Outcome::Failed => view! { <Glyph kind=StatusKind::Failed /> }.into_any(),
            Outcome::Busy => view! { <span class="spin"></span> }.into_any(),
        })
    };
    let words = move || {
        store.activity.with(|activity| {
            activity
                .as_ref()
                .map(|activity| activity.text.clone())
                .unwrap_or_default()
        })
    };
    let same_as = move || {
        command.get().map(|command| {
            let copied = command.clone();
            view! {
                <span class="row row--tight t3 p3 same-as">
                    {text.shell.same_as()} " " <code class="cut">{command}</code>
                    <CopyButton
                        label=text.common.copy_command()
                        content=move |()| copied.clone()
                    />
                </span>
            }
        })
    };
    view! {
        <span class="row row--tight last-action" role="status">
            {glyph} <span class="cut">{words}</span>
        </span>
        {same_as}
    }
}

/// Files on their way into containers and volumes, each with the way to stop it.
#[component]
fn RunningCopies() -> impl IntoView {
    let text = use_text();
    let words = text.files;
    let store = use_store();
    let view_of = move |copying: Copying| {
        let label = copying
            .dir
            .with_value(|dir| words.copying(copying.count, dir));
        let bytes = move || {
            let bytes = copying.bytes.get();
            (bytes > 0).then(|| text.size(bytes))
        };
        view! {
            <span class="row row--tight copy" data-test="copying">
                <Icon symbol=Symbol::Upload size=IconSize::Small />
                <span class="cut">{label}</span>
                <span class="num t3">{bytes}</span>
                <IconButton
                    symbol=Symbol::X
                    label=words.stop_copy()
                    small=true
                    on_press=move |_| store.cancel_copy(copying)
                    {..}
                    data-test="stop-copy"
                />
            </span>
        }
    };
    view! { <For each=move || store.copies.all() key=|copying| copying.id children=view_of /> }
}

/// The oldest running task; a press leads to all of them.
#[component]
fn RunningTask() -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let running = Memo::new(move |_| {
        store
            .tasks
            .filtered(|task| task.state == TaskState::Running)
    });
    let view_of = move |(task, more): (Task, usize)| {
        let share = share(&task);
        let label = title(text, &task);
        let percent = share.map(|share| format!("{:.0} %", share * 100.0));
        view! {
            <a
                class="row row--tight task"
                href=Route::Transfers.to_hash()
                on:click=move |event| {
                    event.prevent_default();
                    store.go(Route::Transfers);
                }
            >
                <Icon symbol=symbol(task.kind) size=IconSize::Small />
                <span class="cut">{label.clone()}</span>
                <Progress share label />
                {percent}
                {(more > 0).then(|| view! { <span class="t3">{text.shell.more_tasks(more)}</span> })}
            </a>
        }
    };
    move || {
        running.with(|running| {
            running
                .first()
                .map(|task| view_of((task.clone(), running.len() - 1)))
        })
    }
}

fn share(task: &Task) -> Option<f64> {
    (task.total_bytes > 0).then(|| (task.done_bytes as f64 / task.total_bytes as f64).min(1.0))
}

fn title(text: Text, task: &Task) -> String {
    match task.kind {
        TaskKind::Import => text.shell.importing(&task.title),
        TaskKind::Export => text.shell.exporting(&task.title),
        TaskKind::Commit => text.shell.committing(&task.title),
        TaskKind::Backup => text.shell.backing_up(&task.title),
        TaskKind::Restore => text.shell.restoring(&task.title),
        TaskKind::Pull => text.shell.pulling(&task.title),
        TaskKind::Push => text.shell.pushing(&task.title),
    }
}

fn symbol(kind: TaskKind) -> Symbol {
    match kind {
        TaskKind::Import | TaskKind::Pull => Symbol::ArrowDownToLine,
        TaskKind::Push => Symbol::ArrowUpFromLine,
        TaskKind::Export => Symbol::Package,
        TaskKind::Backup | TaskKind::Restore => Symbol::Database,
        TaskKind::Commit => Symbol::PackagePlus,
    }
}

/// What is stored and what is free.
#[component]
fn Totals() -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let used = move || store.engine.with(|engine| text.size(engine.used_bytes));
    let free = move || store.engine.with(|engine| text.size(engine.free_bytes));
    let root = move || {
        store
            .engine
            .with(|engine| text.shell.disk_free_on(&engine.root))
    };
    view! {
        <Show when=move || store.engine.with(|engine| engine.free_bytes > 0)>
            <span class="p3 totals">
                <b class="med">{used}</b>
                " "
                {text.shell.storage_used()}
            </span>
            <span class="p3 totals" title=root>
                <b class="med">{free}</b>
                " "
                {text.shell.disk_free()}
            </span>
        </Show>
    }
}
