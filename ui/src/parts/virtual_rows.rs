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
        <tr class="spacer" role="presentation" style=above></tr>
        <For each=in_sight key=|(key, _)| key.clone() children=move |item| row.run(item) />
        <tr class="spacer" role="presentation" style=below></tr>
    }
}
