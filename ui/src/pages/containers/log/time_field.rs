//! The field that takes the log to a time.

use leptos::{ev, html, prelude::*};

use super::{model::LogModel, when};
use crate::{
    i18n::use_text,
    parts::{Icon, IconSize, Symbol},
};

#[component]
pub fn TimeField(model: LogModel, scroller: NodeRef<html::Div>) -> impl IntoView {
    let text = use_text().log;
    let typed = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "Enter" => match typed.with_untracked(|typed| when::moment(typed)) {
                Some(time) => model.go_to_time(time),
                None => wrong.set(true),
            },
            "Escape" => {
                typed.set(String::new());
                wrong.set(false);
                let _ = scroller.get_untracked().map(|log| log.focus());
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <label class="affix log-time p4">
            <Icon symbol=Symbol::Clock size=IconSize::Small />
            <input
                class="input"
                type="text"
                aria-label=text.go_to_time()
                placeholder=text.go_to_time()
                title=text.time_forms()
                aria-invalid=move || wrong.get().then_some("true")
                data-test="log-time"
                spellcheck="false"
                autocomplete="off"
                prop:value=move || typed.get()
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    wrong.set(false);
                }
                on:keydown=on_key
            />
        </label>
    }
}
