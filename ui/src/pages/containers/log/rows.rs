//! The rows in sight, recycled by serial: scrolling by one row makes one row.

use leptos::{html, prelude::*};

use super::{buffer::Line, layout::Row, model::LogModel};
use crate::{
    i18n::{LocalTime, Text, use_text},
    parts::Viewport,
    state::{Store, use_store},
};

/// The height of a text row at 100 % interface size.
const ROW: f64 = 18.6;
/// Text rows painted above and below what is in sight.
const MARGIN: u64 = 6;

/// The height of a text row in pixels, at the interface size in force.
pub fn row_height(store: Store) -> f64 {
    store
        .settings
        .with(|settings| ROW * f64::from(settings.scale) / 100.0)
}

/// A row ready to be drawn. Two that are equal look the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RowView {
    at: u64,
    serial: u64,
    height: u32,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Content {
    Quiet(i64),
    Line {
        number: Option<u64>,
        time: i64,
        stderr: bool,
        html: String,
    },
}

impl RowView {
    pub(super) fn quiet(at: u64, serial: u64, pause: i64) -> Self {
        Self {
            at,
            serial,
            height: 1,
            content: Content::Quiet(pause),
        }
    }

    pub(super) fn line(at: u64, row: &Row, line: &Line, html: String) -> Self {
        Self {
            at,
            serial: row.serial,
            height: row.height,
            content: Content::Line {
                number: (!line.continued).then_some(line.number),
                time: line.time,
                stderr: line.stderr,
                html,
            },
        }
    }
}

/// The scroller with its rows. Height and position are set in one go, not by signals: an effect
/// would come after the browser has clamped the new position to the old height.
#[component]
pub fn Rows(model: LogModel, scroller: NodeRef<html::Div>) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let space = NodeRef::<html::Div>::new();
    let shown = RwSignal::new(Vec::<RowView>::new());
    // Where the view was last put by us: anything above that is the reader's own doing.
    let auto = StoredValue::new(0.0_f64);
    let paint = move || {
        let (Some(element), Some(space)) = (scroller.get_untracked(), space.get_untracked()) else {
            return;
        };
        let row = untrack(|| row_height(store));
        let total = model.with(|kept| kept.layout.total());
        let height = format!("{}px", total as f64 * row);
        // A style of our own element takes any length.
        let _ = web_sys::HtmlElement::style(&space).set_property("height", &height);
        let let_go = model.take_let_go();
        if model.following.get_untracked() {
            element.set_scroll_top(element.scroll_height());
            auto.set_value(f64::from(element.scroll_top()));
        } else if let_go > 0 {
            let top = f64::from(element.scroll_top()) - let_go as f64 * row;
            element.set_scroll_top(top.max(0.0).round() as i32);
        }
        let viewport = Viewport::of(&element);
        let first = ((viewport.top / row) as u64).saturating_sub(MARGIN);
        let count = (viewport.height / row).ceil() as u64 + 2 * MARGIN;
        let rows = model.with(|kept| kept.rows(first, count));
        if shown.with_untracked(|known| *known != rows) {
            shown.set(rows);
        }
    };
    Effect::new(move |_| {
        model.paint.track();
        paint();
    });
    let viewport = crate::parts::use_viewport(scroller);
    Effect::new(move |_| {
        let now = viewport.get();
        let Some(element) = scroller.get_untracked() else {
            return;
        };
        let end = f64::from(element.scroll_height()) - now.height;
        if now.top >= end - 2.0 {
            model.following.set(true);
            model.unseen.set(0);
        } else if now.top < auto.get_value() - 2.0 {
            model.following.set(false);
        }
        paint();
    });
    let row_view = move |row: RowView| view! { <RowLine row row_height=row_height(store) text /> };
    view! {
        <div class="log-space" node_ref=space>
            <For each=move || shown.get() key=Clone::clone children=row_view />
        </div>
    }
}

#[component]
fn RowLine(row: RowView, row_height: f64, text: Text) -> impl IntoView {
    let style = format!(
        "top:{}px;height:{}px",
        row.at as f64 * row_height,
        f64::from(row.height) * row_height
    );
    match row.content {
        Content::Quiet(pause) => view! {
            <div class="log-mark" style=style>
                <span>{text.log.quiet(&text.span(pause))}</span>
            </div>
        }
        .into_any(),
        Content::Line {
            number,
            time,
            stderr,
            html,
        } => {
            let local = LocalTime::new(time);
            view! {
                <div
                    class="log-l"
                    style=style
                    data-e=stderr.then_some("")
                    title=stderr.then_some("stderr")
                >
                    <span class="no">{number}</span>
                    <span class="ts" title=text.log.utc(&local.utc())>
                        {local.clock()}
                    </span>
                    <span class="er">{stderr.then(|| text.log.err())}</span>
                    <span class="tx" inner_html=html></span>
                </div>
            }
            .into_any()
        }
    }
}
