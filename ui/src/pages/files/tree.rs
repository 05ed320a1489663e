//! Files as a tree: folded and unfolded by pointer and keys, read as it unfolds.

use gantry_view::{EntryChange, EntryKind, LayerEntry};
use leptos::{ev, html, prelude::*};

use super::{
    Ticks,
    folders::{Content, Folders, Line, Source, parent},
};
use crate::{
    i18n::{Images, use_text},
    parts::{Anchor, Heights, Icon, MenuEntry, Symbol, VirtualRows, use_layers},
    state::{Store, use_store},
};

/// The kit's `--tree-h` in pixels at 100 % interface size, comfortable and compact.
const ROW: (f64, f64) = (26.0, 22.0);

/// The height of a line in pixels.
pub fn row_height(store: Store) -> f64 {
    let (comfortable, compact) = ROW;
    store.pixels(if store.is_compact() {
        compact
    } else {
        comfortable
    })
}

/// An entry of a tree with its path.
pub type Chosen = Option<(String, LayerEntry)>;

/// What can be done with an entry, by its path.
pub type EntryMenu = Callback<(String, LayerEntry), Vec<MenuEntry>>;

/// `chosen` follows the line that the keys act on.
#[component]
pub fn FileTree(
    source: Source,
    label: String,
    chosen: RwSignal<Chosen>,
    #[prop(into)] menu: EntryMenu,
    /// Entries that can be ticked.
    #[prop(optional_no_strip)]
    ticks: Option<Ticks>,
    /// Reads everything again when it changes.
    #[prop(optional, into)]
    version: Signal<u32>,
) -> impl IntoView {
    let (store, layers) = (use_store(), use_layers());
    let folders = Folders::new(source);
    Effect::new(move |before: Option<u32>| {
        let now = version.get();
        if before.is_some_and(|before| before != now) {
            folders.read_again();
        }
        now
    });
    let lines = Memo::new(move |_| folders.lines());
    let keys = Memo::new(move |_| {
        lines.with(|lines| {
            lines
                .iter()
                .map(|line| line.path.clone())
                .collect::<Vec<_>>()
        })
    });
    // The line that the keys act on. The tree keeps the focus itself, since a line that is out of
    // sight is not in the page.
    let current = RwSignal::new(String::new());
    Effect::new(move |_| {
        let path = current.get();
        // Read again it may be another, or gone.
        let line = lines.with(|lines| lines.iter().find(|line| line.path == path).cloned());
        let entry = line.and_then(|line| match line.content {
            Content::Entry(entry) => Some((line.path, entry)),
            _ => None,
        });
        if chosen.with_untracked(|chosen| *chosen != entry) {
            chosen.set(entry);
        }
    });
    let scroller = NodeRef::<html::Div>::new();
    let heights = Memo::new(move |_| Heights::Same(row_height(store)));
    let move_to = move |index: usize| {
        let Some(path) =
            keys.with_untracked(|keys| keys.get(index.min(keys.len().saturating_sub(1))).cloned())
        else {
            return;
        };
        current.set(path);
        if let Some(element) = scroller.get_untracked() {
            heights.with_untracked(|heights| heights.reveal(&element, index));
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() {
            return;
        }
        let path = current.get_untracked();
        let at = keys.with_untracked(|keys| keys.iter().position(|key| *key == path));
        let line = at.and_then(|at| lines.with_untracked(|lines| lines.get(at).cloned()));
        let at = at.unwrap_or(0);
        let is_folder = line.as_ref().is_some_and(Line::is_folder);
        let is_open = is_folder && untrack(|| folders.is_open(&path));
        match event.code().as_str() {
            "ArrowDown" | "KeyJ" if line.is_some() => move_to(at + 1),
            "ArrowUp" | "KeyK" => move_to(at.saturating_sub(1)),
            "ArrowDown" | "KeyJ" | "Home" => move_to(0),
            "End" => move_to(usize::MAX),
            "PageDown" => move_to(at + 10),
            "PageUp" => move_to(at.saturating_sub(10)),
            "ArrowRight" if is_open => move_to(at + 1),
            "ArrowRight" if is_folder => folders.open(path),
            "ArrowLeft" if is_open => folders.close(&path),
            "ArrowLeft" => {
                let above = parent(&path).to_owned();
                let index = keys.with_untracked(|keys| keys.iter().position(|key| *key == above));
                if let Some(index) = index {
                    move_to(index);
                }
            }
            "KeyX" | "Insert" => match (ticks, &line) {
                (
                    Some(ticks),
                    Some(Line {
                        path,
                        content: Content::Entry(_),
                        ..
                    }),
                ) => {
                    ticks.toggle(path);
                }
                _ => return,
            },
            "Enter" | "Space" if is_folder => folders.toggle(&path),
            "Enter" | "Space" => match line.map(|line| line.content) {
                Some(Content::More(_, _, dir)) => folders.read_more(dir),
                _ => return,
            },
            "ContextMenu" | "F10" if event.code() != "F10" || event.shift_key() => {
                let row = document().get_element_by_id(&row_id(&path));
                if let (Some(Content::Entry(entry)), Some(row)) =
                    (line.map(|line| line.content), row)
                {
                    let entries = menu.run((path.clone(), entry));
                    layers.open_menu(Anchor::of(&row), path, entries);
                }
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let row = move |(path, _): (String, usize)| {
        // Read again it may be another.
        let line = Memo::new(move |_| {
            lines.with(|lines| lines.iter().find(|line| line.path == path).cloned())
        });
        let row = move || {
            line.get()
                .map(|line| view! { <Row line folders current menu ticks /> })
        };
        row.into_any()
    };
    view! {
        <div
            class="tree layer-tree"
            role="tree"
            aria-label=label
            tabindex="0"
            node_ref=scroller
            aria-activedescendant=move || current.with(|path| row_id(path))
            aria-busy=move || (!folders.is_ready()).then_some("true")
            on:keydown=on_key
            data-test="layer-tree"
        >
            <VirtualRows keys scroller heights row=Callback::new(row) />
        </div>
    }
}

fn row_id(path: &str) -> String {
    format!("entry/{path}")
}

#[component]
fn Row(
    line: Line,
    folders: Folders,
    current: RwSignal<String>,
    menu: EntryMenu,
    ticks: Option<Ticks>,
) -> impl IntoView {
    let Line {
        path,
        depth,
        content,
    } = line;
    match content {
        Content::Entry(entry) => {
            view! { <EntryRow entry path depth folders current menu ticks /> }.into_any()
        }
        Content::More(count, size, dir) => {
            let text = use_text();
            let id = row_id(&path);
            let is_current = move || current.with(|current| *current == path);
            view! {
                <div
                    class="tree-row tree-more"
                    role="treeitem"
                    id=id
                    style=format!("--d:{depth}")
                    aria-selected=move || is_current().then_some("true")
                    on:click=move |_| folders.read_more(dir.clone())
                    data-test="layer-more"
                >
                    <span class="twist twist--none"></span>
                    <span class="nm a">{text.images.more_entries(count)}</span>
                    <span class="sz">{(size > 0).then(|| text.size(size))}</span>
                    <span class="amd-none"></span>
                </div>
            }
            .into_any()
        }
        Content::Nothing => {
            let words = use_text().images;
            view! {
                <div class="tree-row" role="treeitem" style=format!("--d:{depth}")>
                    <span class="twist twist--none"></span>
                    <span class="t3">{words.folder_empty()}</span>
                </div>
            }
            .into_any()
        }
        Content::Failed(failure) => {
            let words = use_text().images;
            view! {
                <div class="tree-row" role="treeitem" style=format!("--d:{depth}") title=failure.raw>
                    <span class="twist twist--none"></span>
                    <Icon symbol=Symbol::CircleX />
                    <span class="hint--bad">{words.entry_not_read()}</span>
                </div>
            }
            .into_any()
        }
    }
}

#[component]
fn EntryRow(
    entry: LayerEntry,
    path: String,
    depth: usize,
    folders: Folders,
    current: RwSignal<String>,
    menu: EntryMenu,
    ticks: Option<Ticks>,
) -> impl IntoView {
    let text = use_text();
    let layers = use_layers();
    let is_folder = entry.kind == EntryKind::Folder;
    let path = StoredValue::new(path);
    let is_open = move || path.with_value(|path| folders.is_open(path));
    let is_current = move || path.with_value(|path| current.with(|current| current == path));
    let press = move |_| {
        current.set(path.get_value());
        if is_folder {
            folders.toggle(&path.get_value());
        }
    };
    let symbol = move || match entry.kind {
        EntryKind::Folder if is_open() => Symbol::FolderOpen,
        EntryKind::Folder => Symbol::Folder,
        EntryKind::Link => Symbol::Link,
        EntryKind::File | EntryKind::Other => path.with_value(|path| file_symbol(path)),
    };
    let open_menu = {
        let entry = entry.clone();
        move |event: ev::MouseEvent| {
            event.prevent_default();
            let path = path.get_value();
            let entries = menu.run((path.clone(), entry.clone()));
            layers.open_menu(Anchor::at(&event), path, entries);
        }
    };
    let tick = ticks.map(|ticks| view! { <Tick ticks path words=text.images /> });
    // Of ticked entries somebody wants to know how many go along.
    let below = (ticks.is_some() && entry.files > 0)
        .then(|| view! { <span class="t3 xs">{entry.files}</span> });
    let size = match (entry.change, entry.before, entry.size) {
        (_, None, 0) if is_folder => String::new(),
        (EntryChange::Deleted, None, 0) => String::new(),
        (EntryChange::Deleted, None, size) | (EntryChange::Deleted, Some(size), _) => {
            format!("−{}", text.size(size))
        }
        (EntryChange::Added, Some(_), size) => format!("+{}", text.size(size)),
        (_, Some(before), size) if before != size => {
            format!("{} → {}", text.size(before), text.size(size))
        }
        (_, _, size) => text.size(size),
    };
    let target = (!entry.target.is_empty())
        .then(|| view! { <span class="t3 cut">" → " {entry.target.clone()}</span> });
    view! {
        <div
            class="tree-row"
            role="treeitem"
            id=path.with_value(|path| row_id(path))
            style=format!("--d:{depth}")
            attr:aria-level=depth + 1
            aria-expanded=move || is_folder.then(|| is_open().to_string())
            aria-selected=move || is_current().then_some("true")
            data-c=change_letter(entry.change)
            title=path.get_value()
            data-test="layer-entry"
            on:click=press
            on:contextmenu=open_menu
        >
            <span class=if is_folder { "twist" } else { "twist twist--none" } aria-hidden="true">
                <Icon symbol=Symbol::ChevronRight />
            </span>
            {tick}
            {move || view! { <Icon symbol=symbol() /> }}
            <span class="nm cut">{entry.name.clone()}</span>
            {below}
            {target}
            <span class="sz" title=text.exact_bytes(entry.size)>
                {size}
            </span>
            <Mark change=entry.change words=text.images />
        </div>
    }
}

/// Whether the entry was ticked. The tree has the focus: the keys tick too.
#[component]
fn Tick(ticks: Ticks, path: StoredValue<String>, words: Images) -> impl IntoView {
    view! {
        <input
            class="check"
            type="checkbox"
            tabindex="-1"
            aria-label=words.tick()
            prop:checked=move || path.with_value(|path| ticks.has(path))
            disabled=move || path.with_value(|path| ticks.has_above(path))
            on:click=|event| event.stop_propagation()
            on:change=move |_| path.with_value(|path| ticks.toggle(path))
            data-test="tick"
        />
    }
}

/// The letter that says what became of the path.
#[component]
fn Mark(change: EntryChange, words: Images) -> impl IntoView {
    let (class, letter, label) = change_mark(change, words);
    view! {
        <span class=class title=label>
            {letter}
        </span>
    }
}

/// Class, letter and word of a change.
pub fn change_mark(
    change: EntryChange,
    words: Images,
) -> (&'static str, &'static str, &'static str) {
    match change {
        EntryChange::Added => ("amd amd--a", "A", words.added()),
        EntryChange::Modified => ("amd amd--m", "M", words.modified()),
        EntryChange::Deleted => ("amd amd--d", "D", words.deleted()),
        EntryChange::Unchanged => ("amd-none", "", ""),
    }
}

fn change_letter(change: EntryChange) -> &'static str {
    match change {
        EntryChange::Added => "a",
        EntryChange::Modified => "m",
        EntryChange::Deleted => "d",
        EntryChange::Unchanged => "u",
    }
}

fn file_symbol(path: &str) -> Symbol {
    let extension = path
        .rsplit('/')
        .next()
        .and_then(|name| name.rsplit_once('.'));
    match extension {
        Some((_, "json" | "yaml" | "yml" | "toml")) => Symbol::FileJson,
        Some((_, "png" | "jpg" | "jpeg" | "gif" | "webp" | "svg" | "ico")) => Symbol::Image,
        Some((_, "db" | "sqlite" | "idx")) => Symbol::Database,
        _ => Symbol::FileText,
    }
}
