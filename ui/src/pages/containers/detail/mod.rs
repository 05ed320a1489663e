//! One container: its header, its logs, its terminals, its figures, its network, its facts.

mod files;
mod header;
mod inspect;
mod network;

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{log::LogTab, stats::StatsTab, terminal::TerminalTab};
use crate::{
    i18n::use_text,
    parts::{Button, Empty, ErrorCard, TabItem, Tabs},
    state::{Route, Tab, use_store},
};
pub use files::Drafts;
use files::{FilesTab, Sums};
use header::Header;
use inspect::InspectTab;
use network::NetworkTab;

/// `on_leave` gives the keyboard back to the list.
#[component]
pub fn Detail(id: String, #[prop(into)] on_leave: Callback<()>) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let key = id.clone();
    let known = Memo::new(move |_| !store.loaded.get() || store.containers.get(&key).is_some());
    let name = store.name_of(&id);
    let on_key = move |event: ev::KeyboardEvent| {
        let typing = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .is_some_and(|element| element.matches("input, select, textarea").unwrap_or(false));
        let leaves = matches!(event.code().as_str(), "Escape" | "Backspace");
        if leaves && !typing && !event.is_composing() {
            event.prevent_default();
            on_leave.run(());
        }
    };
    view! {
        <section class="pane" aria-label=name data-pane="" on:keydown=on_key>
            {move || {
                let id = id.clone();
                match store.containers.cell(&id) {
                    Some(cell) if known.get() => {
                        view! { <Open id container=RwSignal::from(cell) /> }.into_any()
                    }
                    _ if known.get() => ().into_any(),
                    _ => {
                        view! {
                            <Empty
                                title=text.detail.gone_title().to_owned()
                                text=text.detail.gone_text().to_owned()
                            >
                                <Button on_press=move |()| {
                                    store.go(Route::CONTAINERS);
                                }>{text.detail.back_to_list()}</Button>
                            </Empty>
                        }
                            .into_any()
                    }
                }
            }}
        </section>
    }
}

#[component]
fn Open(id: String, container: RwSignal<gantry_view::Container>) -> impl IntoView {
    let words = use_text();
    let text = words.detail;
    let store = use_store();
    let key = StoredValue::new(id.clone());
    let tab = Memo::new(move |_| match store.route.get() {
        Route::Containers { tab, .. } => tab,
        _ => Tab::Logs,
    });
    let choose = move |tab: Tab| {
        store.go(Route::Containers {
            open: Some(key.get_value()),
            tab,
        });
    };
    let sums: Sums = RwSignal::new(None);
    // The container itself changes files when it starts and ends; the tab counts by itself.
    let state = Memo::new(move |_| container.with(|container| container.state));
    Effect::new(move |_| {
        state.track();
        if tab.get_untracked() != Tab::Files {
            files::count(key.get_value(), sums);
        }
    });
    let changes = Signal::derive(move || {
        sums.with(|sums| {
            let known = sums.as_ref().and_then(|sums| sums.as_ref().ok());
            known.map_or(0, |sums| {
                usize::try_from(sums.total()).unwrap_or(usize::MAX)
            })
        })
    });
    let tabs = vec![
        TabItem::new(Tab::Logs, text.logs()),
        TabItem::new(Tab::Terminal, words.terminal.terminal()),
        TabItem::new(Tab::Stats, words.stats.stats()),
        TabItem::new(Tab::Files, text.files()).count(changes),
        TabItem::new(Tab::Network, text.network()),
        TabItem::new(Tab::Inspect, text.inspect()),
    ];
    view! {
        <Header id=id.clone() container />
        <LastFailure id />
        <Tabs tabs value=tab on_choose=choose />
        {move || match tab.get() {
            Tab::Logs => view! { <LogTab id=key.get_value() container /> }.into_any(),
            Tab::Terminal => view! { <TerminalTab id=key.get_value() container /> }.into_any(),
            Tab::Stats => view! { <StatsTab id=key.get_value() container /> }.into_any(),
            Tab::Files => view! { <FilesTab id=key.get_value() container sums /> }.into_any(),
            Tab::Network => view! { <NetworkTab id=key.get_value() container /> }.into_any(),
            Tab::Inspect => view! { <InspectTab id=key.get_value() container /> }.into_any(),
        }}
    }
}

/// Why the last thing asked of it did not happen.
#[component]
fn LastFailure(id: String) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let failure = RwSignal::from(store.verbs.of(&id).failure);
    move || {
        let id = id.clone();
        failure.get().map(|(verb, reason)| {
            let title = text.verbs.failed(verb, &store.name_of(&id));
            view! {
                <div class="det-failure">
                    <ErrorCard failure=reason title>
                        <Button on_press=move |()| {
                            failure.set(None);
                        }>{text.common.dismiss()}</Button>
                        <Button on_press=move |()| {
                            store.act(&id, verb);
                        }>{text.failures.try_again()}</Button>
                    </ErrorCard>
                </div>
            }
        })
    }
}
