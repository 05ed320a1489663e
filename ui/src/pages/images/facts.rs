//! The sizes of an image.

use gantry_view::Image;
use leptos::prelude::*;

use crate::i18n::use_text;

#[component]
pub fn Facts(image: Memo<Option<Image>>) -> impl IntoView {
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
    view! {
        <dl class="stats image-facts">
            {fact(words.unpacked(), "", |image| image.size)}
            {fact(words.download(), "", |image| image.download_size)}
            {fact(words.only_this(), words.only_this_hint(), |image| image.unique_size)}
        </dl>
    }
}
