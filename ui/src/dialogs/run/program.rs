//! As whom and where the command runs; the image's own is what stands there when nothing is typed.

use gantry_view::ImageDetail;
use leptos::prelude::*;

use super::form::Form;
use crate::i18n::use_text;

#[component]
pub fn Program(form: Form) -> impl IntoView {
    let words = use_text().run;
    let own = move |read: fn(&ImageDetail) -> &String, none: &'static str| {
        move || {
            form.detail.with(|detail| {
                let own = detail.as_ref().map(|detail| read(detail).clone());
                own.filter(|own| !own.is_empty())
                    .unwrap_or_else(|| none.to_owned())
            })
        }
    };
    let fault = move || form.working_dir_fault(words);
    view! {
        <div class="run-program">
            <div class="field">
                <label for="run-user">{words.user()}</label>
                <input
                    id="run-user"
                    class="input input--mono"
                    placeholder=own(|detail| &detail.user, "root")
                    spellcheck="false"
                    autocomplete="off"
                    data-test="run-user"
                    prop:value=move || form.user.get()
                    on:input=move |event| form.user.set(event_target_value(&event))
                />
            </div>
            <div class="field">
                <label for="run-working-dir">{words.working_dir()}</label>
                <input
                    id="run-working-dir"
                    class="input input--mono"
                    placeholder=own(|detail| &detail.working_dir, "/")
                    spellcheck="false"
                    autocomplete="off"
                    aria-invalid=move || fault().map(|_| "true")
                    data-test="run-working-dir"
                    prop:value=move || form.working_dir.get()
                    on:input=move |event| form.working_dir.set(event_target_value(&event))
                />
                {move || {
                    fault().map(|fault| {
                        view! { <span class="hint hint--bad" role="status">{fault}</span> }
                    })
                }}
            </div>
        </div>
    }
}
