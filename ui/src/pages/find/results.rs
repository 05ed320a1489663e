//! What a search found.

use gantry_view::FoundRepository;
use leptos::{ev, prelude::*};

use super::{NoAnswer, asked::Answer, finder::Finder, order::OrderButton, tags::focus_tags};
use crate::{
    i18n::{compact, use_text},
    parts::{Icon, IconSize, Symbol, focus_on},
};

#[component]
pub fn Results(finder: Finder) -> impl IntoView {
    let words = use_text().find;
    let rows = Memo::new(move |_| finder.rows());
    let open = Memo::new(move |_| finder.open());
    let head = move || {
        finder.found.answer().with(|answer| match answer {
            Answer::Waiting => words.searching().to_owned(),
            Answer::Got(found) => words.results(found.total),
            Answer::None | Answer::Failed(_) => String::new(),
        })
    };
    let state = move || {
        finder.found.answer().with(|answer| match answer {
            Answer::Failed(failure) => {
                let (title, failure) = (words.not_searched().to_owned(), failure.clone());
                Some(view! { <NoAnswer finder failure title test="find-failed" /> }.into_any())
            }
            Answer::Got(found) if found.results.is_empty() => {
                let none = words.none_found(&finder.searched());
                Some(view! { <p class="sm t3 find-state">{none}</p> }.into_any())
            }
            _ => None,
        })
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let to = match event.code().as_str() {
            "ArrowDown" | "KeyJ" => 1,
            "ArrowUp" | "KeyK" => -1,
            "Home" => isize::MIN,
            "End" => isize::MAX,
            "Enter" | "ArrowRight" => {
                event.prevent_default();
                return focus_tags();
            }
            _ => return,
        };
        if event.ctrl_key() || event.alt_key() || event.is_composing() {
            return;
        }
        event.prevent_default();
        let next = rows.with_untracked(|rows| {
            let open = open.get_untracked();
            let at = rows
                .iter()
                .position(|row| Some(&row.name) == open.as_ref())?;
            let at = at.saturating_add_signed(to).min(rows.len() - 1);
            rows.get(at).map(|row| row.name.clone())
        });
        if let Some(name) = next {
            finder.choose(name);
            request_animation_frame(focus_current);
        }
    };
    let several = Memo::new(move |_| {
        let answer = finder.found.answer();
        answer.with(|answer| answer.got().is_some_and(|found| found.results.len() > 1))
    });
    let several = move || several.get();
    let row = move |row: FoundRepository| view! { <Row finder row open /> };
    view! {
        <section class="pane" aria-label=words.results_label() data-pane="">
            <div class="pane-h sm t3 find-count">
                <span class="cut" role="status">{head}</span>
                <Show when=several>
                    <OrderButton finder />
                </Show>
            </div>
            <div
                class="list"
                role="listbox"
                aria-label=words.results_label()
                on:keydown=on_key
                data-test="find-results"
            >
                <For each=move || rows.get() key=|row| (row.name.clone(), row.stars, row.official) children=row />
                {state}
            </div>
        </section>
    }
}

#[component]
fn Row(finder: Finder, row: FoundRepository, open: Memo<Option<String>>) -> impl IntoView {
    let words = use_text().find;
    let FoundRepository {
        name,
        description,
        stars,
        pulls,
        official,
    } = row;
    let own = name.clone();
    let is_open = Memo::new(move |_| open.with(|open| open.as_ref() == Some(&own)));
    let chosen = name.clone();
    let badge = official.then(|| {
        view! {
            <span class="badge badge--water" title=words.official()>
                <Icon symbol=Symbol::BadgeCheck />
                <span class="p3">{words.official()}</span>
            </span>
        }
    });
    let stars = stars.map(|stars| {
        view! {
            <span class="row row--tight" title=words.stars()>
                <Icon symbol=Symbol::Star size=IconSize::Small />
                {compact(stars)}
            </span>
        }
    });
    let pulls = pulls.map(|pulls| {
        view! { <span class="p3">{words.pulled_times(&compact(pulls))}</span> }
    });
    view! {
        <div
            class="li find-li"
            role="option"
            aria-selected=move || is_open.get().to_string()
            tabindex=move || if is_open.get() { "0" } else { "-1" }
            title=name.clone()
            on:click=move |_| finder.choose(chosen.clone())
            data-test="find-result"
        >
            <span class="grow">
                <span class="row row--tight">
                    <span class="a cut">{name.clone()}</span>
                    {badge}
                </span>
                <span class="b cut">{description}</span>
            </span>
            <span class="sm t3 nowrap end">{stars} {pulls}</span>
        </div>
    }
}

/// Gives the keyboard to the row that is open.
pub fn focus_current() {
    focus_on("[data-test=find-results] [role=option][tabindex='0']");
}
