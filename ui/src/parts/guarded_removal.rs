//! The button that removes what is shown, and above it why it is off.

use leptos::prelude::*;

use super::{Banner, BannerKind, Button, ButtonKind, Symbol};

#[component]
pub fn GuardedRemoval(
    label: &'static str,
    /// Why it cannot be removed now.
    #[prop(into)]
    blocked: Signal<Option<String>>,
    /// Its name in tests.
    test: &'static str,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let why = move || {
        let why = blocked.get();
        why.map(|why| {
            view! {
                <Banner kind=BannerKind::Plain>
                    <span class="sm t2">{why}</span>
                </Banner>
            }
        })
    };
    view! {
        {why}
        <div>
            <Button
                kind=ButtonKind::Danger
                icon=Symbol::Trash
                disabled=blocked
                on_press
                {..}
                data-test=test
            >
                {label}
            </Button>
        </div>
    }
}
