//! What the new layer will hold: how much of what, and the first paths.

use gantry_view::{Changes, ContainerChanges, EntryChange, Failure};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    backend,
    i18n::{Text, use_text},
};

/// Paths shown; the rest is counted.
const SHOWN: usize = 100;
const KINDS: [EntryChange; 3] = [
    EntryChange::Added,
    EntryChange::Modified,
    EntryChange::Deleted,
];

#[component]
pub fn ChangeList(container: String) -> impl IntoView {
    let text = use_text();
    let words = text.commit;
    let answer = RwSignal::new(None::<Result<Changes, Failure>>);
    spawn_local(async move {
        let read = backend::call(&ContainerChanges { id: container }).await;
        let _ = answer.try_set(Some(read));
    });
    let content = move || {
        answer.with(|answer| match answer {
            None => view! { <p class="hint">{words.looking()}</p> }.into_any(),
            Some(Err(failure)) => {
                let raw = failure.raw.clone();
                view! { <p class="hint hint--warn" title=raw>{words.not_read()}</p> }.into_any()
            }
            Some(Ok(changes)) if changes.total == 0 => {
                view! { <p class="hint">{words.nothing()}</p> }.into_any()
            }
            Some(Ok(changes)) => list(text, changes).into_any(),
        })
    };
    view! {
        <div class="field" data-test="commit-changes">
            <span class="label">{words.changes()}</span>
            {content}
            <span class="hint">{words.not_inside()}</span>
        </div>
    }
}

/// What was chosen of the changes.
#[component]
pub fn ChosenList(paths: Vec<String>) -> impl IntoView {
    let words = use_text().commit;
    let count = paths.len();
    let paths = paths
        .into_iter()
        .take(SHOWN)
        .map(|path| view! { <div>{format!("/{path}")}</div> })
        .collect_view();
    view! {
        <div class="field" data-test="commit-chosen">
            <span class="label">{words.changes()}</span>
            <div class="well changes changes--plain" tabindex="0">
                {paths}
            </div>
            <span class="hint">{words.chosen(count)}</span>
        </div>
    }
}

fn list(text: Text, changes: &Changes) -> impl IntoView + use<> {
    let words = text.commit;
    let known = changes.paths.len();
    // When not all are listed, the counts are of those that are.
    let partial = (changes.total > known as u64).then(|| format!("{} ", words.about()));
    let counts = KINDS
        .into_iter()
        .filter_map(|kind| {
            let count = changes
                .paths
                .iter()
                .filter(|(change, _)| *change == kind)
                .count();
            let partial = partial.clone();
            (count > 0).then(|| {
                view! {
                    <span class="nowrap sm">
                        {mark(kind)} {partial} {words.count(kind, count)}
                    </span>
                }
            })
        })
        .collect_view();
    let paths = changes
        .paths
        .iter()
        .take(SHOWN)
        .map(|(change, path)| {
            view! {
                <div data-c=(*change == EntryChange::Deleted).then_some("d") title=path.clone()>
                    {mark(*change)}
                    <span>{path.clone()}</span>
                </div>
            }
        })
        .collect_view();
    let rest = changes.total.saturating_sub(known.min(SHOWN) as u64);
    let rest = (rest > 0).then(|| view! { <div class="t3">{words.more(rest)}</div> });
    view! {
        <div class="row changes-h">{counts}</div>
        <div class="well changes" tabindex="0">
            {paths}
            {rest}
        </div>
    }
}

fn mark(change: EntryChange) -> impl IntoView {
    let (class, letter) = match change {
        EntryChange::Added => ("amd amd--a", "A"),
        EntryChange::Modified => ("amd amd--m", "M"),
        EntryChange::Deleted => ("amd amd--d", "D"),
        EntryChange::Unchanged => ("amd-none", ""),
    };
    view! { <span class=class>{letter}</span> }
}
