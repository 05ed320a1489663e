//! Tabs, moved between with the arrow keys.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::i18n::grouped;

/// One tab.
#[derive(Clone)]
pub struct TabItem<T> {
    pub value: T,
    pub label: String,
    pub count: Option<Signal<usize>>,
}

impl<T> TabItem<T> {
    pub fn new(value: T, label: impl Into<String>) -> Self {
        Self {
            value,
            label: label.into(),
            count: None,
        }
    }

    /// How many things the tab holds; none is not said.
    #[must_use]
    pub fn count(mut self, count: impl Into<Signal<usize>>) -> Self {
        self.count = Some(count.into());
        self
    }
}

#[component]
pub fn Tabs<T>(
    tabs: Vec<TabItem<T>>,
    #[prop(into)] value: Signal<T>,
    #[prop(into)] on_choose: Callback<T>,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let values: Vec<T> = tabs.iter().map(|tab| tab.value.clone()).collect();
    let on_key = move |event: ev::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => values.len() - 1,
            _ => return,
        };
        event.prevent_default();
        let now = value.with_untracked(|now| values.iter().position(|value| value == now));
        let next = (now.unwrap_or(0) + by) % values.len();
        on_choose.run(values[next].clone());
        let tab = event
            .current_target()
            .and_then(|list| list.dyn_into::<web_sys::Element>().ok())
            .and_then(|list| list.children().item(next as u32))
            .and_then(|tab| tab.dyn_into::<HtmlElement>().ok());
        let _ = tab.map(|tab| tab.focus());
    };
    let items = tabs
        .into_iter()
        .map(|tab| {
            let own = StoredValue::new(tab.value);
            let chosen = move || own.with_value(|own| value.with(|value| value == own));
            view! {
                <button
                    type="button"
                    role="tab"
                    aria-selected=move || chosen().to_string()
                    tabindex=move || if chosen() { "0" } else { "-1" }
                    on:click=move |_| on_choose.run(own.get_value())
                >
                    {tab.label}
                    {move || {
                        let count = tab.count.map_or(0, |count| count.get());
                        (count > 0).then(|| view! { <span class="n">{grouped(count as u64)}</span> })
                    }}
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="tabs" role="tablist" on:keydown=on_key>
            {items}
        </div>
    }
}
