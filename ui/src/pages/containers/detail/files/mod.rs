//! A container's files: what it changed, or everything; looked at, edited, carried in and out.

mod actions;
mod diff;
mod drafts;
mod editor;
mod preview;
mod toolbar;

use gantry_view::{ChangeSums, Container, ContainerChangeSums, EntryKind, Failure, FilesOf};
use leptos::{prelude::*, task::spawn_local};

use self::{preview::Preview, toolbar::Toolbar};
use crate::{
    backend,
    i18n::use_text,
    pages::files::{Chosen, FileTree, Place, Source, Ticks, parent},
    parts::{Empty, ErrorCard, Icon, IconSize, PaneHandle, PaneWidth, Symbol, use_layers},
    state::{Folder, Store, use_store},
};

pub use drafts::Drafts;

/// The width of the tree where nothing else is remembered.
const WIDTH: f64 = 320.0;

/// How much the container changed, once that is counted.
pub type Sums = RwSignal<Option<Result<ChangeSums, Failure>>>;

/// Counts it anew.
pub fn count(id: String, sums: Sums) {
    spawn_local(async move {
        let answer = backend::call(&ContainerChangeSums { id }).await;
        let _ = sums.try_set(Some(answer));
    });
}

/// What the parts of the tab share.
#[derive(Clone, Copy)]
pub(super) struct Files {
    pub store: Store,
    pub id: StoredValue<String>,
    /// Only what the container changed.
    pub changed: RwSignal<bool>,
    pub sums: Sums,
    pub chosen: RwSignal<Chosen>,
    /// What goes into the next commit.
    pub ticks: Ticks,
    pub place: Place,
    pub drafts: Drafts,
}

impl Files {
    fn new(store: Store, id: String, container: RwSignal<Container>, sums: Sums) -> Self {
        let everything = store.remembered("files.all").as_deref() == Some("true");
        let chosen = RwSignal::new(None);
        let running = move || container.with(|container| container.state.is_up());
        let place = Place {
            store,
            of: StoredValue::new(FilesOf::Container(id.clone())),
            running: Signal::derive(running),
            version: RwSignal::new(0),
            on_removed: Callback::new(move |()| chosen.set(None)),
        };
        Self {
            store,
            id: StoredValue::new(id),
            changed: RwSignal::new(!everything),
            sums,
            chosen,
            ticks: Ticks::new(),
            place,
            drafts: expect_context(),
        }
    }

    /// The folder in which new things come to lie: the chosen one, or that of the chosen file.
    pub fn folder(self) -> Folder {
        let dir = self.chosen.with(|chosen| match chosen {
            Some((path, entry)) if entry.kind == EntryKind::Folder => path.clone(),
            Some((path, _)) => parent(path).to_owned(),
            None => String::new(),
        });
        Folder {
            of: self.place.of.get_value(),
            dir,
        }
    }
}

#[component]
pub fn FilesTab(id: String, container: RwSignal<Container>, sums: Sums) -> impl IntoView {
    let store = use_store();
    let words = use_text().files;
    let files = Files::new(store, id, container, sums);
    let width = PaneWidth::new(store, "files.tree", WIDTH);
    // What was let go over the window is copied to where one looks.
    Effect::new(move |_| store.drop_into.set(Some(files.folder())));
    on_cleanup(move || store.drop_into.set(None));
    Effect::new(move |before: Option<u32>| {
        let now = store.uploads.get();
        if before.is_some_and(|before| before != now) {
            files.place.changed_something();
        }
        now
    });
    // The container itself changes files when it starts and ends.
    let state = Memo::new(move |_| container.with(|container| container.state));
    Effect::new(move |_| {
        files.place.version.track();
        state.track();
        count(files.id.get_value(), files.sums);
    });
    let is_open = move || {
        files.chosen.with(|chosen| {
            chosen
                .as_ref()
                .is_some_and(|(_, entry)| entry.kind != EntryKind::Folder)
        })
    };
    view! {
        <Toolbar files />
        <div
            class="split split--inner split--one files"
            style=move || width.style()
            data-second=move || is_open().then_some("")
            data-test="files-tab"
        >
            <section class="pane" aria-label=words.tree_all() data-pane="">
                <Tree files />
            </section>
            <PaneHandle width />
            <Preview files />
        </div>
    }
}

#[component]
fn Tree(files: Files) -> impl IntoView {
    let words = use_text().files;
    let layers = use_layers();
    let none_changed = Memo::new(move |_| {
        let sums = files.sums.get();
        files.changed.get() && matches!(sums, Some(Ok(sums)) if sums.total() == 0)
    });
    let content = move || {
        let changed = files.changed.get();
        if none_changed.get() {
            return view! { <Empty title=words.none_title() text=words.none_text() /> }.into_any();
        }
        let source = Source::Container {
            id: files.id.get_value(),
            changed,
        };
        let label = if changed {
            words.tree_changed()
        } else {
            words.tree_all()
        };
        let ticks = changed.then_some(files.ticks);
        let menu = move |(path, entry): (String, _)| actions::menu(layers, files, &path, &entry);
        view! {
            <FileTree
                source
                label=label.to_owned()
                chosen=files.chosen
                menu
                ticks
                version=files.place.version
            />
        }
        .into_any()
    };
    let note = move || {
        if files.changed.get() {
            words.volumes_apart()
        } else {
            words.volumes_inside()
        }
    };
    let failed = move || match files.sums.get() {
        Some(Err(failure)) => Some(view! {
            <div class="pad">
                <ErrorCard failure />
            </div>
        }),
        _ => None,
    };
    view! {
        {failed}
        {content}
        <div class="row sm t3 files-note">
            <Icon symbol=Symbol::Info size=IconSize::Small />
            {note}
        </div>
    }
}
