//! A text field that says below itself what its content would do.

use leptos::prelude::*;

/// How the words below a field are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Warn,
    /// Nothing can be done with it; the field is marked too.
    Bad,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "hint",
            Self::Good => "hint hint--ok",
            Self::Warn => "hint hint--warn",
            Self::Bad => "hint hint--bad",
        }
    }
}

#[component]
pub fn HintedField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into)] hint: Signal<(Tone, String)>,
    #[prop(optional)] mono: bool,
    #[prop(optional)] placeholder: &'static str,
    /// Has the first focus of the dialog.
    #[prop(optional)]
    autofocus: bool,
    /// The name of the field in tests.
    test: &'static str,
) -> impl IntoView {
    let invalid = move || hint.with(|(tone, _)| (*tone == Tone::Bad).then_some("true"));
    view! {
        <label class="field">
            <span class="label">{label}</span>
            <input
                class=if mono { "input input--mono" } else { "input" }
                placeholder=placeholder
                spellcheck="false"
                autocomplete="off"
                data-autofocus=autofocus.then_some("")
                data-test=test
                aria-invalid=invalid
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            <span class=move || hint.with(|(tone, _)| tone.class()) role="status">
                {move || hint.get().1}
            </span>
        </label>
    }
}
