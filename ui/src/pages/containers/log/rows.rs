//! The rows in sight, and what is in sight: where the reader has scrolled to, or has to get.

use leptos::{html, prelude::*};

use super::{
    model::{Goal, LogModel},
    scale::Scale,
    sheet::{Look, Sheet},
};
use crate::{
    i18n::use_text,
    state::{Store, use_store},
};

/// The height of a text row at 100 % interface size.
const ROW: f64 = 18.6;
/// Text rows painted above and below what is in sight.
const MARGIN: u64 = 6;
/// The space before the first row and behind the last at 100 % interface size.
const PAD: f64 = 6.0;

/// The height of a text row in pixels, at the interface size in force.
pub fn row_height(store: Store) -> f64 {
    store.pixels(ROW)
}

fn pad(row: f64) -> f64 {
    PAD * row / ROW
}

/// Rows are placed from a row of their neighbourhood on: a browser places nothing beyond some
/// thirty million pixels.
const NEIGHBOURHOOD: u64 = 4096;

/// The scroller with its rows. Heights and positions are set in one go, not by signals: an effect
/// would come after the browser has clamped the new position to the old height.
#[component]
pub fn Rows(model: LogModel, scroller: NodeRef<html::Div>) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let space = NodeRef::<html::Div>::new();
    let sheet = NodeRef::<html::Div>::new();
    let drawn = StoredValue::new_local(Sheet::default());
    // Where the scroller was put by us: anything else is the reader's own doing.
    let put = StoredValue::new(0.0_f64);
    // The top of what is seen, in pixels of the log.
    let top = StoredValue::new(0.0_f64);
    let scale = move |element: &web_sys::HtmlElement, row: f64| Scale {
        total: model.with(|kept| kept.layout.total()) as f64 * row + 2.0 * pad(row),
        shown: f64::from(element.client_height()),
    };
    let paint = move || {
        let (Some(element), Some(space), Some(sheet)) = (
            scroller.get_untracked(),
            space.get_untracked(),
            sheet.get_untracked(),
        ) else {
            return;
        };
        let row = untrack(|| row_height(store));
        let scale = scale(&element, row);
        let goal = model.take_goal();
        top.set_value(aim(model, scale, row, goal));
        let now = top.get_value();
        set_style(&space, "height", scale.space());
        let scroll = f64::from(element.scroll_top());
        let wanted = match goal {
            Some(_) => scale.scroll(now),
            None => scale.settled(now, scroll),
        };
        if (wanted - scroll).abs() >= 1.5 {
            element.set_scroll_top(wanted.round() as i32);
        }
        put.set_value(f64::from(element.scroll_top()));

        let first = ((now - pad(row)) / row) as u64;
        let count = (scale.shown / row).ceil() as u64;
        let rows = first.saturating_sub(MARGIN)..first + count + MARGIN;
        let base = rows.start / NEIGHBOURHOOD * NEIGHBOURHOOD;
        let above = put.get_value() - now + pad(row);
        set_style(&sheet, "top", above + base as f64 * row);
        let rows = model.with(|kept| kept.rows(rows));
        let look = Look {
            base,
            row_height: row,
            text,
        };
        drawn.update_value(|drawn| drawn.draw(&sheet, look, rows));
        let seen = model.with(|kept| kept.layout.at(first)..kept.layout.at(first + count) + 1);
        let ahead = count;
        model.look_at(seen.start.saturating_sub(ahead)..seen.end + ahead);
        let line = model.with(|kept| {
            let above = now - kept.layout.top(seen.start) as f64 * row;
            Some((kept.line_at(seen.start)?, above))
        });
        // Nothing is known of the log before its first news.
        if let Some((line, above)) = line.filter(|_| model.caught_up.get_untracked()) {
            model.stand(line, above);
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
        let before = put.get_value();
        if (now.top - before).abs() >= 1.5 {
            let row = untrack(|| row_height(store));
            let scale = scale(&element, row);
            let seen = scale.scrolled(top.get_value(), before, now.top);
            let (line, above) = model.with(|kept| {
                let position = kept.layout.at(((seen - pad(row)) / row) as u64);
                let above = seen - kept.layout.top(position) as f64 * row;
                (kept.line_at(position), above)
            });
            model.follow(seen >= scale.last_top() - 2.0);
            model.stand(line.unwrap_or(0), above);
            top.set_value(seen);
        }
        paint();
    });
    view! {
        <div class="log-space" node_ref=space>
            <div class="log-sheet" node_ref=sheet></div>
        </div>
    }
}

/// The top of what is to be seen: the end, what the reader wants to see, or the line where the
/// reader is.
fn aim(model: LogModel, scale: Scale, row: f64, goal: Option<Goal>) -> f64 {
    let place = model.place();
    let of_line = |line: u64| model.with(|kept| kept.layout.top(kept.position(line))) as f64 * row;
    let here = if place.following {
        scale.last_top()
    } else {
        of_line(place.line) + place.above
    };
    let wanted = match goal {
        Some(Goal::Top(line)) => of_line(line),
        Some(Goal::Sight(line)) => {
            let line = of_line(line);
            let in_sight = line >= here && line + row <= here + scale.shown;
            if in_sight {
                here
            } else {
                model.follow(false);
                line - scale.shown / 2.0
            }
        }
        None => here,
    };
    wanted.clamp(0.0, scale.last_top())
}

fn set_style(element: &web_sys::HtmlElement, name: &str, pixels: f64) {
    // A style of our own element takes any length.
    let style = web_sys::HtmlElement::style(element);
    let _ = style.set_property(name, &format!("{pixels}px"));
}
