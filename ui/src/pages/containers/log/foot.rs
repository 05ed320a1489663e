//! The foot of the log: whether it follows, how fast lines come, how many are kept.

use std::time::Duration;

use leptos::prelude::*;

use super::model::LogModel;
use crate::{
    i18n::use_text,
    parts::{Button, ButtonSize, Symbol},
    state::use_store,
};

/// New lines are announced no more often than this.
const SAY_EVERY: Duration = Duration::from_secs(5);

#[component]
pub fn Foot(model: LogModel) -> impl IntoView {
    let text = use_text();
    let words = text.log;
    let store = use_store();
    let follow = move |()| {
        model.follow(!model.following.get_untracked());
        model.paint_now();
    };
    let label = move || {
        let unseen = model.unseen.get();
        match (model.following.get(), unseen) {
            (true, _) => words.following().to_owned(),
            (false, 0) => words.follow().to_owned(),
            (false, unseen) => words.new_lines(unseen),
        }
    };
    let hint = move || match (model.following.get(), model.stats.with(|stats| stats.ended)) {
        (false, _) => words.held(),
        (true, true) => words.ended(),
        (true, false) => words.scroll_up(),
    };
    let rate = Memo::new(move |_| {
        let rate = model.rate(store.now.get());
        (rate > 0.0).then(|| {
            let rate = if rate < 10.0 {
                format!("{rate:.1}")
            } else {
                format!("{rate:.0}")
            };
            words.per_second(&rate)
        })
    });
    let kept = move || {
        let stats = model.stats.get();
        words.kept(stats.lines, &text.size(stats.bytes))
    };
    view! {
        <div class="row log-foot">
            <Button
                size=ButtonSize::Small
                icon=Symbol::ArrowDownToLine
                class="follow"
                pressed=Signal::derive(move || Some(model.following.get()))
                on_press=follow
            >
                {label}
            </Button>
            <span class="cut">{hint}</span>
            <span class="push"></span>
            <span class="p3">{rate}</span>
            <span class="nowrap">{kept}</span>
            <Announcer model />
        </div>
    }
}

/// Tells a screen reader how much has come, without reading the lines themselves.
#[component]
fn Announcer(model: LogModel) -> impl IntoView {
    let words = use_text().log;
    let said = RwSignal::new(String::new());
    let timer = set_interval_with_handle(
        move || {
            let (lines, errors) = model.unsaid.get_untracked();
            if lines > 0 {
                model.unsaid.set((0, 0));
                said.set(words.announced(lines, errors));
            }
        },
        SAY_EVERY,
    );
    on_cleanup(move || {
        if let Ok(timer) = timer {
            timer.clear();
        }
    });
    view! { <span class="sr" role="status">{move || said.get()}</span> }
}
