//! The containers that were made from an image.

use gantry_view::{Container, Image};
use leptos::prelude::*;

use crate::{
    i18n::use_text,
    parts::{Empty, ImageName, Status},
    shell::{status_of, status_words},
    state::{Route, use_store},
};

#[component]
pub fn UsedBy(image: Memo<Option<Image>>) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let containers = Memo::new(move |_| {
        image.with(|image| {
            let ids = image
                .as_ref()
                .map(|image| image.used_by.clone())
                .unwrap_or_default();
            ids.iter()
                .filter_map(|id| store.containers.get(id))
                .collect::<Vec<Container>>()
        })
    });
    let row = move |container: Container| {
        let id = container.id.clone();
        let kind = status_of(&container, None);
        let word = status_words(text, &container, None);
        let Container {
            name,
            image: reference,
            ..
        } = container;
        view! {
            <a
                class="li li--1"
                href=format!("#/containers/{id}")
                data-test="used-by-row"
                on:click=move |event| {
                    event.prevent_default();
                    store.go(Route::container(&id));
                }
            >
                <span class="used-status"><Status kind>{word}</Status></span>
                <span class="med cut grow">{name}</span>
                <span class="t2 sm p4"><ImageName reference /></span>
            </a>
        }
    };
    move || {
        containers.with(|containers| {
            if containers.is_empty() {
                let words = text.images;
                return view! { <Empty title=words.unused_title() text=words.unused_text() /> }
                    .into_any();
            }
            let rows = containers.iter().cloned().map(row).collect_view();
            view! { <div class="list pad">{rows}</div> }.into_any()
        })
    }
}
