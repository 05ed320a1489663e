//! A path of this computer: typed, or chosen in the desktop's own dialog.

use leptos::prelude::*;

use super::{Icon, IconButton, IconSize, Symbol};
use crate::i18n::use_text;

/// Whether a path leads somewhere from everywhere.
pub fn is_path(typed: &str) -> bool {
    typed.trim().starts_with(['/', '~'])
}

#[component]
pub fn PathInput(
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_input: Callback<String>,
    /// Opens the desktop's dialog; a browser has none.
    #[prop(optional_no_strip, into)]
    on_choose: Option<Callback<()>>,
    #[prop(optional)] autofocus: bool,
    /// The name of the field in tests.
    test: &'static str,
) -> impl IntoView {
    let text = use_text().common;
    let faulty = Memo::new(move |_| value.with(|path| !path.trim().is_empty() && !is_path(path)));
    view! {
        <label class="field">
            <span class="label">{label}</span>
            <div class="affix">
                <Icon symbol=Symbol::Folder size=IconSize::Small />
                <input
                    class="input input--mono"
                    spellcheck="false"
                    autocomplete="off"
                    data-autofocus=autofocus.then_some("")
                    data-test=test
                    aria-invalid=move || faulty.get().then_some("true")
                    prop:value=move || value.get()
                    on:input=move |event| on_input.run(event_target_value(&event))
                />
                {on_choose
                    .map(|choose| {
                        view! {
                            <span class="affix-end">
                                <IconButton
                                    symbol=Symbol::FolderOpen
                                    label=text.choose()
                                    small=true
                                    on_press=move |_| choose.run(())
                                />
                            </span>
                        }
                    })}
            </div>
            <Show when=move || faulty.get()>
                <span class="hint hint--bad" role="status">
                    {text.path_absolute()}
                </span>
            </Show>
        </label>
    }
}
