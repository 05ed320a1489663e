//! What a search within an image found.

use std::time::Duration;

use gantry_view::{Failure, Found, Hit, SearchImage};
use leptos::{ev, html, prelude::*, task::spawn_local};

use super::layer_files::View;
use crate::{
    backend,
    i18n::use_text,
    pages::files::{Chosen, Source, row_height},
    parts::{Empty, ErrorCard, Heights, VirtualRows},
    state::use_store,
};

/// The engine is asked once the typing rests.
const REST: Duration = Duration::from_millis(200);
type Answer = Option<Result<Found, Failure>>;

#[component]
pub fn Hits(source: Source, chosen: RwSignal<Chosen>, view: View) -> impl IntoView {
    let text = use_text();
    let words = text.images;
    let store = use_store();
    let answer = RwSignal::new(Answer::None);
    follow(source, view.query, answer);
    let scroller = NodeRef::<html::Div>::new();
    let heights = Memo::new(move |_| Heights::Same(row_height(store)));
    let hits = Memo::new(move |_| {
        answer.with(|answer| match answer {
            Some(Ok(found)) => found.hits.clone(),
            _ => Vec::new(),
        })
    });
    let paths = |hits: &Vec<Hit>| hits.iter().map(|hit| hit.path.clone()).collect::<Vec<_>>();
    let keys = Memo::new(move |_| hits.with(paths));
    let choose = move |at: usize| {
        let hit = hits.with_untracked(|hits| hits.get(at).cloned());
        chosen.set(hit.map(|hit| (hit.path, hit.entry)));
        if let Some(element) = scroller.get_untracked() {
            heights.with_untracked(|heights| heights.reveal(&element, at));
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let path = chosen.with_untracked(|chosen| chosen.as_ref().map(|(path, _)| path.clone()));
        let at = keys.with_untracked(|keys| keys.iter().position(|key| Some(key) == path.as_ref()));
        let last = keys.with_untracked(Vec::len).saturating_sub(1);
        match event.code().as_str() {
            "ArrowDown" => choose(at.map_or(0, |at| (at + 1).min(last))),
            "ArrowUp" => choose(at.map_or(0, |at| at.saturating_sub(1))),
            "Home" => choose(0),
            "End" => choose(last),
            _ => return,
        }
        event.prevent_default();
    };
    let row = Callback::new(move |(path, at): (String, usize)| {
        let Some(hit) = hits.with_untracked(|hits| hits.get(at).cloned()) else {
            return ().into_any();
        };
        let own = path.clone();
        let is_chosen =
            move || chosen.with(|chosen| chosen.as_ref().is_some_and(|(chosen, _)| *chosen == own));
        view! {
            <div
                class="tree-row"
                role="option"
                aria-selected=move || is_chosen().to_string()
                title=path.clone()
                on:click=move |_| choose(at)
                data-test="layer-hit"
            >
                <span class="nm cut">{path.clone()}</span>
                <span class="sz">{text.size(hit.entry.size)}</span>
                <span class="t3 xs fix">
                    {words.layer(view.step_of_layer.run(hit.entry.layer))}
                </span>
            </div>
        }
        .into_any()
    });
    let note = move || {
        Some(match answer.get()? {
            Ok(found) if found.hits.is_empty() => {
                view! { <Empty title=words.nothing_found() text=words.nothing_found_text() /> }
                    .into_any()
            }
            Ok(found) if found.more > 0 => {
                view! { <p class="hint pad">{words.more_hits(found.more)}</p> }.into_any()
            }
            Ok(_) => return None,
            Err(failure) => view! {
                <div class="pad">
                    <ErrorCard failure />
                </div>
            }
            .into_any(),
        })
    };
    view! {
        <div
            class="tree layer-tree"
            role="listbox"
            aria-label=words.hits()
            tabindex="0"
            node_ref=scroller
            aria-busy=move || answer.with(Option::is_none).then_some("true")
            on:keydown=on_key
            data-test="layer-hits"
        >
            <VirtualRows keys scroller heights row />
            {note}
        </div>
    }
}

/// Asks whenever the text has come to rest; an answer to an older text is thrown away.
fn follow(source: Source, query: RwSignal<String>, answer: RwSignal<Answer>) {
    let Source::Layer { image, layer, .. } = source else {
        return;
    };
    Effect::new(move |_| {
        let (text, image) = (query.get(), image.clone());
        let ask = move || {
            if query.try_get_untracked().as_ref() != Some(&text) {
                return;
            }
            spawn_local(async move {
                let request = SearchImage {
                    image,
                    text: text.trim().to_owned(),
                    layer: Some(layer),
                };
                let found = backend::call(&request).await;
                if query.try_get_untracked() == Some(text) {
                    let _ = answer.try_set(Some(found));
                }
            });
        };
        set_timeout(ask, REST);
    });
}
