//! A new, empty volume.

use gantry_view::{CreateVolume, Failure};
use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    backend,
    i18n::use_text,
    parts::{Button, ButtonKind, Dialog, ErrorCard, use_layers},
    state::{CommandLine, Outcome, Route, use_store},
};

#[component]
pub fn CreateDialog() -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let (store, layers) = (use_store(), use_layers());
    let name = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let taken = move || name.with(|name| store.volumes.get(name).is_some());
    let fits = move || name.with(|name| is_valid(name));
    let blocked = Signal::derive(move || {
        if taken() {
            return Some(words.name_taken(&name.get()));
        }
        (!fits()).then(|| words.name_rule().to_owned())
    });
    let create = move || {
        if blocked.get_untracked().is_some() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        let name = name.get_untracked();
        spawn_local(async move {
            match backend::call(&CreateVolume { name }).await {
                Ok(name) => {
                    let command = CommandLine::new(["volume", "create", &name]);
                    store.report(Outcome::Done, words.made(&name), Some(command));
                    store.go(Route::Volumes { open: Some(name) });
                    layers.close_dialog();
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            create();
        }
    };
    let footer = move || {
        view! {
            <Button on_press=move |()| layers.close_dialog()>{text.common.cancel()}</Button>
            <Button
                kind=ButtonKind::Primary
                busy
                disabled=blocked
                on_press=move |()| create()
                {..}
                data-test="create-volume"
            >
                {words.create()}
            </Button>
        }
    };
    let hint = move || {
        if taken() {
            ("hint hint--bad", words.name_taken(&name.get()))
        } else {
            ("hint", words.name_rule().to_owned())
        }
    };
    view! {
        <Dialog title=words.new_volume() width="26rem" footer>
            <div class="col">
                <label class="field">
                    <span class="label">{words.name()}</span>
                    <input
                        class="input"
                        spellcheck="false"
                        autocomplete="off"
                        data-autofocus=""
                        aria-invalid=move || taken().then_some("true")
                        prop:value=move || name.get()
                        on:input=move |event| name.set(event_target_value(&event))
                        on:keydown=on_key
                        data-test="volume-name"
                    />
                    <span class=move || hint().0 role="status">
                        {move || hint().1}
                    </span>
                </label>
                {move || failure.get().map(|failure| view! { <ErrorCard failure /> })}
            </div>
        </Dialog>
    }
}

/// As the engine wants it: a letter or digit, then letters, digits, `_`, `.` and `-`.
fn is_valid(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    let rest = bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    first && rest && (2..=255).contains(&name.len())
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn names_are_the_engines() {
        assert!(is_valid("data") && is_valid("a1") && is_valid("my_app.v2-x"));
        for bad in ["", "a", ".data", "a/b", "데이터", "a b"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
