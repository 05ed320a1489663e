//! The sidebar: where one can go, and how the engine is.

use gantry_view::Link;
use leptos::prelude::*;

use super::Page;
use crate::{
    i18n::use_text,
    parts::{Brand, Glyph, Icon, StatusKind, Symbol},
    state::{Route, use_store},
};

#[component]
pub fn Sidebar(page: Memo<Page>) -> impl IntoView {
    let text = use_text().shell;
    let store = use_store();
    let containers = Signal::derive(move || counted(store.containers.len()));
    let images = Signal::derive(move || counted(store.images.len()));
    view! {
        <nav class="sidebar" aria-label=text.sections() data-pane="">
            <Brand />
            <div class="nav">
                <h2>{text.run_section()}</h2>
                <ul>
                    <li>
                        <Place
                            to=Route::CONTAINERS
                            here=Page::Containers
                            page
                            symbol=Symbol::Container
                            label=text.containers()
                            count=containers
                        />
                    </li>
                    <li>
                        <Place
                            to=Route::Images { open: None }
                            here=Page::Images
                            page
                            symbol=Symbol::Layers
                            label=text.images()
                            count=images
                        />
                    </li>
                    <li>
                        <Place
                            to=Route::Find
                            here=Page::Find
                            page
                            symbol=Symbol::Search
                            label=text.find()
                        />
                    </li>
                    <li>
                        <Place
                            to=Route::Transfers
                            here=Page::Transfers
                            page
                            symbol=Symbol::PackageOpen
                            label=text.transfers()
                        />
                    </li>
                </ul>
                <h2>{text.store_section()}</h2>
                <ul>
                    <li>
                        <Place
                            to=Route::Volumes { open: None }
                            here=Page::Volumes
                            page
                            symbol=Symbol::Database
                            label=text.volumes()
                        />
                    </li>
                </ul>
            </div>
            <div class="side-foot">
                <EngineState page />
                <Place
                    to=Route::Settings
                    here=Page::Settings
                    page
                    symbol=Symbol::Settings
                    label=text.settings()
                />
            </div>
        </nav>
    }
}

/// Nothing for none: an empty list says so on its own page.
fn counted(count: usize) -> String {
    if count == 0 {
        String::new()
    } else {
        count.to_string()
    }
}

#[component]
fn Place(
    to: Route,
    here: Page,
    page: Memo<Page>,
    symbol: Symbol,
    label: &'static str,
    #[prop(optional, into)] count: Signal<String>,
) -> impl IntoView {
    let store = use_store();
    let href = to.to_hash();
    let go = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        store.go(to.clone());
    };
    view! {
        <a
            href=href
            title=label
            aria-current=move || (page.get() == here).then_some("page")
            on:click=go
        >
            <Icon symbol />
            <span class="lbl">{label}</span>
            // An empty one would take room from the words.
            {move || {
                let count = count.get();
                (!count.is_empty()).then(|| view! { <span class="n">{count}</span> })
            }}
        </a>
    }
}

/// How the engine is; leads to what this computer has for it.
#[component]
fn EngineState(page: Memo<Page>) -> impl IntoView {
    let text = use_text().shell;
    let store = use_store();
    let state = move || match store.link.get() {
        Link::Ready => (StatusKind::Running, text.engine_ready()),
        Link::Connecting => (StatusKind::Starting, text.engine_connecting()),
        Link::Lost(_) => (StatusKind::Failed, text.engine_lost()),
    };
    let version = move || match store.link.get() {
        Link::Ready => store.engine.with(|engine| engine.version.clone()),
        _ => String::new(),
    };
    view! {
        <a
            href=Route::SelfCheck.to_hash()
            title=move || format!("{} — {}", state().1, text.self_check())
            aria-current=move || (page.get() == Page::SelfCheck).then_some("page")
            on:click=move |event| {
                event.prevent_default();
                store.go(Route::SelfCheck);
            }
        >
            <span class="glyph-box">
                <Glyph kind=Signal::derive(move || state().0) />
            </span>
            <span class="lbl">{move || state().1}</span>
            <span class="n t3 sm push">{version}</span>
        </a>
    }
}
