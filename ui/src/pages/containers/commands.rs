//! What can be done with one container, as a menu.

use gantry_view::{ContainerState, InspectContainer, OpenUrl};
use leptos::{prelude::window, task::spawn_local};

use crate::{
    backend, dialogs,
    parts::{Anchor, Layers, MenuEntry, MenuItem, Symbol, copy, port_address},
    state::{Route, Store, Verb},
};

/// Opens the menu of a container.
pub fn open_menu(store: Store, layers: Layers, anchor: Anchor, id: &str) {
    layers.open_menu(anchor, store.name_of(id), entries(store, layers, id));
}

/// The entries of that menu, as the container is now.
pub fn entries(store: Store, layers: Layers, id: &str) -> Vec<MenuEntry> {
    let text = store.text();
    let words = text.verbs;
    let Some(container) = store.containers.get_untracked(id) else {
        return Vec::new();
    };
    let state = container.state;
    let act = |symbol, verb: Verb, key: &'static str| {
        let id = id.to_owned();
        MenuItem::new(symbol, words.name(verb), move || store.act(&id, verb)).hint(key)
    };
    let ask = |symbol, label: &str, ask: fn(Layers, String)| {
        let id = id.to_owned();
        MenuItem::new(symbol, label, move || ask(layers, id.clone()))
    };
    let mut entries: Vec<MenuEntry> = Vec::new();
    if let Some(url) = first_address(&container).filter(|_| state.is_up()) {
        let place = url
            .split_once("://")
            .map_or(url.as_str(), |(_, place)| place);
        let label = text.common.open_address(place);
        let open = MenuItem::new(Symbol::ExternalLink, label, move || {
            open_url(store, url.clone());
        });
        entries.push(open.hint("O").into());
    }
    let terminal_of = id.to_owned();
    let terminal = MenuItem::new(Symbol::Terminal, text.terminal.open_terminal(), move || {
        store.go(Route::terminal(&terminal_of));
    });
    entries.extend([terminal.hint("T").into(), MenuEntry::Separator]);
    if state.is_up() {
        entries.push(act(Symbol::Stop, Verb::Stop, "S").into());
        let paused = (!Verb::Restart.fits(state)).then(|| words.is_paused());
        entries.push(
            act(Symbol::Restart, Verb::Restart, "R")
                .disabled(paused)
                .into(),
        );
    } else {
        entries.push(act(Symbol::Play, Verb::Start, "S").into());
    }
    if state == ContainerState::Paused {
        entries.push(act(Symbol::Play, Verb::Resume, "P").into());
    } else if state.is_up() {
        entries.push(act(Symbol::Pause, Verb::Pause, "P").into());
    }
    let (command_of, limits_of) = (id.to_owned(), id.to_owned());
    let (kill, remove, again) = (id.to_owned(), id.to_owned(), id.to_owned());
    let not_running = (!state.is_up()).then(|| words.not_running());
    entries.extend([
        ask(
            Symbol::PackagePlus,
            words.commit_more(),
            dialogs::open_commit,
        )
        .hint("C")
        .into(),
        MenuItem::new(Symbol::Copy, words.again_more(), move || {
            dialogs::open_again(store, layers, again.clone());
        })
        .into(),
        MenuItem::new(Symbol::ClipboardCopy, words.copy_as_command(), move || {
            copy_command(store, command_of.clone());
        })
        .into(),
        MenuItem::new(Symbol::Gauge, text.limits.change_more(), move || {
            dialogs::open_limits(store, layers, limits_of.clone());
        })
        .into(),
        ask(Symbol::Pencil, words.rename_more(), dialogs::open_rename).into(),
        MenuEntry::Separator,
        MenuItem::new(Symbol::Zap, words.kill(), move || {
            dialogs::confirm_kill(store, layers, kill.clone());
        })
        .hint("SIGKILL")
        .danger()
        .disabled(not_running)
        .into(),
        MenuItem::new(
            Symbol::Trash,
            if state.is_up() {
                words.remove_more()
            } else {
                words.remove()
            },
            move || dialogs::confirm_remove(store, layers, vec![remove.clone()]),
        )
        .hint("Del")
        .danger()
        .into(),
    ]);
    entries
}

/// The other ways to stop one: signals by name.
pub fn stop_entries(store: Store, layers: Layers, id: &str) -> Vec<MenuEntry> {
    let words = store.text().verbs;
    let signal = |name: &'static str, what: &'static str| {
        let id = id.to_owned();
        MenuItem::new(Symbol::Zap, words.send_signal(name), move || {
            store.signal(&id, name);
        })
        .hint(what)
    };
    let kill = id.to_owned();
    vec![
        signal("SIGHUP", words.signal_reload()).into(),
        signal("SIGINT", words.signal_interrupt()).into(),
        MenuEntry::Separator,
        MenuItem::new(Symbol::Zap, words.kill(), move || {
            dialogs::confirm_kill(store, layers, kill.clone());
        })
        .hint(words.signal_kill())
        .danger()
        .into(),
    ]
}

/// Where a browser finds the first published port that it can open.
pub fn first_address(container: &gantry_view::Container) -> Option<String> {
    let found = container.ports.iter();
    let found = found.filter_map(|port| Some((port.host?, port_address(port)?)));
    found
        .min_by_key(|(host, _)| *host)
        .map(|(_, address)| address)
}

pub fn open_url(store: Store, url: String) {
    if !store.in_desktop() {
        // The browser itself: another tab.
        let opened = window().open_with_url_and_target(&url, "_blank");
        if !matches!(opened, Ok(Some(_))) {
            store.tell_failure(store.text().common.not_opened(&url), None);
        }
        return;
    }
    spawn_local(async move {
        if let Err(failure) = backend::call(&OpenUrl { url: url.clone() }).await {
            store.tell_failure(store.text().common.not_opened(&url), Some(&failure));
        }
    });
}

fn copy_command(store: Store, id: String) {
    spawn_local(async move {
        match backend::call(&InspectContainer { id }).await {
            Ok(detail) => copy(store, detail.run_command),
            Err(failure) => {
                store.tell_failure(store.text().common.not_copied().to_owned(), Some(&failure));
            }
        }
    });
}
