//! Ticks the images to add to an export.

use std::collections::BTreeSet;

use gantry_view::Image;
use leptos::prelude::*;

use super::plan::Plan;
use crate::{
    i18n::use_text,
    parts::{Button, ButtonKind, Checkbox, Dialog, FilterField, ImageName, Ticked, use_layers},
    state::use_store,
};

/// An image by the name that it would be exported as.
fn reference(image: &Image) -> String {
    image.tags.first().unwrap_or(&image.id).clone()
}

#[component]
pub fn PickDialog(plan: Plan) -> impl IntoView {
    let text = use_text();
    let words = text.export;
    let (store, layers) = (use_store(), use_layers());
    let query = RwSignal::new(String::new());
    let ticked = RwSignal::new(BTreeSet::<String>::new());
    let there = untrack(|| plan.images());
    let shown = Memo::new(move |_| {
        let query = query.with(|query| query.trim().to_lowercase());
        let mut found: Vec<(String, u64)> = store
            .images
            .filtered(|image| {
                !image
                    .tags
                    .iter()
                    .chain([&image.id])
                    .any(|name| there.contains(name))
            })
            .iter()
            .map(|image| (reference(image), image.size))
            .filter(|(name, _)| name.to_lowercase().contains(&query))
            .collect();
        found.sort();
        found
    });
    let toggle = move |name: &str| {
        ticked.update(|ticked| {
            if !ticked.remove(name) {
                ticked.insert(name.to_owned());
            }
        });
    };
    let row = move |(name, size): (String, u64)| {
        let (to_press, to_toggle, own) = (name.clone(), name.clone(), name.clone());
        let is_ticked =
            Signal::derive(move || Ticked::from(ticked.with(|ticked| ticked.contains(&own))));
        view! {
            <div class="li li--1 pick-row" data-test="pick-image" on:click=move |_| toggle(&to_press)>
                <Checkbox ticked=is_ticked label=name.clone() on_toggle=move |_| toggle(&to_toggle) />
                <ImageName reference=name />
                <span class="push sm t2 nowrap">{text.size(size)}</span>
            </div>
        }
    };
    let blocked = Signal::derive(move || {
        ticked
            .with(BTreeSet::is_empty)
            .then(|| words.pick_first().to_owned())
    });
    let add = move || {
        plan.add(ticked.get_untracked().into_iter().collect());
        layers.close_dialog();
    };
    let footer = move || {
        view! {
            <Button on_press=move |()| layers.close_dialog()>{text.common.cancel()}</Button>
            <Button
                kind=ButtonKind::Primary
                disabled=blocked
                on_press=move |()| add()
                {..}
                data-test="pick-go"
            >
                {move || words.pick_add(ticked.with(BTreeSet::len).max(1))}
            </Button>
        }
    };
    view! {
        <Dialog title=words.pick_title() width="28rem" bare=true footer>
            <div class="pick-filter">
                <FilterField value=query label=words.pick_filter() width="100%" />
            </div>
            <div class="list pick-list">
                <For each=move || shown.get() key=|(name, _)| name.clone() children=row />
                <Show when=move || shown.with(Vec::is_empty) && query.with(String::is_empty)>
                    <p class="hint pick-none">{words.pick_none()}</p>
                </Show>
            </div>
        </Dialog>
    }
}
