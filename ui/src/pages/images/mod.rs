//! Images: the list, and one image with its layers to scale.

mod compare;
mod configuration;
mod detail;
mod facts;
mod groups;
mod header;
mod history;
mod hits;
mod in_use;
mod layer_files;
mod layers;
mod list;
mod push_dialog;
mod remove;
mod save_entry;
mod stack;
mod tag_dialog;
mod under_way;
mod used_by;
mod verbs;

use leptos::prelude::*;

use self::{
    detail::Detail,
    groups::{Entry, Order, group},
    list::ImageList,
};
use crate::{
    i18n::use_text,
    parts::{
        Button, Empty, FilterField, MenuButton, MenuEntry, MenuItem, PaneHandle, PaneWidth, Symbol,
        focus_on,
    },
    shell::Head,
    state::{Route, Store, use_store},
};

/// The list's width where nothing else is remembered, in pixels at 100 % interface size.
const MASTER: f64 = 272.0;

#[component]
pub fn ImagesPage() -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let query = RwSignal::new(String::new());
    let order = RwSignal::new(Order::from_word(
        &store.remembered("images.sort").unwrap_or_default(),
    ));
    let groups = Memo::new(move |_| {
        let images = store.images.filtered(|_| true);
        query.with(|query| group(&images, query, order.get()))
    });
    let chosen = Memo::new(move |_| {
        store.route.with(|route| match route {
            Route::Images { open } => open.clone(),
            _ => None,
        })
    });
    // An image may stand in the list under several names: the one it was opened by.
    let entry = RwSignal::new(None::<Entry>);
    // Without a choice the first of the list is shown, so that the page is never half empty.
    let open = Memo::new(move |_| {
        chosen.get().or_else(|| {
            groups.with(|groups| {
                let first = groups.first().and_then(|group| group.entries.first());
                first.map(|entry| entry.id.clone())
            })
        })
    });
    let sub = move || {
        let count = store.images.len();
        let used = store.engine.with(|engine| engine.used_bytes);
        if count == 0 {
            return String::new();
        }
        text.images.sub(count, &text.size(used))
    };
    let is_empty = Memo::new(move |_| store.loaded.get() && store.images.is_empty());
    view! {
        <Head title=text.images.title() sub=Signal::derive(sub)>
            <Button
                icon=Symbol::PackageOpen
                on_press=move |()| store.go(Route::Transfers)
                {..}
                data-test="import"
            >
                {text.images.import()}
            </Button>
        </Head>
        <Show when=move || !is_empty.get() fallback=NoImages>
            <Panes groups query order open entry />
        </Show>
    }
}

#[component]
fn Panes(
    groups: Memo<Vec<groups::Group>>,
    query: RwSignal<String>,
    order: RwSignal<Order>,
    open: Memo<Option<String>>,
    entry: RwSignal<Option<Entry>>,
) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let choose = move |chosen: Entry| {
        let route = Route::image(&chosen.id);
        entry.set(Some(chosen));
        store.go(route);
    };
    let width = PaneWidth::new(store, "images.master", MASTER);
    let no_hits = move || {
        let nothing = groups.with(Vec::is_empty) && query.with(|query| !query.is_empty());
        nothing.then(|| {
            view! {
                <div class="list-none">
                    <p class="sm t3">{text.images.no_hits(&query.get_untracked())}</p>
                    <Button on_press=move |()| query.set(String::new())>
                        {text.common.show_all(store.images.len())}
                    </Button>
                </div>
            }
        })
    };
    view! {
        <div class="split" style=move || width.style()>
            <section class="pane pane--sunken" aria-label=text.images.list() data-pane="">
                <div class="pane-h list-head">
                    <FilterField
                        value=query
                        label=text.images.filter()
                        width="100%"
                        on_leave=move |()| {
                            focus_on("[data-test=image-row][tabindex='0']");
                        }
                    />
                    <SortButton order />
                </div>
                {no_hits}
                <ImageList groups open entry on_open=choose />
            </section>
            <PaneHandle width />
            {move || match open.get() {
                Some(id) => view! { <Detail id entry /> }.into_any(),
                None => view! { <section class="pane" data-pane=""></section> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn SortButton(order: RwSignal<Order>) -> impl IntoView {
    let text = use_text().images;
    let store = use_store();
    let label = Signal::derive(move || {
        text.sort(match order.get() {
            Order::Name => text.by_name(),
            Order::Size => text.by_size(),
            Order::Age => text.by_age(),
        })
    });
    let entries = move |()| -> Vec<MenuEntry> {
        [
            (Order::Name, text.by_name_long()),
            (Order::Size, text.by_size_long()),
            (Order::Age, text.by_age_long()),
        ]
        .into_iter()
        .map(|(choice, label)| sort_item(store, order, choice, label))
        .collect()
    };
    view! { <MenuButton symbol=Symbol::ArrowUpDown label entries /> }
}

fn sort_item(
    store: Store,
    order: RwSignal<Order>,
    choice: Order,
    label: &'static str,
) -> MenuEntry {
    let symbol = if order.get_untracked() == choice {
        Symbol::Check
    } else {
        Symbol::Blank
    };
    MenuItem::new(symbol, label, move || {
        order.set(choice);
        store.remember("images.sort", choice.word().to_owned());
    })
    .into()
}

/// Nothing is here yet: bring something in, or take what is built in.
#[component]
fn NoImages() -> impl IntoView {
    let text = use_text();
    let store = use_store();
    view! {
        <div class="body">
            <Empty title=text.images.none_title() text=text.images.none_text()>
                <div class="row">
                    <Button
                        icon=Symbol::PackageOpen
                        on_press=move |()| store.go(Route::Transfers)
                    >
                        {text.images.import()}
                    </Button>
                    <Button
                        icon=Symbol::Container
                        on_press=move |()| store.import_welcome()
                        {..}
                        data-test="add-welcome"
                    >
                        {text.transfers.add_welcome()}
                    </Button>
                </div>
            </Empty>
        </div>
    }
}
