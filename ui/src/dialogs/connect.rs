//! One more network for a container.

use gantry_view::ConnectNetwork;
use leptos::prelude::*;

use super::{host_names, is_host_name};
use crate::{
    backend,
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, Dialog, HintedField, Tone, on_enter},
    state::{CommandLine, Outcome, use_store},
};

#[component]
pub fn ConnectDialog(container: String) -> impl IntoView {
    let text = use_text();
    let words = text.container_network;
    let store = use_store();
    let name = store.name_of(&container);
    let title = words.connect_title(&name);
    let key = StoredValue::new(container);
    // Those that it is not in.
    let offers = Memo::new(move |_| {
        let here = store.containers.get(&key.get_value());
        let member = |network: &str| {
            let mut networks = here.iter().flat_map(|container| &container.networks);
            networks.any(|one| one.network == network)
        };
        let all = store
            .networks
            .filtered(|network| network.driver == "bridge" && !member(&network.name));
        all.into_iter()
            .map(|network| network.name)
            .collect::<Vec<_>>()
    });
    let chosen =
        RwSignal::new(offers.with_untracked(|offers| offers.first().cloned().unwrap_or_default()));
    let (alias, address) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let alias_hint = Signal::derive(move || {
        let typed = alias.get();
        match host_names(&typed)
            .into_iter()
            .find(|name| !is_host_name(name))
        {
            Some(bad) => (Tone::Bad, text.run.alias_invalid(&bad)),
            None => (Tone::Plain, words.alias_note().to_owned()),
        }
    });
    let address_hint = Signal::derive(move || {
        let typed = address.with(|typed| typed.trim().to_owned());
        if typed.is_empty() || typed.parse::<std::net::IpAddr>().is_ok() {
            (Tone::Plain, words.address_note().to_owned())
        } else {
            (Tone::Bad, words.address_invalid(&typed))
        }
    });
    let blocked = Signal::derive(move || {
        if chosen.with(String::is_empty) {
            return Some(words.nothing_to_connect().to_owned());
        }
        let hints = [alias_hint.get(), address_hint.get()];
        let mut bad = hints.into_iter().filter(|(tone, _)| *tone == Tone::Bad);
        bad.next().map(|(_, why)| why)
    });
    let asking = Asking::new();
    let connect = move || {
        let request = ConnectNetwork {
            network: chosen.get_untracked(),
            container: key.get_value(),
            aliases: host_names(&alias.get_untracked()),
            address: address.with_untracked(|address| address.trim().to_owned()),
        };
        asking.ask(async move {
            backend::call(&request).await?;
            let name = store.name_of(&request.container);
            let said = words.connected(&name, &request.network);
            let command = command_line(&request, name);
            store.report(Outcome::Done, said, Some(command));
            Ok(())
        });
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                blocked
                label=words.connect()
                test="connect-go"
                on_press=move |()| connect()
            />
        }
    };
    let options = move || {
        let names = offers.get().into_iter();
        names
            .map(|name| view! { <option value=name.clone()>{name.clone()}</option> })
            .collect_view()
    };
    view! {
        <Dialog title width="26rem" footer>
            <div class="col" on:keydown=on_enter(blocked, connect)>
                <label class="field">
                    <span class="label">{words.network()}</span>
                    <select
                        class="select"
                        data-autofocus=""
                        data-test="connect-network"
                        on:change=move |event| chosen.set(event_target_value(&event))
                    >
                        {options}
                    </select>
                    <Show when=move || offers.with(Vec::is_empty)>
                        <span class="hint">{words.nothing_to_connect()}</span>
                    </Show>
                </label>
                <HintedField
                    label=text.run.alias()
                    value=alias
                    hint=alias_hint
                    placeholder=text.run.alias_hint()
                    test="connect-alias"
                />
                <HintedField
                    label=words.address()
                    value=address
                    hint=address_hint
                    mono=true
                    test="connect-address"
                />
                <AskFailure asking />
            </div>
        </Dialog>
    }
}

fn command_line(request: &ConnectNetwork, container: String) -> CommandLine {
    let mut words = vec!["network".to_owned(), "connect".to_owned()];
    for alias in &request.aliases {
        words.extend(["--alias".to_owned(), alias.clone()]);
    }
    if !request.address.is_empty() {
        let flag = if request.address.contains(':') {
            "--ip6"
        } else {
            "--ip"
        };
        words.extend([flag.to_owned(), request.address.clone()]);
    }
    words.extend([request.network.clone(), container]);
    CommandLine::new(words)
}

#[cfg(test)]
mod tests {
    use gantry_view::ConnectNetwork;

    use super::command_line;

    #[test]
    fn the_command_does_the_same() {
        let request = ConnectNetwork {
            network: "shop".to_owned(),
            container: "4be1".to_owned(),
            aliases: vec!["db".to_owned()],
            address: "10.9.0.7".to_owned(),
        };
        assert_eq!(
            command_line(&request, "web".to_owned()).written("docker"),
            "docker network connect --alias db --ip 10.9.0.7 shop web"
        );
    }
}
