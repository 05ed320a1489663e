//! A task that has ended: what came of it, or why nothing did and what can be done.

use gantry_view::{DismissTask, Failure, Task, TaskImage, TaskKind, TaskState};
use leptos::{prelude::*, task::spawn_local};

use super::{
    next::Next,
    running::{is_verified, short_name, title_of},
};
use crate::{
    backend,
    i18n::{LocalTime, Text, use_text},
    parts::{CopyButton, Icon, IconButton, Symbol},
    state::{Route, Store, use_store},
};

/// Images named before the rest is counted.
const NAMED: usize = 3;

/// An ended task does not change any more.
#[component]
pub fn EndedTask(task: ArcRwSignal<Task>) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let task = task.get_untracked();
    let (mark, symbol, state) = match task.state {
        TaskState::Failed => ("jic bad", Symbol::CircleX, "failed"),
        TaskState::Cancelled => ("jic", Symbol::X, "cancelled"),
        TaskState::Done | TaskState::Running => ("jic ok", Symbol::CircleCheck, "done"),
    };
    let at = task.finished_at.unwrap_or(task.started_at);
    let now = store.now.get_untracked();
    let time = if LocalTime::new(at).is_same_day(&LocalTime::new(now)) {
        LocalTime::new(at).hour_minute()
    } else {
        text.ago(at, now)
    };
    let told = match task.state {
        TaskState::Failed => view! { <WhyNot task=task.clone() /> }.into_any(),
        TaskState::Cancelled => {
            let words = text.transfers;
            let told = match task.kind {
                TaskKind::Export | TaskKind::Backup => words.cancelled_export().to_owned(),
                TaskKind::Push => words.cancelled_push().to_owned(),
                TaskKind::Pull if store.is_paused(&task.id) => {
                    let came = text.part_of(task.done_bytes, task.total_bytes);
                    text.find.paused(&came)
                }
                TaskKind::Pull => text.find.cancelled().to_owned(),
                TaskKind::Import | TaskKind::Commit | TaskKind::Restore => {
                    words.cancelled_import().to_owned()
                }
            };
            view! { <div class="sm t3">{told}</div> }.into_any()
        }
        TaskState::Done | TaskState::Running => view! { <Result task=task.clone() /> }.into_any(),
    };
    let id = task.id.clone();
    let dismiss = move |_| {
        let id = id.clone();
        store.tasks.remove(&id);
        spawn_local(async move {
            // It only leaves the list; if the engine keeps it, it is back with the next snapshot.
            let _ = backend::call(&DismissTask { id }).await;
        });
    };
    view! {
        <div class="job" data-test="task" data-state=state>
            <span class=mark>
                <Icon symbol />
            </span>
            <div class="grow">
                <div class="row">
                    <span class="med cut" title=task.path.clone()>
                        {title_of(&task)}
                    </span>
                    <span class="push sm t3" title=text.moment(at)>
                        {time}
                    </span>
                </div>
                {told}
            </div>
            <span class="row row--tight fix">
                <Next task />
                <IconButton
                    symbol=Symbol::X
                    label=text.transfers.dismiss()
                    small=true
                    on_press=dismiss
                />
            </span>
        </div>
    }
}

/// `Imported postgres:16.4, 431.6 MiB in 2.9 s, all 14 digests verified`
#[component]
fn Result(task: Task) -> impl IntoView {
    let text = use_text();
    let words = text.transfers;
    let store = use_store();
    let lead = match task.kind {
        TaskKind::Import => words.imported(),
        TaskKind::Export => words.exported_to(),
        TaskKind::Commit => words.saved_as(),
        TaskKind::Backup => words.backed_up_to(),
        TaskKind::Restore => words.restored_from(),
        TaskKind::Pull => words.pulled(),
        TaskKind::Push => words.pushed(),
    };
    let names = match task.kind {
        TaskKind::Export | TaskKind::Backup | TaskKind::Restore => {
            view! { <b class="med t2 selectable">{task.path.clone()}</b> }.into_any()
        }
        TaskKind::Import | TaskKind::Commit | TaskKind::Pull | TaskKind::Push => {
            names(store, text, &task.images).into_any()
        }
    };
    let took = task.finished_at.unwrap_or(task.started_at) - task.started_at;
    let bytes = bytes_of(store, &task);
    let size = (bytes > 0).then(|| words.size_in(&text.size(bytes), &text.took(took)));
    let layers = task.layers.len();
    let verified = (is_verified(task.kind) && layers > 0).then(|| words.all_verified(layers));
    let rest: Vec<String> = [Some(String::new()), size, verified]
        .into_iter()
        .flatten()
        .collect();
    let rest = rest.join(", ");
    let foreign = task
        .images
        .iter()
        .find(|image| !image.runnable && is_verified(task.kind))
        .map(|image| {
            let warning = words.other_platform(&image.platform);
            view! { <div class="sm hint--warn">{warning}</div> }
        });
    view! {
        <div class="sm t3">{lead} " " {names} {rest}</div>
        {foreign}
    }
}

/// What was written, or what the images that came in hold.
fn bytes_of(store: Store, task: &Task) -> u64 {
    let mut ids: Vec<&str> = task.images.iter().map(|image| image.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let held: u64 = match task.kind {
        TaskKind::Export | TaskKind::Backup | TaskKind::Restore => 0,
        TaskKind::Import | TaskKind::Commit | TaskKind::Pull | TaskKind::Push => ids
            .into_iter()
            .filter_map(|id| store.images.get_untracked(id))
            .map(|image| image.size)
            .sum(),
    };
    if held > 0 {
        held
    } else {
        task.total_bytes.max(task.done_bytes)
    }
}

/// The first images as links, and how many more.
fn names(store: Store, text: Text, images: &[TaskImage]) -> impl IntoView + use<> {
    let words = text.transfers;
    if images.is_empty() {
        return words.no_name().into_any();
    }
    let more = images.len().saturating_sub(NAMED);
    let last = images.len().min(NAMED) - 1;
    let links = images
        .iter()
        .take(NAMED)
        .enumerate()
        .map(|(index, image)| {
            let name = short_name(&image.reference, &image.id);
            let id = image.id.clone();
            view! {
                <a
                    class="med"
                    href=format!("#/images/{id}")
                    data-test="task-image"
                    on:click=move |event| {
                        event.prevent_default();
                        store.go(Route::image(&id));
                    }
                >
                    {name}
                </a>
                {(index < last).then_some(", ")}
            }
        })
        .collect_view();
    let more = (more > 0).then(|| format!(" {}", words.and_more(more)));
    view! {
        {links}
        {more}
    }
    .into_any()
}

/// What did not happen, why, what helps, and the raw error.
#[component]
fn WhyNot(task: Task) -> impl IntoView {
    let text = use_text();
    let words = text.transfers;
    let lead = match task.kind {
        TaskKind::Import => words.not_imported(),
        TaskKind::Export => words.not_exported(),
        TaskKind::Commit => words.not_saved(),
        TaskKind::Backup => words.not_backed_up(),
        TaskKind::Restore => words.not_restored(),
        TaskKind::Pull => words.not_pulled(),
        TaskKind::Push => words.not_pushed(),
    };
    let failure = task
        .failure
        .unwrap_or_else(|| Failure::new("unknown", String::new()));
    let what = text.failures.what(&failure);
    let what = if what.is_empty() {
        format!("{lead}.")
    } else {
        format!("{lead}: {}", sentence(&lower_first(&what)))
    };
    let rest: Vec<String> = [text.failures.why(&failure), text.failures.next(&failure)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| sentence(&part))
        .collect();
    let raw = StoredValue::new(failure.raw.clone());
    view! {
        <div class="sm hint--bad" data-test="task-failure">
            {what}
        </div>
        {(!rest.is_empty()).then(|| view! { <div class="sm t3">{rest.join(" ")}</div> })}
        {(!failure.raw.is_empty())
            .then(|| {
                view! {
                    <div class="row xs t3">
                        <code class="cut selectable">{failure.raw.clone()}</code>
                        <CopyButton label=words.copy_error() content=move |()| raw.get_value() />
                    </div>
                }
            })}
    }
}

fn sentence(part: &str) -> String {
    if part.ends_with(['.', '?']) {
        part.to_owned()
    } else {
        format!("{part}.")
    }
}

/// After a colon a sentence goes on small; names and abbreviations stay as they are.
fn lower_first(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            format!("{}{}", first.to_lowercase(), &sentence[first.len_utf8()..])
        }
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{lower_first, sentence};

    #[test]
    fn a_sentence_goes_on_after_a_colon() {
        assert_eq!(lower_first("The file ends"), "the file ends");
        assert_eq!(lower_first("OCI needs it"), "OCI needs it");
        assert_eq!(lower_first("파일"), "파일");
        assert_eq!(sentence("Done"), "Done.");
        assert_eq!(sentence("Done."), "Done.");
    }
}
