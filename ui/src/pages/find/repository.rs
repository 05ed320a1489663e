//! One repository: what it is, its tags, and what would be pulled.

use leptos::{ev, prelude::*};

use super::{
    NoAnswer,
    asked::{Answer, More},
    finder::Finder,
    name::short_name,
    offer::Offer,
    tags::{TagTable, focus_tags, rows},
};
use crate::{
    dialogs::registry_of,
    i18n::use_text,
    pages::containers::open_url,
    parts::{Button, ButtonSize, ErrorCard, FilterField, Icon, IconSize, Symbol},
    state::use_store,
};

#[component]
pub fn Repository(finder: Finder) -> impl IntoView {
    let words = use_text().find;
    let open = Memo::new(move |_| finder.open());
    let filter = RwSignal::new(String::new());
    Effect::new(move |_| {
        open.track();
        filter.set(String::new());
    });
    let shown = Memo::new(move |_| {
        let filter = filter.get();
        finder.tags.answer().with(|tags| {
            let tags = tags.got().map_or(&[][..], |tags| &tags.tags);
            rows(tags, &filter)
        })
    });
    let state = move || {
        finder.tags.answer().with(|answer| match answer {
            Answer::Failed(failure) => {
                let (title, failure) = (words.no_tags_told().to_owned(), failure.clone());
                view! { <NoAnswer finder failure title test="tags-failed" /> }.into_any()
            }
            Answer::Waiting => {
                view! { <p class="sm t3 find-state">{words.asking_tags()}</p> }.into_any()
            }
            Answer::Got(tags) if tags.tags.is_empty() => {
                view! { <p class="sm t3 find-state">{words.no_tags()}</p> }.into_any()
            }
            Answer::Got(tags) => {
                let more = tags.next.is_some();
                let nothing = shown.with(Vec::is_empty);
                view! {
                    {nothing.then(|| view! { <p class="sm t3 find-state">{words.no_such_tag()}</p> })}
                    {more.then(|| view! { <MoreTags finder /> })}
                }
                .into_any()
            }
            Answer::None => ().into_any(),
        })
    };
    // How many there are is known once all are here.
    let filter_label = Signal::derive(move || {
        finder.tags.answer().with(|tags| match tags.got() {
            Some(tags) if tags.next.is_none() && !tags.tags.is_empty() => {
                words.filter_counted(tags.tags.len())
            }
            _ => words.filter_tags().to_owned(),
        })
    });
    view! {
        <section class="pane" aria-label=words.repository_label() data-pane="">
            {move || open.get().map(|name| view! { <Heading finder name /> })}
            <div class="bar find-bar">
                <FilterField value=filter label=filter_label width="12rem" on_leave=move |()| focus_tags() />
                <PlatformChoice finder />
            </div>
            <div class="body">
                <Show when=move || !shown.with(Vec::is_empty)>
                    <TagTable finder rows=shown />
                </Show>
                {state}
            </div>
            <Offer finder />
        </section>
    }
}

#[component]
fn Heading(finder: Finder, name: String) -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    let official = Memo::new(move |_| finder.open_row().is_some_and(|row| row.official));
    // Where Docker Hub tells more about it.
    let page = registry_of(&name).is_none().then(|| {
        let folder = if name.contains('/') { "r" } else { "_" };
        let place = format!("hub.docker.com/{folder}/{name}");
        let address = format!("https://{place}");
        let href = address.clone();
        let press = move |event: ev::MouseEvent| {
            event.prevent_default();
            open_url(store, address.clone());
        };
        view! {
            <a class="row row--tight sm nowrap p4" href=href on:click=press>
                {place}
                <Icon symbol=Symbol::ExternalLink size=IconSize::Small />
            </a>
        }
    });
    view! {
        <div class="det-h find-h">
            <div class="row">
                <h2 class="cut" title=name.clone() data-test="find-repository">
                    {short_name(&name).to_owned()}
                </h2>
                <Show when=move || official.get()>
                    <span class="badge badge--water fix">
                        <Icon symbol=Symbol::BadgeCheck />
                        {words.official_image()}
                    </span>
                </Show>
                <span class="push"></span>
                {page}
            </div>
        </div>
    }
}

/// This computer's platform first, then what the image is offered for.
#[component]
fn PlatformChoice(finder: Finder) -> impl IntoView {
    let words = use_text().find;
    let store = use_store();
    let own = Memo::new(move |_| {
        store
            .engine
            .with(|engine| format!("linux/{}", engine.architecture))
    });
    let offered = Memo::new(move |_| {
        let mut offered = finder.image.answer().with(|image| {
            let image = image.got();
            image.map_or_else(Vec::new, |image| image.platforms.clone())
        });
        offered.retain(|platform| !platform.is_empty() && *platform != own.get());
        offered
    });
    let choose = move |event: ev::Event| finder.platform.set(event_target_value(&event));
    let option = move |platform: String| {
        let own = platform.clone();
        view! {
            <option value=platform.clone() selected=move || finder.platform.get() == own>
                {platform.clone()}
            </option>
        }
    };
    view! {
        <select
            class="select"
            aria-label=words.platform()
            prop:value=move || finder.platform.get()
            on:change=choose
            data-test="find-platform"
        >
            <option value="" selected=move || finder.platform.with(String::is_empty)>
                {move || own.get()}
            </option>
            <For each=move || offered.get() key=Clone::clone children=option />
        </select>
        <Show when=move || finder.platform.with(String::is_empty)>
            <span class="sm t3 cut p4">{words.own_platform()}</span>
        </Show>
    }
}

/// The next page of tags; one that does not come takes none away.
#[component]
fn MoreTags(finder: Finder) -> impl IntoView {
    let text = use_text();
    let words = text.find;
    let more = finder.tags.more();
    let busy = Signal::derive(move || more.with(|more| *more == More::Waiting));
    let failed = move || {
        more.with(|more| match more {
            More::Failed(failure) => {
                let (title, failure) = (words.no_more_tags(), failure.clone());
                Some(view! { <ErrorCard title failure {..} data-test="more-tags-failed" /> })
            }
            More::None | More::Waiting => None,
        })
    };
    let label = move || {
        more.with(|more| match more {
            More::Failed(_) => text.failures.try_again(),
            More::None | More::Waiting => words.more_tags(),
        })
    };
    view! {
        <div class="find-state col">
            {failed}
            <div>
                <Button
                    size=ButtonSize::Small
                    busy
                    on_press=move |()| finder.more_tags()
                    {..}
                    data-test="more-tags"
                >
                    {label}
                </Button>
            </div>
        </div>
    }
}
