//! A line of a card that leads to a container.

use leptos::{ev, prelude::*};

use super::{Glyph, StatusKind};

#[component]
pub fn CardLink(
    kind: StatusKind,
    name: String,
    /// In small letters below the name.
    detail: String,
    /// A word at the end of the line.
    #[prop(optional, into)]
    badge: Option<&'static str>,
    href: String,
    #[prop(into)] on_open: Callback<()>,
) -> impl IntoView {
    let open = move |event: ev::MouseEvent| {
        event.prevent_default();
        on_open.run(());
    };
    view! {
        <a class="row card-link" href=href on:click=open>
            <Glyph kind />
            <span class="grow">
                <span class="med cut">{name}</span>
                <span class="mono xs t3 cut">{detail}</span>
            </span>
            {badge.map(|word| view! { <span class="badge">{word}</span> })}
        </a>
    }
}
