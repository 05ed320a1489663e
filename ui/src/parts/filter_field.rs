//! The filter of a view. `/` reaches it from anywhere, Esc clears it and then leaves.

use leptos::{ev, html, prelude::*};

use super::{Icon, IconSize, Symbol, focus_after};

/// `data-filter` is how the key finds the field of the view that is open.
#[component]
pub fn FilterField(
    value: RwSignal<String>,
    #[prop(into)] label: Signal<String>,
    #[prop(default = "")] width: &'static str,
    /// Where the focus goes when Esc, Enter or the arrow down leave the field; what comes next on the
    /// page where nothing is said, since a press of a key must not leave it nowhere.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let leave = move || match (on_leave, node.get_untracked()) {
        (Some(on_leave), _) => on_leave.run(()),
        (None, Some(input)) => focus_after(&input),
        (None, None) => {}
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let in_dialog = || {
            let input = node.get_untracked();
            input.is_some_and(|input| matches!(input.closest(".dlg"), Ok(Some(_))))
        };
        match event.key().as_str() {
            // A dialog closes with it.
            "Escape" if value.with_untracked(String::is_empty) && in_dialog() => return,
            "Escape" if value.with_untracked(String::is_empty) => leave(),
            "Escape" => value.set(String::new()),
            "Enter" | "ArrowDown" => leave(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <label class="affix filter" style:width=width>
            <Icon symbol=Symbol::ListFilter size=IconSize::Small />
            <input
                class="input"
                type="search"
                placeholder=move || label.get()
                aria-label=move || label.get()
                data-filter=""
                spellcheck="false"
                autocomplete="off"
                node_ref=node
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                on:keydown=on_key
            />
            <Show when=move || value.with(String::is_empty)>
                <kbd class="kbd">"/"</kbd>
            </Show>
        </label>
    }
}
