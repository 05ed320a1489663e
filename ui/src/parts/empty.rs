//! An empty place: what it is, and one action.

use leptos::prelude::*;

/// The action comes as a child.
#[component]
pub fn Empty(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] text: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <h3>{move || title.get()}</h3>
            <p>{move || text.get()}</p>
            {children.map(|children| children())}
        </div>
    }
}
