//! The list of images: a repository above its tags, one tab stop, moved through by keys.

use gantry_view::Image;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    groups::{Entry, Group},
    under_way::{Incoming, OnItsWay, progress_of_push},
    verbs::{entry_menu, remove_by_key},
};
use crate::{
    i18n::use_text,
    parts::{Anchor, Heights, Tag, VirtualRows, use_layers},
    state::use_store,
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

    fn entry(&self) -> Option<&Entry> {
        match self {
            Self::Repository(_) => None,
            Self::Entry(entry) => Some(entry),
        }
    }
}

/// Heights in pixels at 100 % interface size, as the style sheet has them.
const REPOSITORY: f64 = 30.0;
const ENTRY: f64 = 28.0;

/// `open` is the id of the image that the detail shows, `entry` the name it was opened by.
#[component]
pub fn ImageList(
    #[prop(into)] groups: Signal<Vec<Group>>,
    #[prop(into)] open: Signal<Option<String>>,
    entry: RwSignal<Option<Entry>>,
    #[prop(into)] on_open: Callback<Entry>,
) -> impl IntoView {
    let text = use_text().images;
    let (store, layers) = (use_store(), use_layers());
    let scroller = NodeRef::<html::Div>::new();
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
    let keys = Memo::new(move |_| lines.with(|lines| lines.iter().map(Line::key).collect()));
    let heights = Memo::new(move |_| {
        let (repository, entry) = (store.pixels(REPOSITORY), store.pixels(ENTRY));
        lines.with(|lines| {
            Heights::each(lines.iter().map(|line| match line {
                Line::Repository(_) => repository,
                Line::Entry(_) => entry,
            }))
        })
    });
    // The row of the image that is open: the one that was pressed, else its first.
    let current = Memo::new(move |_| {
        let open = open.get();
        let pressed = entry.with(|entry| entry.as_ref().map(|entry| entry.repository.clone()));
        lines.with(|lines| {
            let rows = lines.iter().filter_map(Line::entry);
            let mut rows = rows.filter(|entry| Some(&entry.id) == open.as_ref());
            let first = rows.clone().next();
            rows.find(|entry| Some(&entry.repository) == pressed.as_ref())
                .or(first)
                .map(Entry::key)
        })
    });
    // The row that the Tab key reaches: the open one, else the first.
    let stop = Memo::new(move |_| {
        let first = || lines.with(|lines| lines.iter().find_map(Line::entry).map(Entry::key));
        current.get().or_else(first)
    });
    let place_of = move |key: &str| {
        keys.with_untracked(|keys: &Vec<String>| keys.iter().position(|known| known == key))
    };
    let reveal = move |line: usize| {
        if let Some(element) = scroller.try_get_untracked().flatten() {
            // The first image is seen with its repository's name.
            let line = if line == 1 { 0 } else { line };
            heights.with_untracked(|heights| heights.reveal(&element, line));
        }
    };
    // An image that was opened from elsewhere is brought into sight.
    Effect::new(move |_| {
        let stop = stop.get();
        request_animation_frame(move || {
            if let Some(line) = stop.as_deref().and_then(place_of) {
                reveal(line);
            }
        });
    });
    // The entry that is `by` entries away from a line, and its line.
    let entry_from = move |line: usize, by: isize| {
        lines.with_untracked(|lines| {
            let entries: Vec<(usize, &Entry)> = lines
                .iter()
                .enumerate()
                .filter_map(|(at, line)| Some((at, line.entry()?)))
                .collect();
            let at = entries.iter().position(|(at, _)| *at == line)?;
            let to = at.saturating_add_signed(by).min(entries.len() - 1);
            entries.get(to).map(|(at, entry)| (*at, (*entry).clone()))
        })
    };
    let go_to = move |(line, entry): (usize, Entry)| {
        on_open.run(entry.clone());
        let key = entry.key();
        if focus_entry(scroller, &key) {
            return;
        }
        // A row out of sight is not in the page: scroll there, and it will be.
        reveal(line);
        request_animation_frame(move || {
            request_animation_frame(move || {
                focus_entry(scroller, &key);
            });
        });
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() || event.ctrl_key() || event.alt_key() {
            return;
        }
        let focused = document()
            .active_element()
            .and_then(|row| row.get_attribute("data-key"));
        let Some(line) = focused.as_deref().and_then(place_of) else {
            return;
        };
        let by = match event.code().as_str() {
            "ArrowDown" | "KeyJ" => 1,
            "ArrowUp" | "KeyK" => -1,
            "PageDown" => PAGE,
            "PageUp" => -PAGE,
            "Home" => isize::MIN,
            "End" => isize::MAX,
            "Enter" | "Space" => 0,
            "Delete" => {
                if let Some((_, entry)) = entry_from(line, 0) {
                    remove_by_key(store, layers, &entry);
                }
                return event.prevent_default();
            }
            _ => return,
        };
        if let Some(place) = entry_from(line, by) {
            go_to(place);
        }
        event.prevent_default();
    };
    let row = Callback::new(move |(key, at): (String, usize)| {
        let line = lines.with_untracked(|lines| {
            let here = lines.get(at).filter(|line| line.key() == key);
            here.or_else(|| lines.iter().find(|line| line.key() == key))
                .cloned()
        });
        match line {
            Some(Line::Repository(name)) => view! { <Repository name /> }.into_any(),
            Some(Line::Entry(entry)) => view! { <Row entry current stop on_open /> }.into_any(),
            None => ().into_any(),
        }
    });
    view! {
        <Incoming />
        <div
            class="list"
            role="listbox"
            aria-label=text.list()
            node_ref=scroller
            on:keydown=on_key
            data-test="image-list"
        >
            <VirtualRows keys scroller heights row />
        </div>
    }
}

/// Gives the keyboard to an entry, if it is in the page.
fn focus_entry(scroller: NodeRef<html::Div>, key: &str) -> bool {
    let Some(list) = scroller.try_get_untracked().flatten() else {
        return false;
    };
    let Ok(rows) = list.query_selector_all("[role=option]") else {
        return false;
    };
    (0..rows.length())
        .filter_map(|index| rows.item(index)?.dyn_into::<HtmlElement>().ok())
        .find(|row| row.get_attribute("data-key").as_deref() == Some(key))
        .is_some_and(|row| row.focus().is_ok())
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
    current: Memo<Option<String>>,
    stop: Memo<Option<String>>,
    on_open: Callback<Entry>,
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
    let own_key = key.clone();
    let is_open = {
        let key = key.clone();
        move || {
            let is_open = current.with(|current| current.as_ref() == Some(&key));
            is_open.to_string()
        }
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
        let entry = entry.clone();
        move |_| on_open.run(entry.clone())
    };
    let names: Vec<String> = entry
        .tags
        .iter()
        .map(|tag| format!("{}:{tag}", entry.repository))
        .collect();
    let pushed = Memo::new(move |_| progress_of_push(store, &names));
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
            data-key=own_key
            data-image=reference
            data-id=id
            on:click=press
            on:contextmenu=menu
        >
            <Tag name=first />
            {(more > 0).then(|| view! { <span class="t3 xs">{text.images.more_names(more)}</span> })}
            <span class="t3 xs cut">{note}</span>
            <span class="push sm t2 nowrap">
                {move || match pushed.get() {
                    Some((name, share)) => view! { <OnItsWay name share /> }.into_any(),
                    None => size.clone().into_any(),
                }}
            </span>
        </div>
    }
}
