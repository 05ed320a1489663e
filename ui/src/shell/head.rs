//! The title bar: the page's name, its filter and buttons, and the window's own buttons.

use leptos::prelude::*;

use super::{banners::Banners, window_buttons::WindowButtons};

/// Every page begins with this. What stands at the right comes as children.
#[component]
pub fn Head(
    #[prop(into)] title: String,
    #[prop(optional, into)] sub: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    document().set_title(&format!("{title} — Gantry"));
    view! {
        <header class="head" data-drag="" data-tauri-drag-region="deep">
            <WindowButtons at_start=true />
            <h1>{title}</h1>
            <span class="sub" data-tauri-drag-region="deep">
                {move || sub.get()}
            </span>
            <span class="push"></span>
            {children.map(|children| children())}
            <WindowButtons at_start=false />
        </header>
        <Banners />
    }
}
