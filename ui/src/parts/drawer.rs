//! A drawer: work at the side that keeps the page usable.

use leptos::prelude::*;

use super::{IconButton, Symbol};
use crate::i18n::use_text;

#[component]
pub fn Drawer(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] on_close: Callback<()>,
    #[prop(into)] footer: ViewFn,
    children: Children,
) -> impl IntoView {
    let text = use_text().common;
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            event.stop_propagation();
            on_close.run(());
        }
    };
    view! {
        <aside class="drawer" data-docked="" aria-label=move || title.get() on:keydown=on_key>
            <div class="dlg-h">
                <h2 class="cut grow">{move || title.get()}</h2>
                <IconButton
                    symbol=Symbol::X
                    label=text.close()
                    key="Esc"
                    on_press=move |_| on_close.run(())
                />
            </div>
            <div class="dlg-b grow">{children()}</div>
            <div class="dlg-f">{footer.run()}</div>
        </aside>
    }
}
