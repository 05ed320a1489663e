//! The tags of a repository: those that stand for the same image share a row.

use std::collections::HashMap;

use gantry_view::{RepositoryTag, Task, TaskKind, TaskState};
use leptos::{ev, prelude::*};

use super::{finder::Finder, name::short_name};
use crate::{
    i18n::use_text,
    pages::transfers::share,
    parts::{Icon, IconSize, Progress, Symbol, Tag, focus_on},
    state::{Store, use_store},
};

/// One image by the shortest of its tags.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TagRow {
    pub name: String,
    /// Its other tags.
    also: Vec<String>,
    bytes: Option<u64>,
    updated_at: Option<i64>,
}

impl TagRow {
    pub fn has(&self, tag: &str) -> bool {
        self.name == tag || self.also.iter().any(|name| name == tag)
    }
}

/// The rows in which a word occurs, in the registry's order.
pub fn rows(tags: &[RepositoryTag], filter: &str) -> Vec<TagRow> {
    let mut rows: Vec<TagRow> = Vec::new();
    let mut by_digest = HashMap::new();
    for tag in tags {
        let at = tag.digest.as_ref().and_then(|digest| by_digest.get(digest));
        if let Some(row) = at.and_then(|at: &usize| rows.get_mut(*at)) {
            row.also.push(tag.name.clone());
            continue;
        }
        if let Some(digest) = &tag.digest {
            by_digest.insert(digest, rows.len());
        }
        rows.push(TagRow {
            name: tag.name.clone(),
            also: Vec::new(),
            bytes: tag.bytes,
            updated_at: tag.updated_at,
        });
    }
    for row in &mut rows {
        // `latest` says least of what it is.
        let length = |name: &String| (name == "latest", name.len());
        let shortest = row
            .also
            .iter()
            .enumerate()
            .min_by_key(|(_, name)| length(name));
        if let Some((at, name)) = shortest
            && length(name) < length(&row.name)
        {
            std::mem::swap(&mut row.name, &mut row.also[at]);
        }
    }
    let filter = filter.trim().to_lowercase();
    rows.retain(|row| {
        let mut names = row.also.iter().chain([&row.name]);
        names.any(|name| name.to_lowercase().contains(&filter))
    });
    rows
}

#[component]
pub fn TagTable(finder: Finder, rows: Memo<Vec<TagRow>>) -> impl IntoView {
    let text = use_text();
    let words = text.find;
    let store = use_store();
    let current = Memo::new(move |_| {
        let tag = finder.tag();
        rows.with(|rows| {
            rows.iter()
                .find(|row| row.has(&tag))
                .map(|row| row.name.clone())
        })
    });
    // The row that the Tab key reaches.
    let stop = Memo::new(move |_| {
        let first = || rows.with(|rows| rows.first().map(|row| row.name.clone()));
        current.get().or_else(first)
    });
    let on_key = move |event: ev::KeyboardEvent| {
        let by = match event.code().as_str() {
            "ArrowDown" | "KeyJ" => 1,
            "ArrowUp" | "KeyK" => -1,
            "PageDown" => 10,
            "PageUp" => -10,
            "Home" => isize::MIN,
            "End" => isize::MAX,
            "Enter" => {
                event.prevent_default();
                if let Some(name) = untrack(|| finder.reference()) {
                    store.pull(name, untrack(|| finder.wanted_platform()), || ());
                }
                return;
            }
            "ArrowLeft" => {
                event.prevent_default();
                return super::results::focus_current();
            }
            _ => return,
        };
        if event.ctrl_key() || event.alt_key() || event.is_composing() {
            return;
        }
        event.prevent_default();
        let next = rows.with_untracked(|rows| {
            let stop = stop.get_untracked();
            let at = rows
                .iter()
                .position(|row| Some(&row.name) == stop.as_ref())?;
            let to = at.saturating_add_signed(by).min(rows.len() - 1);
            rows.get(to).map(|row| row.name.clone())
        });
        if let Some(name) = next {
            finder.choose_tag(name);
            request_animation_frame(focus_tags);
        }
    };
    let row = move |row: TagRow| view! { <Row finder row current stop /> };
    view! {
        <table class="tbl find-tags" on:keydown=on_key data-test="find-tags">
            <colgroup>
                <col style="width:8.5rem" />
                <col />
                <col style="width:5.8rem" />
                <col style="width:6.8rem" class="p4" />
                <col style="width:9.5rem" />
            </colgroup>
            <thead>
                <tr>
                    <th scope="col">{words.tag()}</th>
                    <th scope="col">{words.also_called()}</th>
                    <th scope="col" class="num">
                        {words.download()}
                    </th>
                    <th scope="col" class="num p4">
                        {words.updated()}
                    </th>
                    <th scope="col"></th>
                </tr>
            </thead>
            <tbody>
                <For each=move || rows.get() key=Clone::clone children=row />
            </tbody>
        </table>
    }
}

#[component]
fn Row(
    finder: Finder,
    row: TagRow,
    current: Memo<Option<String>>,
    stop: Memo<Option<String>>,
) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let name = StoredValue::new(row.name.clone());
    let is = move |which: Memo<Option<String>>| {
        name.with_value(|name| which.with(|which| which.as_ref() == Some(name)))
    };
    let updated = row
        .updated_at
        .map(|at| text.ago(at, store.now.get_untracked()));
    let also = row.also.join(", ");
    let names: Vec<String> = row.also.iter().chain([&row.name]).cloned().collect();
    view! {
        <tr
            aria-current=move || is(current).then_some("true")
            tabindex=move || if is(stop) { "0" } else { "-1" }
            on:click=move |_| finder.choose_tag(name.get_value())
            data-test="find-tag"
        >
            <td>
                <Tag name=row.name />
            </td>
            <td class="t3 sm" title=also.clone()>
                {also.clone()}
            </td>
            <td class="num">{row.bytes.map(|bytes| text.size(bytes))}</td>
            <td class="num t2 p4">{updated}</td>
            <td class="num">
                <Here finder names />
            </td>
        </tr>
    }
}

/// Whether the tag is on this computer, or on its way.
#[component]
fn Here(finder: Finder, names: Vec<String>) -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    let names = StoredValue::new(names);
    let wanted = Memo::new(move |_| {
        let repository = finder.open().unwrap_or_default();
        names.with_value(|names| {
            let names = names.iter();
            names
                .map(|tag| format!("{repository}:{tag}"))
                .collect::<Vec<_>>()
        })
    });
    let coming = Memo::new(move |_| wanted.with(|names| pull_of(store, names)));
    let here = Memo::new(move |_| {
        wanted.with(|names| names.iter().any(|name| id_of(store, name).is_some()))
    });
    move || match coming.get() {
        Some((label, share)) => {
            let percent = share.map(|share| format!("{:.0} %", share * 100.0));
            view! {
                <span class="row row--tight sm pulling">
                    <Progress share label />
                    {percent}
                </span>
            }
            .into_any()
        }
        None => here
            .get()
            .then(|| view! { <OnThisComputer label=words.here() /> })
            .into_any(),
    }
}

#[component]
pub fn OnThisComputer(label: &'static str) -> impl IntoView {
    view! {
        <span class="badge badge--ok">
            <Icon symbol=Symbol::Check size=IconSize::Small />
            {label}
        </span>
    }
}

/// The running pull of one of these names, and how far it is.
fn pull_of(store: Store, names: &[String]) -> Option<(String, Option<f64>)> {
    let mut found = None;
    store.tasks.for_each(|task: &Task| {
        let is_pull = task.kind == TaskKind::Pull && task.state == TaskState::Running;
        if is_pull && names.contains(&task.title) {
            found = Some((task.title.clone(), share(task)));
        }
    });
    found
}

/// The image that has a name, whole or short.
pub fn id_of(store: Store, name: &str) -> Option<String> {
    let short = short_name(name);
    let mut found = None;
    store.images.for_each(|image| {
        if image.tags.iter().any(|tag| tag == short) {
            found = Some(image.id.clone());
        }
    });
    found
}

/// Gives the keyboard to the tag that would be pulled.
pub fn focus_tags() {
    focus_on("[data-test=find-tags] tr[tabindex='0']");
}

#[cfg(test)]
mod tests {
    use super::{RepositoryTag, rows};

    fn tag(name: &str, digest: &str) -> RepositoryTag {
        RepositoryTag {
            name: name.to_owned(),
            digest: (!digest.is_empty()).then(|| digest.to_owned()),
            bytes: None,
            updated_at: None,
            platforms: Vec::new(),
        }
    }

    #[test]
    fn tags_of_one_image_share_a_row_under_the_shortest_name() {
        let tags = [
            tag("latest", "a"),
            tag("17.1-bookworm", "a"),
            tag("17", "a"),
            tag("16", "b"),
            tag("old", ""),
            tag("older", ""),
        ];
        let all = rows(&tags, "");
        let names: Vec<&str> = all.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["17", "16", "old", "older"]);
        assert!(all[0].has("latest") && all[0].has("17.1-bookworm"));
        assert!(!all[1].has("latest"));
        assert_eq!(rows(&tags, "BOOK").len(), 1);
        assert_eq!(rows(&tags, "old").len(), 2);
    }
}
