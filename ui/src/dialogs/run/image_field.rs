//! The image: typed, or chosen from those of this computer.

use std::time::Duration;

use gantry_view::Image;
use leptos::{ev, prelude::*};

use super::{checks::Chosen, form::Form};
use crate::{
    i18n::use_text,
    parts::{Icon, IconSize, ImageName, Symbol},
};

/// More would not be read; typing narrows them.
const OFFERED: usize = 8;

/// An offer: the name, its size, and whether it can run here.
#[derive(Clone, PartialEq)]
struct Offer {
    reference: String,
    size: u64,
    runnable: bool,
}

#[component]
pub fn ImageField(form: Form) -> impl IntoView {
    let text = use_text();
    let words = text.run;
    let open = RwSignal::new(false);
    let at = RwSignal::new(0_usize);
    // What was chosen is shown whole; only what was typed since narrows the offers.
    let narrowing = RwSignal::new(false);
    let offers = Memo::new(move |_| {
        let query = if narrowing.get() {
            form.image.with(|typed| typed.trim().to_lowercase())
        } else {
            String::new()
        };
        let mut found: Vec<Offer> = Vec::new();
        form.store
            .images
            .for_each(|image| found.extend(offers_of(image, &query)));
        found.sort_by(|a, b| (!a.runnable, &a.reference).cmp(&(!b.runnable, &b.reference)));
        found.truncate(OFFERED);
        found
    });
    let show = move || {
        narrowing.set(false);
        at.set(0);
        open.set(true);
    };
    let choose = move |reference: String| {
        form.image.set(reference);
        open.set(false);
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let count = offers.with_untracked(Vec::len);
        match (event.key().as_str(), open.get_untracked()) {
            ("ArrowDown", false) => show(),
            ("ArrowDown", true) => at.update(|at| *at = (*at + 1).min(count.saturating_sub(1))),
            ("ArrowUp", true) => at.update(|at| *at = at.saturating_sub(1)),
            ("Enter", true) if !event.ctrl_key() => {
                let offer = offers.with_untracked(|offers| offers.get(at.get_untracked()).cloned());
                if let Some(offer) = offer {
                    choose(offer.reference);
                }
            }
            ("Escape", true) => {
                open.set(false);
                event.stop_propagation();
            }
            _ => return,
        }
        event.prevent_default();
    };
    let typed = move |event: ev::Event| {
        form.image.set(event_target_value(&event));
        narrowing.set(true);
        at.set(0);
        open.set(true);
    };
    // A press on an offer takes the focus away first; it must still be there to be pressed.
    let left = move |_| {
        set_timeout(
            move || {
                let _ = open.try_set(false);
            },
            Duration::from_millis(150),
        );
    };
    let offer = move |(index, offer): (usize, Offer)| {
        let reference = offer.reference.clone();
        view! {
            <div
                class="opt"
                role="option"
                id=format!("run-image-{index}")
                aria-selected=move || (at.get() == index).to_string()
                data-test="run-image-option"
                on:pointerdown=move |event| {
                    event.prevent_default();
                    choose(reference.clone());
                }
                on:pointerenter=move |_| at.set(index)
            >
                <ImageName reference=offer.reference />
                <span class="end sm t3 nowrap">
                    {if offer.runnable { text.size(offer.size) } else { words.image_foreign().to_owned() }}
                </span>
            </div>
        }
    };
    view! {
        <div class="field">
            <label for="run-image">{words.image()}</label>
            <div class="affix">
                <Icon symbol=Symbol::Layers size=IconSize::Small />
                <input
                    id="run-image"
                    class="input input--mono run-image"
                    role="combobox"
                    aria-autocomplete="list"
                    aria-expanded=move || open.get().to_string()
                    aria-controls="run-images"
                    aria-activedescendant=move || open.get().then(|| format!("run-image-{}", at.get()))
                    placeholder=words.image_hint()
                    spellcheck="false"
                    autocomplete="off"
                    data-autofocus=form.image.with_untracked(String::is_empty).then_some("")
                    data-test="run-image"
                    disabled=move || form.keeps.get()
                    prop:value=move || form.image.get()
                    on:input=typed
                    on:click=move |_| show()
                    on:blur=left
                    on:keydown=on_key
                />
                <StateBadge form />
                <Show when=move || open.get() && offers.with(|offers| !offers.is_empty())>
                    <div class="menu offers" id="run-images" role="listbox" aria-label=words.images()>
                        {move || offers.get().into_iter().enumerate().map(offer).collect_view()}
                    </div>
                </Show>
            </div>
            {move || {
                let fault = form.image_fault(text)?;
                let typed = form.image.with(|typed| !typed.trim().is_empty());
                (typed && !open.get())
                    .then(|| view! { <span class="hint hint--bad" role="status">{fault}</span> })
            }}
        </div>
    }
}

fn offers_of(image: &Image, query: &str) -> Vec<Offer> {
    let names = if image.tags.is_empty() {
        std::slice::from_ref(&image.id)
    } else {
        &image.tags
    };
    let fits = |name: &&String| name.to_lowercase().contains(query);
    names
        .iter()
        .filter(fits)
        .map(|name| Offer {
            reference: name.clone(),
            size: image.size,
            runnable: image.runnable,
        })
        .collect()
}

/// Whether the image is here, at the end of the field.
#[component]
fn StateBadge(form: Form) -> impl IntoView {
    let words = use_text().run;
    move || {
        if form.keeps.get() {
            return None;
        }
        let (class, symbol, word) = match form.chosen() {
            Chosen::Nothing => return None,
            Chosen::Here(_) => ("badge badge--ok", Symbol::Check, words.image_here()),
            Chosen::Missing => ("badge badge--bad", Symbol::X, words.image_missing()),
            Chosen::Foreign(_) => (
                "badge badge--warn",
                Symbol::TriangleAlert,
                words.image_foreign(),
            ),
        };
        Some(view! {
            <span class=format!("affix-end {class}") data-test="run-image-state">
                <Icon symbol />
                <span class="p3">{word}</span>
            </span>
        })
    }
}
