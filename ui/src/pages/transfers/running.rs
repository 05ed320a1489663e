//! A task on its way: how far, how fast, how long still, and what happens to each layer.

use gantry_view::{Task, TaskKind, TaskLayer, TaskLayerState};
use leptos::prelude::*;

use super::{
    cancel::Cancelling,
    pace::{Pace, Reading},
};
use crate::{
    i18n::{Clock, Text, use_text},
    parts::{Icon, IconButton, IconSize, Progress, Symbol, split_reference},
    state::use_store,
};

/// Layers that are done or wait, shown around those that are being worked on.
const AROUND: usize = 2;

#[component]
pub fn RunningTask(task: ArcRwSignal<Task>) -> impl IntoView {
    let text = use_text();
    let words = text.transfers;
    let store = use_store();
    let title = task.with_untracked(title_of);
    let Task { id, kind, .. } = task.get_untracked();
    let task = RwSignal::from(task);
    let reading = pace_of(task);
    let share = Memo::new(move |_| task.with(share));
    let told = move || {
        let percent = share
            .get()
            .map(|share| words.percent(&format!("{:.0}", share * 100.0)));
        let left = reading
            .get()
            .left
            .map(|left| words.left(&text.span(left.max(1000))));
        [percent, left]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ")
    };
    let cancelling = Cancelling::new();
    let cancel = move || cancelling.ask(store, id.clone());
    let wait = Signal::derive(move || cancelling.is_on().then(|| words.cancelling().to_owned()));
    let cancel_label = Signal::derive(move || {
        if cancelling.is_on() {
            words.cancelling()
        } else {
            words.cancel()
        }
        .to_owned()
    });
    let symbol = match kind {
        TaskKind::Import => Symbol::PackageOpen,
        TaskKind::Export => Symbol::Package,
        TaskKind::Commit => Symbol::PackagePlus,
        TaskKind::Backup | TaskKind::Restore => Symbol::Database,
        TaskKind::Pull => Symbol::ArrowDownToLine,
        TaskKind::Push => Symbol::ArrowUpFromLine,
    };
    view! {
        <div class="job" data-test="task" data-state="running">
            <span class="jic">
                <Icon symbol />
            </span>
            <div class="grow">
                <div class="row">
                    <span class="med cut" title=move || task.with(|task| task.path.clone())>
                        {title.clone()}
                    </span>
                    <span class="push sm t2 nowrap">{told}</span>
                </div>
                <div class="job-progress">
                    <Progress share label=title />
                </div>
                <Numbers task reading />
                <LayerRows task />
                <Announcer share />
            </div>
            <IconButton
                symbol=Symbol::X
                label=cancel_label
                small=true
                disabled=wait
                on_press=move |_| cancel()
                {..}
                data-test="cancel-task"
            />
        </div>
    }
}

/// How much of it is done, of one.
pub fn share(task: &Task) -> Option<f64> {
    (task.total_bytes > 0).then(|| (task.done_bytes as f64 / task.total_bytes as f64).min(1.0))
}

/// Measures at every word of the engine, and once a second between them.
pub fn pace_of(task: RwSignal<Task>) -> RwSignal<Reading> {
    let store = use_store();
    let reading = RwSignal::new(Reading::default());
    let pace = StoredValue::new(Pace::default());
    Effect::new(move |_| {
        store.now.track();
        let (done, total) = task.with(|task| (task.done_bytes, task.total_bytes));
        let now = pace.try_update_value(|pace| pace.note(Clock::now(), done, total));
        if let Some(now) = now {
            reading.set(now);
        }
    });
    reading
}

/// `1.31 of 2.04 GiB · 318 MiB/s · 19 of 31 digests verified`
#[component]
fn Numbers(task: RwSignal<Task>, reading: RwSignal<Reading>) -> impl IntoView {
    let text = use_text();
    let words = text.transfers;
    let what = move || task.with(|task| what(text, task));
    let bytes = move || {
        task.with(|task| match (task.done_bytes, task.total_bytes) {
            (0, 0) => None,
            (done, 0) => Some(text.size(done)),
            (done, total) => Some(words.of_bytes(&text.size(done), &text.size(total))),
        })
    };
    let speed = move || {
        let speed = reading.get().speed.filter(|speed| *speed >= 1.0)?;
        Some(words.per_second(&text.size(speed as u64)))
    };
    let plain = move || {
        let parts = [what(), bytes(), speed()];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            words.reading().to_owned()
        } else {
            parts.join(" · ")
        }
    };
    // Only what comes in is checked against its digest.
    let verified = move || {
        task.with(|task| {
            let all = task.layers.len();
            let done = task.layers.iter().filter(|layer| is_done(layer)).count();
            (is_verified(task.kind) && all > 0).then(|| words.verified_of(done, all))
        })
    };
    view! {
        <div class="row sm t3 job-numbers">
            <span>{plain}</span>
            {move || {
                verified()
                    .map(|verified| {
                        view! {
                            <span aria-hidden="true">"·"</span>
                            <span class="row row--tight verified">
                                <Icon symbol=Symbol::ShieldCheck size=IconSize::Small />
                                {verified}
                            </span>
                        }
                    })
            }}
        </div>
    }
}

/// What an export or a commit is about; an import says it by its title.
fn what(text: Text, task: &Task) -> Option<String> {
    let words = text.transfers;
    match task.kind {
        TaskKind::Import | TaskKind::Pull | TaskKind::Push => None,
        TaskKind::Export => {
            let folder = task.path.rsplit_once('/').map_or("/", |(folder, _)| folder);
            let folder = if folder.is_empty() { "/" } else { folder };
            Some(words.exporting_to(task.images.len().max(1), folder))
        }
        TaskKind::Commit => Some(words.committing().to_owned()),
        TaskKind::Backup => Some(words.backing_up().to_owned()),
        TaskKind::Restore => Some(words.restoring().to_owned()),
    }
}

/// Whether what comes is checked against its digests.
pub(super) fn is_verified(kind: TaskKind) -> bool {
    matches!(kind, TaskKind::Import | TaskKind::Pull)
}

fn is_done(layer: &TaskLayer) -> bool {
    matches!(
        layer.state,
        TaskLayerState::Verified | TaskLayerState::AlreadyHere
    )
}

/// The layers that are being worked on, with a few before and after them.
#[component]
fn LayerRows(task: RwSignal<Task>) -> impl IntoView {
    let text = use_text();
    let shown = Memo::new(move |_| task.with(|task| in_view(&task.layers)));
    let row = move |layer: &TaskLayer| {
        let (class, word) = state_word(text, layer.state);
        let digest: String = layer.digest.chars().take("sha256:".len() + 12).collect();
        let share = match layer.state {
            TaskLayerState::Downloading
            | TaskLayerState::Uploading
            | TaskLayerState::Hashing
            | TaskLayerState::Unpacking
            | TaskLayerState::Writing
                if layer.size > 0 =>
            {
                let percent = layer.done as f64 / layer.size as f64 * 100.0;
                format!("{:.0} %", percent.min(100.0))
            }
            _ => String::new(),
        };
        view! {
            <div class="job-layer" data-test="task-layer">
                <span class=class>{word}</span>
                <span class="cut" title=layer.digest.clone()>
                    {if digest.is_empty() { String::new() } else { format!("{digest}…") }}
                </span>
                <span class="num">{(layer.size > 0).then(|| text.size(layer.size))}</span>
                <span class="num">{share}</span>
            </div>
        }
    };
    move || {
        shown.with(|(layers, waiting)| {
            (!layers.is_empty()).then(|| {
                let more = (*waiting > 0).then(|| {
                    view! { <div class="t3">{text.transfers.more_layers(*waiting)}</div> }
                });
                view! {
                    <div class="well job-layers">
                        {layers.iter().map(row).collect_view()} {more}
                    </div>
                }
            })
        })
    }
}

/// What is shown, and how many waiting ones are not.
fn in_view(layers: &[TaskLayer]) -> (Vec<TaskLayer>, usize) {
    let is_active = |layer: &&TaskLayer| !is_done(layer) && layer.state != TaskLayerState::Waiting;
    let done: Vec<&TaskLayer> = layers.iter().filter(|layer| is_done(layer)).collect();
    let waiting = layers
        .iter()
        .filter(|layer| layer.state == TaskLayerState::Waiting);
    let hidden = waiting.clone().count().saturating_sub(AROUND);
    let shown = done
        .iter()
        .skip(done.len().saturating_sub(AROUND))
        .copied()
        .chain(layers.iter().filter(is_active))
        .chain(waiting.take(AROUND));
    (shown.cloned().collect(), hidden)
}

fn state_word(text: Text, state: TaskLayerState) -> (&'static str, &'static str) {
    let words = text.transfers;
    match state {
        TaskLayerState::Waiting => ("ak", words.waiting()),
        TaskLayerState::Downloading => ("ab", words.downloading()),
        TaskLayerState::Uploading => ("ab", words.uploading()),
        TaskLayerState::Hashing => ("ab", words.hashing()),
        TaskLayerState::Unpacking => ("ab", words.unpacking()),
        TaskLayerState::Writing => ("ab", words.writing()),
        TaskLayerState::Verified => ("ag", words.verified()),
        TaskLayerState::AlreadyHere => ("ag", words.already_here()),
    }
}

/// Tells a screen reader at every quarter.
#[component]
pub fn Announcer(share: Memo<Option<f64>>) -> impl IntoView {
    let text = use_text().transfers;
    let quarter = Memo::new(move |_| share.get().map(|share| (share * 4.0).floor() as u32 * 25));
    view! {
        <span class="sr" role="status">
            {move || quarter.get().filter(|at| *at > 0).map(|at| text.progress_at(at))}
        </span>
    }
}

/// What a task is called: a file by its name, a commit by the image that it makes.
pub(super) fn title_of(task: &Task) -> String {
    let made = task
        .images
        .first()
        .filter(|_| task.kind == TaskKind::Commit);
    match made {
        Some(image) => short_name(&image.reference, &image.id),
        // A commit's own title may be the whole id of its container.
        None if task.title.len() == 64 => task.title.chars().take(12).collect(),
        None => task.title.clone(),
    }
}

/// The first image of a task by its short name.
pub(super) fn short_name(reference: &str, id: &str) -> String {
    if reference.is_empty() {
        split_reference(id).0.to_owned()
    } else {
        reference.to_owned()
    }
}
