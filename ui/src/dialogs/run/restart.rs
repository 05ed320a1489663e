//! When the container is started again by itself.

use gantry_view::RestartPolicy;
use leptos::prelude::*;

use super::form::Form;
use crate::i18n::use_text;

#[component]
pub fn RestartField(form: Form) -> impl IntoView {
    let words = use_text().run;
    // How often at most is not asked for here, and kept where it was said.
    let on_failure = match form.restart.get_untracked() {
        limited @ RestartPolicy::OnFailure(_) => limited,
        _ => RestartPolicy::OnFailure(0),
    };
    let choices = [
        (RestartPolicy::No, words.restart_no().to_owned()),
        (on_failure, words.restart_on_failure(&on_failure.word())),
        (
            RestartPolicy::UnlessStopped,
            words.restart_unless_stopped().to_owned(),
        ),
        (RestartPolicy::Always, words.restart_always().to_owned()),
    ];
    let choose = move |event| {
        let value = event_target_value(&event);
        let all = [
            on_failure,
            RestartPolicy::UnlessStopped,
            RestartPolicy::Always,
        ];
        let chosen = all.into_iter().find(|policy| policy.word() == value);
        form.restart.set(chosen.unwrap_or_default());
    };
    let fault = move || form.restart_fault(words);
    view! {
        <div class="field">
            <label for="run-restart">{words.restart()}</label>
            <select
                id="run-restart"
                class="select"
                aria-invalid=move || fault().map(|_| "true")
                data-test="run-restart"
                on:change=choose
            >
                {choices
                    .into_iter()
                    .map(|(policy, label)| {
                        view! {
                            <option
                                value=policy.word()
                                selected=form.restart.get_untracked() == policy
                            >
                                {label}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            {move || {
                fault().map(|fault| {
                    view! { <span class="hint hint--bad" role="status">{fault}</span> }
                })
            }}
        </div>
    }
}
