//! Rows of one height, of which only those in sight are in the page once there are many.

use leptos::{html, prelude::*};

use super::viewport::{Viewport, use_viewport};

/// Lists up to this long are rendered whole.
const WHOLE_UP_TO: usize = 200;
/// Rows kept above and below what is in sight.
const MARGIN: usize = 8;

/// Renders `keys` in order, each by `row` with its index. `scroller` is the element that scrolls,
/// `row_height` the height of a row in pixels.
#[component]
pub fn VirtualRows(
    #[prop(into)] keys: Signal<Vec<String>>,
    scroller: NodeRef<html::Div>,
    #[prop(into)] row_height: Signal<f64>,
    row: Callback<(String, usize), AnyView>,
    /// The rows are `tr`s; otherwise they are blocks.
    #[prop(optional)]
    in_table: bool,
) -> impl IntoView {
    let viewport = use_viewport(scroller);
    let range = Memo::new(move |_| {
        let count = keys.with(Vec::len);
        if count <= WHOLE_UP_TO {
            return (0, count);
        }
        let Viewport { top, height, .. } = viewport.get();
        let row = row_height.get();
        let first = ((top / row) as usize).saturating_sub(MARGIN);
        let shown = (height / row).ceil() as usize + 2 * MARGIN;
        (first.min(count), (first + shown).min(count))
    });
    let in_sight = move || {
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
    let above = move || format!("height:{}px", range.get().0 as f64 * row_height.get());
    let below = move || {
        let rest = keys.with(Vec::len) - range.get().1.min(keys.with(Vec::len));
        format!("height:{}px", rest as f64 * row_height.get())
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
