//! Search, streams, and how the log is shown.

use gantry_view::{Container, HostKind, PickSavePath, SaveLog};
use leptos::{ev, html, prelude::*, task::spawn_local};

use super::{model::LogModel, sequence::Stream, time_field::TimeField};
use crate::{
    backend::{self, Download},
    i18n::use_text,
    parts::{Icon, IconButton, IconSize, Segment, Segmented, Symbol},
    state::{Outcome, Store, use_store},
};

#[component]
pub fn Toolbar(
    model: LogModel,
    container: RwSignal<Container>,
    scroller: NodeRef<html::Div>,
) -> impl IntoView {
    let text = use_text().log;
    let store = use_store();
    let errors = Signal::derive(move || model.stats.with(|stats| stats.errors));
    let streams = vec![
        Segment::new(Stream::All, text.all()),
        Segment::new(Stream::Output, text.output()),
        Segment::new(Stream::Errors, text.errors()).count(errors),
    ];
    let save = move |_| {
        let container = container.get_untracked();
        spawn_local(
            async move { save_log(store, container, model.timestamps.get_untracked()).await },
        );
    };
    view! {
        <div class="bar log-bar">
            <SearchField model scroller />
            <Segmented
                label=text.stream()
                segments=streams
                value=model.stream
                on_choose=move |stream| model.show(stream)
            />
            <span class="push"></span>
            <TimeField model scroller />
            <IconButton
                symbol=Symbol::Clock
                label=text.timestamps()
                pressed=Signal::derive(move || Some(model.timestamps.get()))
                on_press=move |_| model.show_timestamps(!model.timestamps.get_untracked())
            />
            <IconButton
                symbol=Symbol::WrapText
                label=text.wrap()
                pressed=Signal::derive(move || Some(model.wrap.get()))
                on_press=move |_| model.set_wrap(!model.wrap.get_untracked())
            />
            <IconButton symbol=Symbol::Download label=text.save() on_press=save />
            <IconButton symbol=Symbol::Eraser label=text.clear() on_press=move |_| model.clear() />
        </div>
    }
}

#[component]
fn SearchField(model: LogModel, scroller: NodeRef<html::Div>) -> impl IntoView {
    let text = use_text().log;
    let typed = move |event| model.search(event_target_value(&event));
    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "Enter" => model.next_hit(!event.shift_key()),
            "Escape" if model.query.with_untracked(String::is_empty) => {
                let _ = scroller.get_untracked().map(|log| log.focus());
            }
            "Escape" => model.search(String::new()),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let count = move || {
        let (now, all) = model.stats.with(|stats| stats.hits);
        if model.not_regex.get() {
            text.not_regex().to_owned()
        } else if all == 0 {
            let searching = model.searching.get();
            let words = if searching {
                text.searching()
            } else {
                text.no_hits()
            };
            words.to_owned()
        } else {
            text.hits(now, all)
        }
    };
    let searching = move || model.query.with(|query| !query.is_empty());
    view! {
        <label class="affix log-search" data-on=move || searching().then_some("")>
            <Icon symbol=Symbol::Search size=IconSize::Small />
            <input
                class="input"
                type="search"
                aria-label=text.search()
                placeholder=text.search()
                data-search=""
                spellcheck="false"
                autocomplete="off"
                aria-invalid=move || model.not_regex.get().then_some("true")
                prop:value=move || model.query.get()
                on:input=typed
                on:keydown=on_key
            />
            <span class="affix-end row steps">
                <Show when=searching>
                    <span class="sm t2 nowrap log-hits" aria-live="polite">
                        {count}
                    </span>
                    <IconButton
                        symbol=Symbol::ChevronUp
                        label=text.previous()
                        small=true
                        on_press=move |_| model.next_hit(false)
                    />
                    <IconButton
                        symbol=Symbol::ChevronDown
                        label=text.next()
                        small=true
                        on_press=move |_| model.next_hit(true)
                    />
                </Show>
                <IconButton
                    symbol=Symbol::Regex
                    label=text.regex()
                    small=true
                    small_icon=true
                    pressed=Signal::derive(move || Some(model.regex.get()))
                    on_press=move |_| model.search_by_regex(!model.regex.get_untracked())
                />
            </span>
        </label>
    }
}

async fn save_log(store: Store, container: Container, timestamps: bool) {
    let text = store.text();
    let id = container.id;
    if store
        .host
        .with_untracked(|host| host.kind == HostKind::Browser)
    {
        let what = Download::Log {
            container: &id,
            timestamps,
        };
        if let Err(failure) = backend::download(&what) {
            store.report(Outcome::Failed, text.log.not_saved().to_owned(), None);
            leptos::logging::error!("{failure}");
        }
        return;
    }
    let ask = PickSavePath {
        title: text.log.save().trim_end_matches('…').to_owned(),
        suggested: format!("{}.log", container.name),
    };
    let saved = match backend::call(&ask).await {
        Ok(None) => return,
        Ok(Some(path)) => {
            let request = SaveLog {
                id,
                path,
                timestamps,
            };
            backend::call(&request).await
        }
        Err(failure) => Err(failure),
    };
    match saved {
        Ok(bytes) => store.report(Outcome::Done, text.log.saved(&text.size(bytes)), None),
        Err(failure) => {
            let what = format!("{}: {}", text.log.not_saved(), text.failures.what(&failure));
            store.report(Outcome::Failed, what, None);
        }
    }
}
