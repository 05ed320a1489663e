//! One more registry for the list.

use leptos::prelude::*;

use crate::{
    dialogs::registry_of,
    i18n::use_text,
    parts::{AskFooter, Asking, Dialog, HintedField, Tone, on_enter},
    state::use_store,
};

/// The host that is meant: an address may have been pasted with its scheme and path.
fn host_of(typed: &str) -> Option<&str> {
    let typed = typed.trim();
    let typed = typed.strip_prefix("https://").unwrap_or(typed);
    let typed = typed.strip_prefix("http://").unwrap_or(typed);
    let host = typed.split('/').next().unwrap_or_default();
    let name = format!("{host}/x");
    let is_host = registry_of(&name).is_some() && super::super::check_name(&name).is_ok();
    is_host.then_some(host)
}

#[component]
pub fn AddDialog() -> impl IntoView {
    let words = use_text().registries;
    let store = use_store();
    let typed = RwSignal::new(String::new());
    let asking = Asking::new();
    let host = Memo::new(move |_| typed.with(|typed| host_of(typed).map(str::to_owned)));
    let hint = Signal::derive(move || match host.get() {
        Some(host) if store.registries().contains(&host) => {
            (Tone::Warn, words.add_known().to_owned())
        }
        Some(_) => (Tone::Good, words.add_hint().to_owned()),
        None if typed.with(|typed| typed.trim().is_empty()) => {
            (Tone::Plain, words.add_hint().to_owned())
        }
        None => (Tone::Bad, words.add_bad().to_owned()),
    });
    let blocked = Signal::derive(move || host.get().is_none().then(|| hint.get().1));
    let add = move || {
        if let Some(host) = host.get_untracked() {
            store.add_registry(&host);
            asking.ask(async { Ok(()) });
        }
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                blocked
                label=words.add_go()
                test="registry-add-go"
                on_press=move |()| add()
            />
        }
    };
    view! {
        <Dialog title=words.add_title() width="26rem" footer>
            <div class="col" on:keydown=on_enter(blocked, add)>
                <HintedField
                    label=words.add_field()
                    value=typed
                    hint
                    mono=true
                    placeholder="registry.example:5000"
                    autofocus=true
                    test="registry-host"
                />
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn a_pasted_address_is_cut_down_to_its_host() {
        for (typed, host) in [
            ("ghcr.io", Some("ghcr.io")),
            (
                " https://registry.example:5000/v2/ ",
                Some("registry.example:5000"),
            ),
            ("localhost:5000", Some("localhost:5000")),
            ("ghcr.io/owner", Some("ghcr.io")),
            ("word", None),
            ("two words.x", None),
            ("", None),
        ] {
            assert_eq!(host_of(typed), host, "{typed}");
        }
    }
}
