//! What the window knows: one store of signals, fed by the engine's own events.
//!
//! [`Store`] is created once, lives as long as the window and travels by context
//! ([`use_store`]). The [`feed`] writes what the engine says; [`verbs`] holds what the person asked
//! for and the engine has not answered yet. Components read signals and call methods; nothing
//! polls.

mod actions;
mod activity;
mod breakpoints;
mod collection;
mod command;
mod copies;
mod exports;
mod feed;
mod imports;
mod latest;
mod look;
mod pulls;
mod registries;
mod removal;
mod route;
mod settings;
mod standings;
mod tables;
mod tasks;
mod toasts;
mod uploads;
mod usages;
mod verbs;
mod window;

use std::time::Duration;

use gantry_view::{
    Container, Engine, Failure, Host, HostKind, Image, Link, Network, Registries, Settings, Task,
    Volume, WindowState,
};
use leptos::prelude::*;

use crate::i18n::{Clock, Lang, Text};

pub use activity::{Activity, Outcome};
pub use collection::Collection;
pub use command::{CommandLine, quoted};
pub use copies::{Copies, Copying};
pub use latest::Latest;
pub use registries::{HUB, Plain, asks_who, called, home_of};
pub use route::{Route, Tab};
pub use standings::{Standing, Standings};
pub use tables::save_table;
pub use toasts::{Toast, ToastAction, ToastKind, Toasts};
pub use uploads::{DialogDrop, Dropped, Folder};
pub use usages::{Course, Moment, SPAN, Usages};
pub use verbs::{Verb, Verbs};

/// Everything the window shows.
#[derive(Clone, Copy)]
pub struct Store {
    pub link: RwSignal<Link>,
    /// Whether a snapshot has come: until then nothing is known to be empty.
    pub loaded: RwSignal<bool>,
    pub engine: RwSignal<Engine>,
    pub containers: Collection<Container>,
    pub images: Collection<Image>,
    pub volumes: Collection<Volume>,
    pub networks: Collection<Network>,
    pub tasks: Collection<Task>,
    pub verbs: Verbs,
    pub activity: RwSignal<Option<Activity>>,
    pub toasts: Toasts,
    pub route: RwSignal<Route>,
    pub settings: RwSignal<Settings>,
    /// Whether they were read, or cannot be: until then nobody knows what a view remembers.
    pub settled: RwSignal<bool>,
    keeping: StoredValue<settings::Keeping>,
    pub host: RwSignal<Host>,
    pub window: RwSignal<WindowState>,
    /// Whether the person is holding files over the window, and how many.
    pub dragged_files: RwSignal<Option<usize>>,
    /// The accounts at registries, once they were read.
    pub accounts: RwSignal<Option<Registries>>,
    /// Why they could not be read.
    pub accounts_failure: RwSignal<Option<Failure>>,
    /// What is typed where images are found.
    pub wanted: RwSignal<String>,
    /// The folder of a container that dropped files go to; without one they are images.
    pub drop_into: RwSignal<Option<Folder>>,
    /// Whether a dialog lies over the page.
    pub covered: RwSignal<bool>,
    /// The dialog that takes dropped files, if it does.
    pub dialog_drop: RwSignal<Option<DialogDrop>>,
    /// Files on their way into containers and volumes.
    pub copies: Copies,
    /// Counts up when something was copied into a container from here.
    pub uploads: RwSignal<u32>,
    /// Why the last import did not even begin; shown where imports are asked for.
    pub import_failure: RwSignal<Option<Failure>>,
    /// What the export drawer holds while it is open: names or ids of images.
    pub export: RwSignal<Option<Vec<String>>>,
    pulls: pulls::Pulls,
    /// Who waits for which task.
    waiting: tasks::Waiting,
    /// A standing warning that the person has read and put away.
    pub hidden_warning: RwSignal<Option<Failure>>,
    /// The clock, once a second.
    pub now: RwSignal<i64>,
}

impl Store {
    /// An empty store that follows the clock. Nothing is asked for before [`Store::connect`].
    pub fn new() -> Self {
        let now = RwSignal::new(Clock::now());
        // The interval lives as long as the page.
        set_interval(move || now.set(Clock::now()), Duration::from_secs(1));
        Self {
            link: RwSignal::new(Link::Connecting),
            loaded: RwSignal::new(false),
            engine: RwSignal::default(),
            containers: Collection::new(),
            images: Collection::new(),
            volumes: Collection::new(),
            networks: Collection::new(),
            tasks: Collection::new(),
            verbs: Verbs::new(),
            activity: RwSignal::new(None),
            toasts: Toasts::new(),
            route: RwSignal::new(Route::current()),
            settings: RwSignal::default(),
            settled: RwSignal::new(false),
            keeping: StoredValue::default(),
            host: RwSignal::new(unknown_host()),
            window: RwSignal::default(),
            dragged_files: RwSignal::new(None),
            drop_into: RwSignal::new(None),
            covered: RwSignal::new(false),
            dialog_drop: RwSignal::new(None),
            copies: Copies::new(),
            uploads: RwSignal::new(0),
            hidden_warning: RwSignal::new(None),
            accounts: RwSignal::new(None),
            accounts_failure: RwSignal::new(None),
            wanted: RwSignal::new(String::new()),
            import_failure: RwSignal::new(None),
            export: RwSignal::new(None),
            pulls: pulls::Pulls::new(),
            waiting: tasks::Waiting::new(),
            now,
        }
    }

    /// Reads what surrounds the window, then follows the engine.
    pub fn connect(self) {
        route::follow_address(self.route);
        settings::read(self);
        window::follow(self);
        feed::follow(self);
    }

    /// The language in force.
    pub fn lang(self) -> Lang {
        self.settings.with(|settings| {
            self.host
                .with(|host| Lang::choose(&settings.language, &host.locale))
        })
    }

    /// The words of that language, for what the store itself says.
    pub(crate) fn text(self) -> Text {
        Text::new(untrack(|| self.lang()))
    }

    /// What carries the window; never changes.
    pub fn in_desktop(self) -> bool {
        self.host
            .with_untracked(|host| host.kind == HostKind::Desktop)
    }

    /// A path as people write it: `~/.local/share/gantry`.
    pub fn tilde(self, path: &str) -> String {
        self.host.with(|host| match path.strip_prefix(&host.home) {
            Some(rest) if !host.home.is_empty() => format!("~{rest}"),
            _ => path.to_owned(),
        })
    }

    /// Whether the window draws its own title bar.
    pub fn own_title_bar(self) -> bool {
        self.in_desktop() && self.window.with(|window| window.own_title_bar)
    }
}

/// The store of this window.
///
/// Every component is mounted below the one that provides it.
#[allow(clippy::expect_used)]
pub fn use_store() -> Store {
    use_context().expect("the app provides the store before it mounts anything")
}

/// What is assumed until the host has introduced itself.
fn unknown_host() -> Host {
    Host {
        kind: if crate::backend::in_desktop() {
            HostKind::Desktop
        } else {
            HostKind::Browser
        },
        version: String::new(),
        locale: leptos::prelude::window()
            .navigator()
            .language()
            .unwrap_or_default(),
        home: String::new(),
        own_title_bar: false,
        button_layout: String::new(),
    }
}
