//! When the container is started again by itself.

use gantry_view::RestartPolicy;
use leptos::prelude::*;

use super::{fields::LimitFields, inputs::Fault};
use crate::i18n::use_text;

#[component]
pub fn RestartField(
    fields: LimitFields,
    #[prop(into)] fault: Signal<Option<String>>,
) -> impl IntoView {
    let words = use_text().run;
    // How often at most is not asked for here, and kept where it was said.
    let on_failure = match fields.restart.get_untracked() {
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
        fields.restart.set(chosen.unwrap_or_default());
    };
    view! {
        <div class="field">
            <label for="limit-restart">{words.restart()}</label>
            <select
                id="limit-restart"
                class="select"
                aria-invalid=move || fault.get().map(|_| "true")
                data-test="limit-restart"
                on:change=choose
            >
                {choices
                    .into_iter()
                    .map(|(policy, label)| {
                        view! {
                            <option
                                value=policy.word()
                                selected=fields.restart.get_untracked() == policy
                            >
                                {label}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <Fault fault />
        </div>
    }
}
