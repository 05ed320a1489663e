//! Progress: a rail, a load, a trolley.

use leptos::prelude::*;

/// `share` runs from 0 to 1; `None` is for waiting on others.
#[component]
pub fn Progress(
    #[prop(into)] share: Signal<Option<f64>>,
    #[prop(optional)] large: bool,
    #[prop(into)] label: String,
) -> impl IntoView {
    let class = move || {
        let size = if large { " prog--lg" } else { "" };
        let waiting = if share.with(Option::is_none) {
            " prog--ind"
        } else {
            ""
        };
        format!("prog{size}{waiting}")
    };
    let percent = move || share.get().map(|share| share.clamp(0.0, 1.0) * 100.0);
    view! {
        <span
            class=class
            role="progressbar"
            aria-label=label
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || percent().map(|percent| format!("{percent:.0}"))
            style=move || percent().map(|percent| format!("--p:{percent:.1}%"))
        >
            <i></i>
        </span>
    }
}
