//! A digest: twelve characters shown, the whole one copy away.

use leptos::prelude::*;

use super::{Icon, IconSize, Symbol, clipboard::copier};
use crate::i18n::use_text;

/// Shows the first twelve hex digits of an id or digest; copies all of it.
#[component]
pub fn Digest(#[prop(into)] value: String) -> impl IntoView {
    let text = use_text().common;
    let short: String = value
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .chars()
        .take(12)
        .collect();
    let whole = StoredValue::new(value.clone());
    let (copied, run) = copier(Callback::new(move |()| whole.get_value()));
    view! {
        <span class="chip digest fix" title=value data-copied=move || copied.get().then_some("")>
            <span>{short}</span>
            <button
                type="button"
                aria-label=text.copy_digest()
                on:click=move |event| {
                    event.stop_propagation();
                    run();
                }
            >
                {move || {
                    let symbol = if copied.get() { Symbol::Check } else { Symbol::Copy };
                    view! { <Icon symbol size=IconSize::Small /> }
                }}
            </button>
        </span>
        <span class="sr" role="status">{move || copied.get().then(|| text.copied())}</span>
    }
}
