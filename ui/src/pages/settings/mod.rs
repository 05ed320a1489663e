//! Settings: what works, and what the engine is.

mod appearance;
mod engine;
mod registries;
mod startup;

use leptos::prelude::*;

use crate::{i18n::use_text, shell::Head};

#[component]
pub fn SettingsPage() -> impl IntoView {
    let text = use_text().settings;
    view! {
        <Head title=text.title() sub=text.kept_as_changed().to_owned() />
        <div class="body pad">
            <div class="prefs">
                <div>
                    <appearance::Appearance />
                </div>
                <div>
                    <engine::Engine />
                    <registries::RegistryList />
                    <startup::Startup />
                    <appearance::Commands />
                </div>
            </div>
        </div>
    }
}

/// A titled group of settings.
#[component]
fn Section(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="psec">
            <h2>{title}</h2>
            <div class="card">{children()}</div>
        </section>
    }
}

/// One setting: its name, a word of explanation, and its control.
#[component]
fn Preference(
    #[prop(into)] label: String,
    #[prop(optional, into)] detail: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="pref">
            <div class="grow">
                <div>{label}</div>
                {move || {
                    let detail = detail.get();
                    (!detail.is_empty()).then(|| view! { <div class="sm t3 selectable">{detail}</div> })
                }}
            </div>
            {children.map(|children| children())}
        </div>
    }
}
