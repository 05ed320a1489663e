//! The filter of a view. `/` reaches it from anywhere, Esc clears it and then leaves.

use leptos::{ev, html, prelude::*};

use super::{Icon, IconSize, Symbol};

/// `data-filter` is how the key finds the field of the view that is open.
#[component]
pub fn FilterField(
    value: RwSignal<String>,
    #[prop(into)] label: String,
    #[prop(default = "")] width: &'static str,
    /// Where the focus goes when Esc leaves the field.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let leave = move || {
        if let Some(input) = node.get_untracked() {
            let _ = input.blur();
        }
        if let Some(on_leave) = on_leave {
            on_leave.run(());
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
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
                placeholder=label.clone()
                aria-label=label
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
