//! The table of containers: a grid on shared tracks, so that rows can be virtualised.

use std::collections::BTreeSet;

use leptos::{ev, prelude::*};

use super::{
    bulk_bar::BulkBar,
    filter::Filter,
    list_keys::{self, Keys},
    model::ListModel,
    order::Column,
    row::Row,
    segments::Segments,
};
use crate::{
    i18n::use_text,
    parts::{Button, Checkbox, Empty, Heights, SortHead, Ticked, VirtualRows, use_layers},
    state::{Usages, use_store},
};

#[component]
pub fn Table(model: ListModel) -> impl IntoView {
    let text = use_text().containers;
    let (store, layers) = (use_store(), use_layers());
    let heights = Memo::new(move |_| {
        let row = if store.is_compact() { 32.0 } else { 40.0 };
        Heights::Same(store.pixels(row))
    });
    let keys = move |event: ev::KeyboardEvent| {
        list_keys::handle(Keys::Table, model, store, layers, &event);
    };
    let usages = Usages::follow(model.standings);
    let row = Callback::new(move |(id, index): (String, usize)| {
        view! { <Row model usages id index /> }.into_any()
    });
    // What is not in the page is not hovered.
    on_cleanup(move || model.hovered.set(false));
    let has_bulk = move || model.ticked.with(|ticked| !ticked.is_empty()).then_some("");
    view! {
        <div class="bar">
            <Segments model />
        </div>
        <div class="body" node_ref=model.scroller data-bulk=has_bulk data-pane="">
            <table
                class="tbl tbl--grid tbl--containers"
                role="grid"
                aria-multiselectable="true"
                aria-label=text.title()
                aria-rowcount=move || model.shown.with(Vec::len) + 1
                on:keydown=keys
            >
                <Head model />
                <tbody
                    role="rowgroup"
                    on:pointerenter=move |_| model.hovered.set(true)
                    on:pointerleave=move |_| model.hovered.set(false)
                >
                    <VirtualRows
                        keys=model.shown
                        scroller=model.scroller
                        heights
                        row
                        in_table=true
                    />
                </tbody>
            </table>
            <Show when=move || !store.loaded.get()>
                <Skeleton />
            </Show>
            <NoHits model />
        </div>
        <BulkBar model />
    }
}

/// Rows to come, of the height they will have; shown only if they take a moment.
#[component]
fn Skeleton() -> impl IntoView {
    let rows = (0..6)
        .map(|row| {
            view! {
                <div class="row skeleton-row">
                    <span class="sk" style=format!("width:{}rem", 4 + row % 3)></span>
                    <span class="sk" style=format!("width:{}rem", 8 + row * 5 % 4)></span>
                    <span class="sk" style=format!("width:{}rem", 12 + row * 7 % 5)></span>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="skeleton" aria-hidden="true">
            {rows}
        </div>
    }
}

#[component]
fn Head(model: ListModel) -> impl IntoView {
    let text = use_text().containers;
    let ticked = Signal::derive(move || {
        let all = model.shown.with(Vec::len);
        match model.ticked.with(BTreeSet::len) {
            0 => Ticked::No,
            ticked if ticked >= all => Ticked::Yes,
            _ => Ticked::Some,
        }
    });
    let tick_all = move |_| model.tick_all(ticked.get_untracked() != Ticked::Yes);
    view! {
        <thead role="rowgroup">
            <tr role="row">
                <th role="columnheader">
                    <Checkbox ticked label=text.tick_all() on_toggle=tick_all />
                </th>
                <ColumnHead model column=Column::Status label=text.status() />
                <ColumnHead model column=Column::Name label=text.name() />
                <ColumnHead model column=Column::Image label=text.image() />
                <ColumnHead model column=Column::Ports label=text.ports() />
                <ColumnHead model column=Column::Cpu label=text.cpu() class="num" />
                <ColumnHead model column=Column::Memory label=text.memory() class="num" />
                <ColumnHead model column=Column::Uptime label=text.uptime() class="num p3" />
                <th role="columnheader">
                    <span class="sr">{text.actions()}</span>
                </th>
            </tr>
        </thead>
    }
}

#[component]
fn ColumnHead(
    model: ListModel,
    column: Column,
    label: &'static str,
    #[prop(optional)] class: &'static str,
) -> impl IntoView {
    let descending = Signal::derive(move || {
        let sort = model.sort.get();
        (sort.column == column).then_some(sort.descending)
    });
    view! { <SortHead label class descending on_press=move |()| model.sort_by(column) /> }
}

/// A filter without hits says so and offers everything again.
#[component]
fn NoHits(model: ListModel) -> impl IntoView {
    let text = use_text();
    let words = text.containers;
    let store = use_store();
    let none = move || store.loaded.get() && model.shown.with(Vec::is_empty);
    let title = Signal::derive(move || {
        let query = model.filter.get();
        let segment = match model.segment.get() {
            Filter::All => words.all(),
            Filter::Running => words.seg_running(),
            Filter::Paused => words.seg_paused(),
            Filter::Stopped => words.seg_stopped(),
            Filter::Problems => words.seg_problems(),
        };
        if query.trim().is_empty() {
            words.no_segment(segment)
        } else {
            words.no_hits(query.trim())
        }
    });
    let show_all = move |()| {
        model.filter.set(String::new());
        model.segment.set(Filter::All);
    };
    view! {
        <Show when=none>
            <Empty title text=words.no_segment_text().to_owned()>
                <Button on_press=show_all>
                    {move || text.common.show_all(model.counts.get().all)}
                </Button>
            </Empty>
        </Show>
    }
}
