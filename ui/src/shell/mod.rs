//! The frame around every page: sidebar, title bar, status bar, keys, banners, drops.

mod banners;
mod context_menu;
mod drop_zone;
mod focus_keeper;
mod head;
mod keys;
mod sidebar;
mod status_bar;
mod status_words;
mod window_buttons;

use leptos::prelude::*;

use crate::{
    pages::{
        ContainersPage, FindPage, ImagesPage, SelfCheckPage, SettingsPage, TransfersPage,
        VolumesPage,
    },
    parts::use_layers,
    state::{Route, use_store},
};

pub use head::Head;
pub use status_words::{problem_words, status_of, status_words};

/// Which page shows; opening something inside a page does not change it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Containers,
    Images,
    Find,
    Transfers,
    Volumes,
    SelfCheck,
    Settings,
}

impl Page {
    fn of(route: &Route) -> Self {
        match route {
            Route::Containers { .. } => Self::Containers,
            Route::Images { .. } => Self::Images,
            Route::Find => Self::Find,
            Route::Transfers => Self::Transfers,
            Route::Volumes { .. } | Route::Networks { .. } => Self::Volumes,
            Route::SelfCheck => Self::SelfCheck,
            Route::Settings => Self::Settings,
        }
    }
}

#[component]
pub fn Shell() -> impl IntoView {
    let store = use_store();
    keys::listen(store);
    context_menu::listen();
    focus_keeper::keep(store, use_layers());
    let page = Memo::new(move |_| store.route.with(Page::of));
    view! {
        <div class="shell">
            <sidebar::Sidebar page />
            <main class="main" data-pane="">
                // A page begins with what it remembers of itself.
                {move || store.settled.get().then(|| match page.get() {
                    Page::Containers => view! { <ContainersPage /> }.into_any(),
                    Page::Images => view! { <ImagesPage /> }.into_any(),
                    Page::Find => view! { <FindPage /> }.into_any(),
                    Page::Transfers => view! { <TransfersPage /> }.into_any(),
                    Page::Volumes => view! { <VolumesPage /> }.into_any(),
                    Page::SelfCheck => view! { <SelfCheckPage /> }.into_any(),
                    Page::Settings => view! { <SettingsPage /> }.into_any(),
                })}
            </main>
            <status_bar::StatusBar />
            <drop_zone::DropZone />
        </div>
    }
}
