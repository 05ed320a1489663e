//! Follows the window itself: its title bar, and files held or dropped over it.

use gantry_view::{WatchWindow, WindowItem};
use leptos::prelude::*;

use super::{Route, Store};
use crate::backend;

pub(super) fn follow(store: Store) {
    if !backend::in_desktop() {
        return;
    }
    let subscription = backend::subscribe(
        &WatchWindow {},
        move |items| {
            for item in items {
                apply(store, item);
            }
        },
        |_| {},
    );
    // Lives as long as the page.
    std::mem::forget(subscription);
}

fn apply(store: Store, item: WindowItem) {
    match item {
        WindowItem::State(state) => store.window.set(state),
        WindowItem::DragOver { paths } => store.dragged_files.set(Some(paths.len())),
        WindowItem::DragLeft => store.dragged_files.set(None),
        WindowItem::Dropped { paths } => {
            store.dragged_files.set(None);
            store.take_paths(paths);
        }
        WindowItem::Open { paths } => store.import_paths(paths),
    }
}

impl Store {
    /// Goes to a place.
    pub fn go(self, route: Route) {
        if self.route.with_untracked(|here| *here != route) {
            self.route.set(route);
        }
    }
}
