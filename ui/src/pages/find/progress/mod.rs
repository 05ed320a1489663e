//! What is on its way from registries and to them, below the page: the whole, and every layer.

mod layers;

use std::cmp::Reverse;

use gantry_view::{Task, TaskKind, TaskState};
use leptos::prelude::*;

use self::layers::LayerGrid;
use crate::{
    i18n::use_text,
    pages::transfers::{Announcer, Cancelling, EndedTask, pace_of, share},
    parts::{Button, ButtonKind, ButtonSize, Progress, Symbol},
    state::use_store,
};

/// Ended ones that stay in sight below those that run.
const ENDED: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shown {
    /// With its layers.
    Open,
    Running,
    Ended,
}

/// Nothing while nothing was pulled or pushed.
#[component]
pub fn Transfers() -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    let rows = Memo::new(move |_| {
        let mut tasks = store
            .tasks
            .filtered(|task: &Task| matches!(task.kind, TaskKind::Pull | TaskKind::Push));
        tasks.sort_by_key(|task| match task.state {
            TaskState::Running => (false, Reverse(0), task.started_at),
            _ => (true, Reverse(task.finished_at.unwrap_or_default()), 0),
        });
        let running = tasks.iter().filter(|task| task.state == TaskState::Running);
        let running = running.count();
        let shown = |at: usize| match at {
            0 if running > 0 => Shown::Open,
            at if at < running => Shown::Running,
            _ => Shown::Ended,
        };
        let tasks = tasks.into_iter().take(running + ENDED).enumerate();
        tasks
            .map(|(at, task)| (shown(at), task.id))
            .collect::<Vec<_>>()
    });
    let row = move |(shown, id): (Shown, String)| {
        store.tasks.cell(&id).map(|task| match shown {
            Shown::Ended => view! {
                <div class="xfer-ended">
                    <EndedTask task />
                </div>
            }
            .into_any(),
            Shown::Open | Shown::Running => {
                view! { <Running task open=shown == Shown::Open /> }.into_any()
            }
        })
    };
    view! {
        <Show when=move || rows.with(|rows| !rows.is_empty())>
            <section class="xfer" aria-label=words.transfers() data-pane="">
                <For each=move || rows.get() key=Clone::clone children=row />
            </section>
        </Show>
    }
}

#[component]
fn Running(task: ArcRwSignal<Task>, open: bool) -> impl IntoView {
    let text = use_text();
    let words = text.find;
    let store = use_store();
    let Task {
        id, kind, title, ..
    } = task.get_untracked();
    let doing = match kind {
        TaskKind::Push => text.shell.pushing(&title),
        _ => text.shell.pulling(&title),
    };
    let task = RwSignal::from(task);
    let reading = pace_of(task);
    let share = Memo::new(move |_| task.with(share));
    let sum = move || {
        task.with(|task| {
            let here = task.layers.iter().filter(|layer| layer.is_here());
            let bytes: u64 = here.map(|layer| layer.size).sum();
            let layers = words.layers(task.layers.len());
            match bytes {
                _ if task.layers.is_empty() => String::new(),
                0 => layers,
                bytes if kind == TaskKind::Push => words.already_there(&layers, &text.size(bytes)),
                bytes => words.already_here(&layers, &text.size(bytes)),
            }
        })
    };
    let told = move || {
        let bytes = task.with(|task| match (task.done_bytes, task.total_bytes) {
            (_, 0) => words.asking().to_owned(),
            (done, total) => text.part_of(done, total),
        });
        let reading = reading.get();
        let speed = reading.speed.filter(|speed| *speed >= 1.0);
        let at = speed.map(|speed| words.at_speed(&text.size(speed as u64)));
        let left = reading.left.map(|left| {
            let span = text.span(left.max(1000));
            words.about_left(&span)
        });
        let paced = [Some(bytes), at].into_iter().flatten();
        let paced = paced.collect::<Vec<_>>().join(" ");
        let parts = [Some(paced), left].into_iter().flatten();
        parts.collect::<Vec<_>>().join(", ")
    };
    let cancelling = Cancelling::new();
    let paused = id.clone();
    let pause = (kind == TaskKind::Pull).then(|| {
        let press = move || store.pause(paused.clone());
        view! {
            <Button
                kind=ButtonKind::Quiet
                size=ButtonSize::Small
                icon=Symbol::Pause
                on_press=move |()| press()
                {..}
                data-test="pause-task"
            >
                {words.pause()}
            </Button>
        }
    });
    let cancel = move || cancelling.ask(store, id.clone());
    view! {
        <div class="xfer-run" data-test="task" data-state="running">
            <div class="row xfer-h">
                <span class="semi cut" title=title.clone()>
                    {doing}
                </span>
                <span class="sm t3 nowrap p3">{sum}</span>
                <span class="push"></span>
                <span class="sm t2 nowrap">{told}</span>
                {pause}
                <Button
                    kind=ButtonKind::Quiet
                    size=ButtonSize::Small
                    icon=Symbol::X
                    busy=Signal::derive(move || cancelling.is_on())
                    on_press=move |()| cancel()
                    {..}
                    data-test="cancel-task"
                >
                    {text.transfers.cancel()}
                </Button>
            </div>
            <div class="xfer-bar">
                <Progress share large=true label=title />
            </div>
            {open.then(|| view! { <LayerGrid task /> })}
            <Announcer share />
        </div>
    }
}
