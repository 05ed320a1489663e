//! An import that did not begin, told where it was asked for.

use leptos::prelude::*;

use crate::{
    i18n::use_text,
    parts::{Button, ButtonSize, ErrorCard},
    state::use_store,
};

#[component]
pub fn ImportFailure() -> impl IntoView {
    let store = use_store();
    let text = use_text().common;
    move || {
        store.import_failure.get().map(|failure| {
            view! {
                <ErrorCard title=text.import_not_started() failure {..} data-test="import-failure">
                    <Button
                        size=ButtonSize::Small
                        on_press=move |()| store.import_failure.set(None)
                    >
                        {text.dismiss()}
                    </Button>
                </ErrorCard>
            }
        })
    }
}
