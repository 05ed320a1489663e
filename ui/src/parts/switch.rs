//! A checkbox with its words beside it.

use leptos::prelude::*;

/// A remark on what it does follows as a child.
#[component]
pub fn Switch(
    on: RwSignal<bool>,
    label: &'static str,
    /// Its name in tests.
    test: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <label class="row row--tight">
            <input
                class="check"
                type="checkbox"
                prop:checked=move || on.get()
                on:change=move |event| on.set(event_target_checked(&event))
                data-test=test
            />
            <span class="nowrap">{label}</span>
            {children.map(|children| children())}
        </label>
    }
}
