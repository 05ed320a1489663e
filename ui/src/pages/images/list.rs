//! The list of images: a repository above its tags, one tab stop, moved through by keys.

use gantry_view::{Image, Task, TaskKind, TaskState};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{
    groups::{Entry, Group},
    verbs::{entry_menu, remove_by_key},
};
use crate::{
    i18n::use_text,
    parts::{Anchor, Progress, Tag, use_layers},
    state::{Route, use_store},
};

/// Rows that Page Up and Page Down move by.
const PAGE: isize = 10;

/// A line of the list.
#[derive(Clone, PartialEq)]
enum Line {
    Repository(String),
    Entry(Entry),
}

impl Line {
    fn key(&self) -> String {
        match self {
            Self::Repository(name) => format!("repository {name}"),
            Self::Entry(entry) => entry.key(),
        }
    }
}

/// `open` is the id of the image that the detail shows.
#[component]
pub fn ImageList(
    #[prop(into)] groups: Signal<Vec<Group>>,
    #[prop(into)] open: Signal<Option<String>>,
    #[prop(into)] on_open: Callback<String>,
) -> impl IntoView {
    let text = use_text().images;
    let (store, layers) = (use_store(), use_layers());
    let node = NodeRef::<html::Div>::new();
    let lines = Memo::new(move |_| {
        groups.with(|groups| {
            let mut lines = Vec::new();
            for group in groups {
                lines.push(Line::Repository(group.repository.clone()));
                lines.extend(group.entries.iter().cloned().map(Line::Entry));
            }
            lines
        })
    });
    let entries = move || -> Vec<Entry> {
        groups.with_untracked(|groups| {
            let all = groups
                .iter()
                .flat_map(|group| group.entries.iter().cloned());
            all.collect()
        })
    };
    // The row that the Tab key reaches: the open one, else the first.
    let stop = Memo::new(move |_| {
        let open = open.get();
        groups.with(|groups| {
            let mut all = groups.iter().flat_map(|group| &group.entries);
            let first = all.clone().next();
            all.find(|entry| Some(&entry.id) == open.as_ref())
                .or(first)
                .map(Entry::key)
        })
    });
    // An image that was opened from elsewhere is brought into sight.
    Effect::new(move |_| {
        stop.track();
        request_animation_frame(move || {
            if let Some(list) = node.try_get_untracked().flatten() {
                reveal(&list);
            }
        });
    });
    let go_to = move |index: usize| {
        let entries = entries();
        let Some(entry) = entries.get(index.min(entries.len().saturating_sub(1))) else {
            return;
        };
        on_open.run(entry.id.clone());
        if let Some(row) = rows(node).into_iter().nth(index.min(entries.len() - 1)) {
            let _ = row.focus();
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() || event.ctrl_key() || event.alt_key() {
            return;
        }
        let focused = document().active_element();
        let at = rows(node)
            .iter()
            .position(|row| focused.as_ref() == Some(row.as_ref()));
        let Some(at) = at else { return };
        let by = |step: isize| at.saturating_add_signed(step);
        match event.code().as_str() {
            "ArrowDown" | "KeyJ" => go_to(by(1)),
            "ArrowUp" | "KeyK" => go_to(by(-1)),
            "PageDown" => go_to(by(PAGE)),
            "PageUp" => go_to(by(-PAGE)),
            "Home" => go_to(0),
            "End" => go_to(usize::MAX),
            "Enter" | "Space" => go_to(at),
            "Delete" => {
                if let Some(entry) = entries().get(at) {
                    remove_by_key(store, layers, entry);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let line = move |line: Line| match line {
        Line::Repository(name) => view! { <Repository name /> }.into_any(),
        Line::Entry(entry) => view! { <Row entry open stop on_open /> }.into_any(),
    };
    view! {
        <div
            class="list"
            role="listbox"
            aria-label=text.list()
            node_ref=node
            on:keydown=on_key
            data-test="image-list"
        >
            <Incoming />
            <For each=move || lines.get() key=Line::key children=line />
        </div>
    }
}

/// Scrolls just as far as the row in reach needs.
fn reveal(list: &HtmlElement) {
    let row = list
        .query_selector("[role=option][tabindex='0']")
        .ok()
        .flatten();
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    if let Some(row) = row {
        row.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

fn rows(node: NodeRef<html::Div>) -> Vec<HtmlElement> {
    let Some(found) = node
        .get_untracked()
        .and_then(|list| list.query_selector_all("[role=option]").ok())
    else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into().ok())
        .collect()
}

#[component]
fn Repository(name: String) -> impl IntoView {
    let text = use_text().images;
    let name = if name.is_empty() {
        text.no_tag().to_owned()
    } else {
        name
    };
    view! {
        <div class="list-h list-repo" role="presentation">
            <span class="cut" title=name.clone()>
                {name.clone()}
            </span>
        </div>
    }
}

/// One image under its repository.
#[component]
fn Row(
    entry: Entry,
    #[prop(into)] open: Signal<Option<String>>,
    stop: Memo<Option<String>>,
    on_open: Callback<String>,
) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let image = store.images.cell(&entry.id);
    let of = move |read: fn(&Image) -> bool| {
        let image = image.clone();
        move || image.as_ref().is_some_and(|image| image.with(read))
    };
    let (used, foreign) = (
        of(|image| !image.used_by.is_empty()),
        of(|image| !image.runnable),
    );
    let left_over = entry.tags.is_empty();
    let note = move || match () {
        () if used() => text.images.in_use(),
        () if foreign() => text.images.other_platform(),
        () if left_over => text.images.left_over(),
        () => "",
    };
    let size = store
        .images
        .cell(&entry.id)
        .map(|image| move || image.with(|image| text.size(image.size)));
    let (id, key) = (entry.id.clone(), entry.key());
    let is_open = {
        let id = id.clone();
        move || open.with(|open| open.as_ref() == Some(&id)).to_string()
    };
    let in_reach = move || {
        if stop.with(|stop| stop.as_ref() == Some(&key)) {
            "0"
        } else {
            "-1"
        }
    };
    let names = if left_over {
        let short: String = id.trim_start_matches("sha256:").chars().take(12).collect();
        vec![short]
    } else {
        entry.tags.clone()
    };
    let more = names.len().saturating_sub(1);
    let first = names.first().cloned().unwrap_or_default();
    let label = names.join(", ");
    let press = {
        let id = id.clone();
        move |_| on_open.run(id.clone())
    };
    let reference = entry.reference();
    let menu = move |event: ev::MouseEvent| {
        event.prevent_default();
        let entries = entry_menu(store, layers, text, &entry);
        layers.open_menu(Anchor::at(&event), entry.reference(), entries);
    };
    view! {
        <div
            class="li li--1 list-tag"
            role="option"
            aria-selected=is_open
            tabindex=in_reach
            title=label
            data-test="image-row"
            data-image=reference
            data-id=id
            on:click=press
            on:contextmenu=menu
        >
            <Tag name=first />
            {(more > 0).then(|| view! { <span class="t3 xs">{text.images.more_names(more)}</span> })}
            <span class="t3 xs cut">{note}</span>
            <span class="push sm t2 nowrap">{size}</span>
        </div>
    }
}

/// Imports that are still running, above everything.
#[component]
fn Incoming() -> impl IntoView {
    let text = use_text().images;
    let store = use_store();
    let running = Memo::new(move |_| {
        store
            .tasks
            .filtered(|task| task.kind == TaskKind::Import && task.state == TaskState::Running)
    });
    let row = move |task: Task| {
        let share = (task.total_bytes > 0)
            .then(|| (task.done_bytes as f64 / task.total_bytes as f64).min(1.0));
        let percent = share.map(|share| format!("{:.0} %", share * 100.0));
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
                <span class="row row--tight fix sm t2 list-progress">
                    <Progress share label=task.title />
                    {percent}
                </span>
            </a>
        }
    };
    move || {
        running.with(|running| {
            (!running.is_empty()).then(|| {
                view! {
                    <div class="list-h list-repo" role="presentation">
                        {text.coming_in()}
                    </div>
                    {running.iter().cloned().map(row).collect_view()}
                }
            })
        })
    }
}
