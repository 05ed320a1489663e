//! The head of a column that can be sorted by.

use leptos::prelude::*;

use super::{Icon, Symbol};

#[component]
pub fn SortHead(
    label: &'static str,
    #[prop(optional)] class: &'static str,
    /// Whether the order goes down, where it goes by this column.
    #[prop(into)]
    descending: Signal<Option<bool>>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let told = move || match descending.get() {
        Some(true) => "descending",
        Some(false) => "ascending",
        None => "none",
    };
    let symbol = move || match descending.get() {
        Some(true) => Symbol::ArrowDown,
        Some(false) => Symbol::ArrowUp,
        None => Symbol::ChevronsUpDown,
    };
    view! {
        <th class=class role="columnheader" scope="col" aria-sort=told>
            <button type="button" on:click=move |_| on_press.run(())>
                {label}
                {move || view! { <Icon symbol=symbol() /> }}
            </button>
        </th>
    }
}
