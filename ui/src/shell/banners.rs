//! Standing conditions across the top of every page: one at a time, the worst.

use gantry_view::{Failure, Link};
use leptos::prelude::*;

use crate::{
    i18n::{begun, ended, use_text},
    parts::{Banner, BannerKind, Button, ButtonSize, IconButton, Symbol},
    state::{Route, use_store},
};

#[component]
pub fn Banners() -> impl IntoView {
    let store = use_store();
    let warning = Memo::new(move |_| {
        store
            .engine
            .with(|engine| engine.warnings.first().cloned())
            .filter(|warning| store.hidden_warning.get().as_ref() != Some(warning))
    });
    let lost = Memo::new(move |_| match store.link.get() {
        Link::Lost(failure) => Some(failure),
        Link::Connecting | Link::Ready => None,
    });
    move || match lost.get() {
        Some(failure) => Some(view! { <EngineLost failure /> }.into_any()),
        None => warning.get().map(|warning| {
            let read = warning.clone();
            let hide = move |_| store.hidden_warning.set(Some(read.clone()));
            view! { <Warning warning on_hide=hide /> }.into_any()
        }),
    }
}

/// The codes of an engine that did not even begin.
const NOT_STARTED: [&str; 5] = [
    "engine-missing",
    "engine-start-failed",
    "engine-start-slow",
    "engine-unrunnable",
    "no-home",
];

#[component]
fn EngineLost(failure: Failure) -> impl IntoView {
    let (text, failures) = (use_text().shell, use_text().failures);
    let store = use_store();
    let signed_out = failure.code == "not-signed-in";
    let (title, detail) = if signed_out {
        (
            text.not_signed_in().to_owned(),
            text.not_signed_in_detail().to_owned(),
        )
    } else if NOT_STARTED.contains(&failure.code.as_str()) {
        let why = failure.why.lines().next().unwrap_or_default();
        (ended(failures.what(&failure)), ended(begun(why.to_owned())))
    } else {
        (text.lost_title().to_owned(), text.lost_detail().to_owned())
    };
    view! {
        <Banner kind=BannerKind::Bad bar=true>
            <span class="cut" title=failure.raw>
                <b class="semi">{title}</b>
                " "
                {detail}
            </span>
            <span class="push"></span>
            {(!signed_out)
                .then(|| {
                    view! {
                        <Button
                            size=ButtonSize::Small
                            on_press=move |()| store.go(Route::SelfCheck)
                        >
                            {text.self_check()}
                        </Button>
                        <Button size=ButtonSize::Small on_press=move |()| store.reconnect()>
                            {text.reconnect()}
                        </Button>
                    }
                })}
        </Banner>
    }
}

#[component]
fn Warning(
    warning: Failure,
    #[prop(into)] on_hide: Callback<leptos::ev::MouseEvent>,
) -> impl IntoView {
    let text = use_text();
    let what = ended(text.failures.what(&warning));
    let why = ended(begun(text.failures.why(&warning)));
    let whole = why.clone();
    view! {
        <Banner kind=BannerKind::Warn bar=true>
            <span class="cut" title=whole>
                <b class="semi">{what}</b>
                " "
                {why}
            </span>
            <span class="push"></span>
            <IconButton symbol=Symbol::X label=text.common.dismiss() small=true on_press=on_hide />
        </Banner>
    }
}
