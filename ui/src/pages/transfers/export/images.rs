//! The images that the file will hold.

use leptos::prelude::*;

use super::{picker::PickDialog, plan::Plan};
use crate::{
    i18n::use_text,
    parts::{Button, ButtonKind, ButtonSize, IconButton, ImageName, Symbol, use_layers},
    state::use_store,
};

#[component]
pub fn Chosen(plan: Plan) -> impl IntoView {
    let text = use_text();
    let words = text.export;
    let layers = use_layers();
    let add = move || layers.open_dialog(move || view! { <PickDialog plan /> });
    let count = move || words.images(plan.images().len());
    view! {
        <div class="col chosen">
            <div class="row chosen-h">
                <span class="label">{count}</span>
                <span class="push"></span>
                <Button
                    kind=ButtonKind::Quiet
                    size=ButtonSize::Small
                    icon=Symbol::Plus
                    on_press=move |()| add()
                    {..}
                    data-test="export-add"
                >
                    {words.add()}
                </Button>
            </div>
            <For
                each=move || plan.images()
                key=Clone::clone
                children=move |reference| view! { <Row plan reference /> }
            />
            <Show when=move || plan.images().is_empty()>
                <p class="hint chosen-none">{words.none_chosen()}</p>
            </Show>
        </div>
    }
}

#[component]
fn Row(plan: Plan, reference: String) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let wanted = reference.clone();
    let size = Memo::new(move |_| {
        let fits = |image: &gantry_view::Image| image.id == wanted || image.tags.contains(&wanted);
        store.images.filtered(fits).pop().map(|image| image.size)
    });
    let label = text.export.leave_out(&reference);
    let to_leave = reference.clone();
    view! {
        <div class="row chosen-row" data-test="export-image-row">
            <ImageName reference />
            <span class="push sm t2 nowrap">{move || size.get().map(|size| text.size(size))}</span>
            <IconButton
                symbol=Symbol::X
                label
                small=true
                on_press=move |_| plan.leave_out(&to_leave)
            />
        </div>
    }
}
