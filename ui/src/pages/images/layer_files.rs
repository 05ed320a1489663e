//! What one layer itself holds.

use gantry_view::Step;
use leptos::prelude::*;

use super::tree::FileTree;
use crate::{
    i18n::use_text,
    parts::{Digest, Empty, IconButton, Symbol},
};

/// `on_back` leads from the files to the layers where there is room for one only.
#[component]
pub fn LayerFiles(image: String, step: Step, #[prop(into)] on_back: Callback<()>) -> impl IntoView {
    let text = use_text();
    let words = text.images;
    let label = words.files_in(step.number);
    let size = step
        .layer
        .as_ref()
        .map(|layer| words.layer_size(&text.size(layer.size), layer.files));
    let digest = step
        .layer
        .as_ref()
        .map(|layer| view! { <Digest value=layer.diff_id.clone() /> });
    let content = match step.layer {
        Some(layer) if layer.files > 0 => {
            view! { <FileTree image diff_id=layer.diff_id label=label.clone() /> }.into_any()
        }
        _ => view! { <Empty title=words.no_files() text=words.no_files_text() /> }.into_any(),
    };
    view! {
        <section class="pane" aria-label=label data-pane="">
            <div class="pane-h">
                <span class="only-narrow">
                    <IconButton
                        symbol=Symbol::ChevronLeft
                        label=words.back_to_layers()
                        small=true
                        on_press=move |_| on_back.run(())
                    />
                </span>
                <span class="grow cut">
                    <span class="med">{words.layer(step.number)}</span>
                    " "
                    <span class="t3 sm">{size}</span>
                </span>
                {digest}
            </div>
            {content}
        </section>
    }
}
