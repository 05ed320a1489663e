//! The sizes of an image, and how much of it is of use.

use gantry_view::{Image, Waste};
use leptos::prelude::*;

use crate::i18n::use_text;

/// `waste` is `None` until it was added up.
#[component]
pub fn Facts(image: Memo<Option<Image>>, waste: RwSignal<Option<Waste>>) -> impl IntoView {
    let text = use_text();
    let words = text.images;
    let fact = move |label: &'static str, hint: &'static str, read: fn(&Image) -> u64| {
        let bytes = move || image.with(|image| image.as_ref().map_or(0, read));
        view! {
            <div class="stat" title=hint>
                <dt>{label}</dt>
                <dd title=move || text.exact_bytes(bytes())>{move || text.size(bytes())}</dd>
            </div>
        }
    };
    let wasted = move || {
        let bytes = waste.with(|waste| waste.as_ref().map(Waste::wasted));
        let exact = bytes.map(|bytes| text.exact_bytes(bytes));
        let size = bytes.map_or_else(|| "…".to_owned(), |bytes| text.size(bytes));
        view! {
            <div class="stat" title=words.wasted_hint() data-test="image-wasted">
                <dt>{words.wasted()}</dt>
                <dd title=exact>{size}</dd>
            </div>
        }
    };
    let efficiency = move || {
        let share = waste.with(|waste| waste.as_ref().map(Waste::efficiency))?;
        Some(view! { <Efficiency percent=share * 100.0 /> })
    };
    view! {
        <dl class="stats image-facts">
            {fact(words.unpacked(), "", |image| image.size)}
            {fact(words.download(), "", |image| image.download_size)}
            {fact(words.only_this(), words.only_this_hint(), |image| image.unique_size)}
            {wasted}
            {efficiency}
        </dl>
    }
}

#[component]
fn Efficiency(percent: f64) -> impl IntoView {
    let label = use_text().images.efficiency();
    // All of it only where nothing is wasted.
    let shown = format!("{:.1}", (percent * 10.0).floor() / 10.0);
    let kind = if percent < 90.0 { "warn" } else { "ok" };
    view! {
        <div class="stat stat--meter p3" data-test="image-efficiency">
            <dt>
                {label} <b class="med push">{shown.clone()} " %"</b>
            </dt>
            <dd>
                <span
                    class=format!("prog prog--lg prog--{kind}")
                    style=format!("--p:{percent:.1}%")
                    role="meter"
                    aria-valuemin="0"
                    aria-valuemax="100"
                    aria-valuenow=shown
                    aria-label=label
                >
                    <i></i>
                </span>
            </dd>
        </div>
    }
}
