//! A checkbox that can also be half ticked.

use leptos::{ev, prelude::*};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticked {
    No,
    Some,
    Yes,
}

impl From<bool> for Ticked {
    fn from(on: bool) -> Self {
        if on { Self::Yes } else { Self::No }
    }
}

#[component]
pub fn Checkbox(
    #[prop(into)] ticked: Signal<Ticked>,
    #[prop(into)] label: String,
    /// Leaves it out of the order of the Tab key, where the row's own keys tick it.
    #[prop(optional)]
    untabbed: bool,
    #[prop(into)] on_toggle: Callback<ev::MouseEvent>,
) -> impl IntoView {
    let press = move |event: ev::MouseEvent| {
        event.stop_propagation();
        on_toggle.run(event);
    };
    view! {
        <input
            class="check"
            type="checkbox"
            aria-label=label
            tabindex=untabbed.then_some("-1")
            aria-checked=move || (ticked.get() == Ticked::Some).then_some("mixed")
            prop:checked=move || ticked.get() == Ticked::Yes
            on:click=press
        />
    }
}
