//! The log of a container: millions of lines in a screenful of rows.
//!
//! The engine tells how far the log goes ([`source`]); the lines in sight are read as they are
//! needed and kept in [`pages`]. [`sequence`] says which lines are in view, [`layout`] how high each
//! is, [`scale`] where that is in the scroller. A [`search`] is the engine's, and what it finds
//! comes packed ([`runs`]); [`needle`] marks it in the lines that are seen. [`kept`] holds these together, [`model`] is what the view works with,
//! [`rows`] finds the part in sight and [`sheet`] draws it, and [`place`] is where the reader is when
//! the view comes back.

mod ansi;
mod foot;
mod html;
mod kept;
mod layout;
mod model;
mod needle;
mod pages;
mod place;
mod rows;
mod runs;
mod scale;
mod search;
mod sequence;
mod sheet;
mod source;
mod time_field;
mod toolbar;
mod when;

use gantry_view::{Container, ContainerState};
use leptos::{ev, html::Div, prelude::*};

use crate::{
    i18n::use_text,
    parts::{Button, Empty, ErrorCard, use_viewport},
};
use model::LogModel;
pub use place::Places;
use rows::Rows;
use sequence::Stream;

#[component]
pub fn LogTab(id: String, container: RwSignal<Container>) -> impl IntoView {
    let text = use_text();
    let model = LogModel::new(&id, expect_context::<Places>().of(&id));
    let scroller = NodeRef::<Div>::new();
    let name = move || container.with(|container| text.log.label(&container.name));
    wrap_to_width(model, scroller);
    let on_key = move |event: ev::KeyboardEvent| {
        if event.code() == "End" && !event.is_composing() {
            model.follow(true);
            model.paint_now();
            event.prevent_default();
        }
    };
    view! {
        <toolbar::Toolbar model container scroller />
        {move || {
            model
                .failure
                .get()
                .map(|failure| {
                    view! {
                        <div class="det-failure">
                            <ErrorCard failure title=text.log.not_read()>
                                <Button on_press=move |()| {
                                    model.show_again();
                                }>{text.failures.try_again()}</Button>
                            </ErrorCard>
                        </div>
                    }
                })
        }}
        <div class="log-pane">
            <div
                class="log"
                class:log--wrap=move || model.wrap.get()
                class:log--no-time=move || !model.timestamps.get()
                role="log"
                aria-live="off"
                aria-label=name
                tabindex="0"
                node_ref=scroller
                on:keydown=on_key
            >
                <Ruler />
                <Rows model scroller />
            </div>
            <Nothing model container />
        </div>
        <foot::Foot model />
    }
}

/// What stands in place of rows while there are none.
#[component]
fn Nothing(model: LogModel, container: RwSignal<Container>) -> impl IntoView {
    let text = use_text().log;
    let empty = Memo::new(move |_| {
        model.caught_up.get()
            && model.stats.with(|stats| stats.empty)
            && model.failure.with(Option::is_none)
    });
    let words = move || {
        let created = container.with(|container| container.state == ContainerState::Created);
        if model.cleared.get() {
            (text.cleared_title(), text.cleared_text())
        } else if model.stream.get() != Stream::All {
            (text.none_of_stream(), "")
        } else if created {
            (text.empty_title(), text.empty_created())
        } else {
            (text.empty_title(), text.empty_text())
        }
    };
    view! {
        <Show when=move || empty.get()>
            <div class="log-empty">
                <Empty
                    title=Signal::derive(move || words().0.to_owned())
                    text=Signal::derive(move || words().1.to_owned())
                >
                    {move || {
                        model
                            .cleared
                            .get()
                            .then(|| {
                                view! {
                                    <Button on_press=move |()| {
                                        model.show_again();
                                    }>{text.show_again()}</Button>
                                }
                            })
                    }}
                </Empty>
            </div>
        </Show>
    }
}

/// How many letters the ruler is long.
const RULER: usize = 100;

/// A row that is not seen: what it measures says how many letters fit.
#[component]
fn Ruler() -> impl IntoView {
    view! {
        <div class="log-l log-ruler" aria-hidden="true">
            <span class="no"></span>
            <span class="ts"></span>
            <span class="er"></span>
            <span class="tx">
                <span>{"0".repeat(RULER)}</span>
            </span>
        </div>
    }
}

/// Lays long lines out to the width of the pane while they wrap.
fn wrap_to_width(model: LogModel, scroller: NodeRef<Div>) {
    let viewport = use_viewport(scroller);
    let width = Memo::new(move |_| viewport.get().width as i64);
    Effect::new(move |_| {
        // A memo is computed by being read; tracking alone would leave it asleep.
        width.get();
        model.timestamps.track();
        let wrap = model.wrap.get();
        let columns = scroller
            .get_untracked()
            .filter(|_| wrap)
            .and_then(|log| letters_per_row(&log));
        model.wrap_at(columns);
    });
}

fn letters_per_row(log: &web_sys::HtmlElement) -> Option<u32> {
    let text = log.query_selector(".log-ruler .tx").ok()??;
    let letters = text
        .first_element_child()?
        .get_bounding_client_rect()
        .width();
    let letter = letters / RULER as f64;
    (letter > 0.0).then(|| (f64::from(text.client_width()) / letter).floor().max(8.0) as u32)
}
