//! Containers: the table, or one container beside the list.

mod bulk_bar;
mod commands;
mod detail;
mod filter;
mod first_run;
mod list_keys;
mod log;
mod master;
mod model;
mod order;
mod ports;
mod row;
mod row_actions;
mod row_failure;
mod segments;
mod sparks;
mod stats;
mod table;
mod terminal;

use leptos::prelude::*;

use crate::{
    dialogs,
    i18n::use_text,
    parts::{Button, ButtonKind, FilterField, Symbol, use_layers},
    shell::Head,
    state::{Route, use_store},
};
pub use commands::open_url;
pub use detail::Drafts;
pub use log::Places;
use model::ListModel;
pub use terminal::Terminals;

#[component]
pub fn ContainersPage() -> impl IntoView {
    let text = use_text().containers;
    let store = use_store();
    let model = ListModel::new(store);
    let open = Memo::new(move |_| match store.route.get() {
        Route::Containers { open, .. } => open,
        _ => None,
    });
    let has_open = Memo::new(move |_| open.with(Option::is_some));
    let sub = Signal::derive(move || {
        let counts = model.counts.get();
        if counts.all == 0 {
            String::new()
        } else {
            text.running_of(counts.running, counts.all)
        }
    });
    let nothing = Memo::new(move |_| store.loaded.get() && store.containers.is_empty());
    let layers = use_layers();
    // With no image to run from, the page's own buttons come first.
    let run_kind = move || {
        if nothing.get() && store.images.is_empty() {
            ButtonKind::Plain
        } else {
            ButtonKind::Primary
        }
    };
    view! {
        <Head title=text.title() sub>
            <Show when=move || !has_open.get() && !nothing.get()>
                <FilterField
                    value=model.filter
                    label=text.filter()
                    width="15.5rem"
                    on_leave=move |()| model.focus_list()
                />
            </Show>
            {move || {
                view! {
                    <Button
                        kind=run_kind()
                        icon=Symbol::Plus
                        on_press=move |()| dialogs::open_run(layers, None)
                    >
                        {text.run()}
                    </Button>
                }
            }}
        </Head>
        {move || {
            if has_open.get() {
                view! { <master::MasterDetail model open /> }.into_any()
            } else if nothing.get() {
                view! { <first_run::FirstRun /> }.into_any()
            } else {
                view! { <table::Table model /> }.into_any()
            }
        }}
    }
}
