//! What starts by itself; only where this computer can do that.

use gantry_view::{Failure, GetLoginStart, LoginStart, SetLoginStart};
use leptos::{html, prelude::*, task::spawn_local};

use super::Section;
use crate::{backend, i18n::use_text, parts::ErrorCard};

#[component]
pub fn Startup() -> impl IntoView {
    let words = use_text().settings;
    let state = RwSignal::new(LoginStart::Unavailable);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let node = NodeRef::<html::Input>::new();
    spawn_local(async move {
        // Without an answer there is nothing to switch.
        if let Ok(found) = backend::call(&GetLoginStart {}).await {
            let _ = state.try_set(found);
        }
    });
    let is_on = move || matches!(state.get(), LoginStart::On { .. });
    let switch = move |event| {
        let on = event_target_checked(&event);
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            match backend::call(&SetLoginStart { on }).await {
                Ok(now) => drop(state.try_set(now)),
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                    // The switch goes back to what is true.
                    if let Some(Some(switch)) = node.try_get_untracked() {
                        switch.set_checked(!on);
                    }
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let detail = move || match state.get() {
        LoginStart::On { lingers: true } => words.login_lingers(),
        LoginStart::On { lingers: false } => words.login_on(),
        LoginStart::Off | LoginStart::Unavailable => words.login_off(),
    };
    view! {
        <Show when=move || state.get() != LoginStart::Unavailable>
            <Section title=words.startup()>
                <div class="pref">
                    <div class="grow">
                        <div>{words.login_start()}</div>
                        <div class="sm t3 selectable">{detail}</div>
                    </div>
                    <input
                        class="switch"
                        type="checkbox"
                        role="switch"
                        aria-label=words.login_start()
                        prop:checked=is_on
                        disabled=move || busy.get()
                        on:change=switch
                        node_ref=node
                        data-test="login-start"
                    />
                </div>
                {move || failure.get().map(|failure| view! { <ErrorCard failure /> })}
            </Section>
        </Show>
    }
}
