//! Rows of which only those in sight are in the page once there are many.

use std::ops::Range;

use leptos::{html, prelude::*};
use web_sys::HtmlElement;

use super::viewport::{Viewport, use_viewport};

/// Lists up to this long are rendered whole.
const WHOLE_UP_TO: usize = 100;
/// Rows kept above and below what is in sight.
const MARGIN: usize = 8;

/// How high rows are, in pixels.
#[derive(Debug, Clone, PartialEq)]
pub enum Heights {
    Same(f64),
    /// The top of each row and, at last, the bottom of them all.
    Each(Vec<f64>),
}

impl Heights {
    /// Rows of these heights, one below the other.
    pub fn each(heights: impl IntoIterator<Item = f64>) -> Self {
        let mut tops = vec![0.0];
        let mut bottom = 0.0;
        for height in heights {
            bottom += height;
            tops.push(bottom);
        }
        Self::Each(tops)
    }

    /// The top of a row; the bottom of the last where there is none.
    pub fn top(&self, row: usize) -> f64 {
        match self {
            Self::Same(height) => row as f64 * height,
            Self::Each(tops) => tops.get(row).or(tops.last()).copied().unwrap_or(0.0),
        }
    }

    /// The row at a height.
    fn at(&self, pixels: f64) -> usize {
        match self {
            Self::Same(height) => (pixels / height) as usize,
            Self::Each(tops) => tops.partition_point(|top| *top <= pixels).saturating_sub(1),
        }
    }

    /// Which of `count` rows are to be in the page.
    fn in_sight(&self, count: usize, top: f64, shown: f64) -> Range<usize> {
        if count <= WHOLE_UP_TO {
            return 0..count;
        }
        let first = self.at(top).saturating_sub(MARGIN);
        let end = self.at(top + shown) + 1 + MARGIN;
        first.min(count)..end.min(count)
    }

    /// Scrolls just as far as a row needs to be in sight.
    pub fn reveal(&self, scroller: &HtmlElement, row: usize) {
        let (top, shown) = (
            f64::from(scroller.scroll_top()),
            f64::from(scroller.client_height()),
        );
        // What stands around the rows of a list is no higher than this.
        const AROUND: f64 = 12.0;
        let (from, to) = (self.top(row), self.top(row + 1) + AROUND);
        if from < top {
            scroller.set_scroll_top(from as i32);
        } else if to > top + shown {
            scroller.set_scroll_top((to - shown).ceil() as i32);
        }
    }
}

/// Renders `keys` in order, each by `row` with its index. `scroller` is the element that scrolls.
#[component]
pub fn VirtualRows(
    #[prop(into)] keys: Signal<Vec<String>>,
    scroller: NodeRef<html::Div>,
    #[prop(into)] heights: Signal<Heights>,
    row: Callback<(String, usize), AnyView>,
    /// The rows are `tr`s; otherwise they are blocks.
    #[prop(optional)]
    in_table: bool,
) -> impl IntoView {
    let viewport = use_viewport(scroller);
    let range = Memo::new(move |_| {
        let count = keys.with(Vec::len);
        let Viewport { top, height, .. } = viewport.get();
        let Range { start, end } = heights.with(|heights| heights.in_sight(count, top, height));
        (start, end)
    });
    let in_sight = move || {
        // Read before the range, which asks for the keys itself: what hears of a change first there
        // does not hear of it here where as many rows are others.
        keys.with(Vec::len);
        let (first, end) = range.get();
        keys.with(|keys| {
            keys.iter()
                .enumerate()
                .take(end)
                .skip(first)
                .map(|(index, key)| (key.clone(), index))
                .collect::<Vec<_>>()
        })
    };
    let above = move || {
        let (first, _) = range.get();
        format!("height:{}px", heights.with(|heights| heights.top(first)))
    };
    let below = move || {
        let (_, end) = range.get();
        let count = keys.with(Vec::len);
        let rest = heights.with(|heights| heights.top(count) - heights.top(end.min(count)));
        format!("height:{rest}px")
    };
    view! {
        {spacer(in_table, above)}
        <For each=in_sight key=|(key, _)| key.clone() children=move |item| row.run(item) />
        {spacer(in_table, below)}
    }
}

/// Stands for the rows that are not in the page.
fn spacer(in_table: bool, style: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    if in_table {
        view! { <tr class="spacer" role="presentation" style=style></tr> }.into_any()
    } else {
        view! { <div role="presentation" style=style></div> }.into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::Heights;

    #[test]
    fn a_short_list_is_whole_and_a_long_one_is_what_is_seen() {
        let same = Heights::Same(40.0);
        assert_eq!(same.in_sight(100, 4000.0, 400.0), 0..100);
        assert_eq!(same.in_sight(500, 0.0, 400.0), 0..19);
        assert_eq!(same.in_sight(500, 10_000.0, 400.0), 242..269);
        assert_eq!(same.in_sight(500, 19_600.0, 400.0), 482..500);
    }

    #[test]
    fn rows_of_two_heights_stand_below_each_other() {
        let each = Heights::each((0..300).map(|row| if row % 3 == 0 { 30.0 } else { 20.0 }));
        assert_eq!((each.top(0), each.top(3), each.top(4)), (0.0, 70.0, 100.0));
        assert_eq!(each.top(1000), 7000.0);
        assert_eq!((each.at(0.0), each.at(69.0), each.at(70.0)), (0, 2, 3));
        assert_eq!(each.in_sight(300, 3500.0, 70.0), 142..162);
    }
}
