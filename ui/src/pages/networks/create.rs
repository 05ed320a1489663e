//! A new network.

use std::net::IpAddr;

use gantry_view::CreateNetwork;
use leptos::prelude::*;

use crate::{
    backend,
    dialogs::is_object_name,
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, Dialog, HintedField, Switch, Tone, on_enter},
    state::{CommandLine, Outcome, Route, Store, use_store},
};

/// The fields as they are typed.
#[derive(Clone, Copy)]
struct Form {
    store: Store,
    name: RwSignal<String>,
    subnet: RwSignal<String>,
    gateway: RwSignal<String>,
    internal: RwSignal<bool>,
    ipv6: RwSignal<bool>,
}

type Hint = (Tone, String);

impl Form {
    fn new(store: Store) -> Self {
        Self {
            store,
            name: RwSignal::default(),
            subnet: RwSignal::default(),
            gateway: RwSignal::default(),
            internal: RwSignal::new(false),
            ipv6: RwSignal::new(false),
        }
    }

    fn name_hint(self) -> Hint {
        let words = self.store.text().networks;
        let name = trimmed(self.name);
        let taken = self.store.networks.filtered(|network| network.name == name);
        if taken.is_empty() {
            (Tone::Plain, words.name_rule().to_owned())
        } else {
            (Tone::Bad, words.name_taken(&name))
        }
    }

    fn subnet_hint(self) -> Hint {
        let words = self.store.text().networks;
        let typed = trimmed(self.subnet);
        if typed.is_empty() || is_subnet(&typed) {
            (Tone::Plain, words.subnet_note().to_owned())
        } else {
            (Tone::Bad, words.subnet_invalid(&typed))
        }
    }

    fn gateway_hint(self) -> Hint {
        let words = self.store.text().networks;
        let typed = trimmed(self.gateway);
        if typed.is_empty() {
            (Tone::Plain, words.gateway_note().to_owned())
        } else if trimmed(self.subnet).is_empty() {
            (Tone::Bad, words.gateway_needs_subnet().to_owned())
        } else if typed.parse::<IpAddr>().is_err() {
            (Tone::Bad, words.address_invalid(&typed))
        } else {
            (Tone::Plain, String::new())
        }
    }

    /// Why it cannot be made yet.
    fn blocked(self) -> Option<String> {
        let (tone, why) = self.name_hint();
        if tone == Tone::Bad || !is_object_name(&trimmed(self.name)) {
            return Some(why);
        }
        let hints = [self.subnet_hint(), self.gateway_hint()].into_iter();
        let mut bad = hints.filter(|(tone, _)| *tone == Tone::Bad);
        bad.next().map(|(_, why)| why)
    }

    fn request(self) -> CreateNetwork {
        CreateNetwork {
            name: trimmed(self.name),
            subnet: trimmed(self.subnet),
            gateway: trimmed(self.gateway),
            internal: self.internal.get(),
            ipv6: self.ipv6.get(),
            ..CreateNetwork::default()
        }
    }
}

fn trimmed(field: RwSignal<String>) -> String {
    field.with(|typed| typed.trim().to_owned())
}

#[component]
pub fn CreateDialog() -> impl IntoView {
    let words = use_text().networks;
    let store = use_store();
    let form = Form::new(store);
    let blocked = Signal::derive(move || form.blocked());
    let asking = Asking::new();
    let create = move || {
        let request = untrack(|| form.request());
        asking.ask(async move {
            let id = backend::call(&request).await?;
            let command = command_line(&request);
            store.report(Outcome::Done, words.made(&request.name), Some(command));
            store.go(Route::Networks { open: Some(id) });
            Ok(())
        });
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                blocked
                label=words.create()
                test="create-network"
                on_press=move |()| create()
            />
        }
    };
    view! {
        <Dialog title=words.new_network() width="28rem" footer>
            <div class="col net-create" on:keydown=on_enter(blocked, create)>
                <HintedField
                    label=words.name()
                    value=form.name
                    hint=Signal::derive(move || form.name_hint())
                    autofocus=true
                    test="network-name"
                />
                <div class="net-pair">
                    <HintedField
                        label=words.subnet()
                        value=form.subnet
                        hint=Signal::derive(move || form.subnet_hint())
                        mono=true
                        placeholder="10.90.0.0/24"
                        test="network-subnet"
                    />
                    <HintedField
                        label=words.gateway()
                        value=form.gateway
                        hint=Signal::derive(move || form.gateway_hint())
                        mono=true
                        placeholder="10.90.0.1"
                        test="network-gateway"
                    />
                </div>
                <Switch
                    on=form.internal
                    label=words.internal_switch()
                    test="network-internal"
                >
                    <span class="t3 sm">{words.internal_note()}</span>
                </Switch>
                <Switch on=form.ipv6 label="IPv6" test="network-ipv6">
                    <span class="t3 sm">{words.ipv6_note()}</span>
                </Switch>
                <AskFailure asking />
            </div>
        </Dialog>
    }
}

/// `10.9.0.0/24`
fn is_subnet(typed: &str) -> bool {
    let Some((address, length)) = typed.split_once('/') else {
        return false;
    };
    match (address.parse::<IpAddr>(), length.parse::<u8>()) {
        (Ok(IpAddr::V4(_)), Ok(length)) => length <= 32,
        (Ok(IpAddr::V6(_)), Ok(length)) => length <= 128,
        _ => false,
    }
}

fn command_line(request: &CreateNetwork) -> CommandLine {
    let mut words = vec!["network".to_owned(), "create".to_owned()];
    let named = [
        ("--subnet", &request.subnet),
        ("--gateway", &request.gateway),
    ];
    for (flag, value) in named {
        if !value.is_empty() {
            words.extend([flag.to_owned(), value.clone()]);
        }
    }
    for (flag, on) in [("--internal", request.internal), ("--ipv6", request.ipv6)] {
        words.extend(on.then(|| flag.to_owned()));
    }
    words.push(request.name.clone());
    CommandLine::new(words)
}

#[cfg(test)]
mod tests {
    use gantry_view::CreateNetwork;

    use super::{command_line, is_subnet};

    #[test]
    fn a_subnet_is_an_address_and_a_length() {
        assert!(is_subnet("10.9.0.0/24") && is_subnet("fd00:9::/64"));
        for wrong in ["10.9.0.0", "10.9.0/24", "10.9.0.0/33", "10.9.0.0/x", "/24"] {
            assert!(!is_subnet(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_command_does_the_same() {
        let request = CreateNetwork {
            name: "shop".to_owned(),
            subnet: "10.9.0.0/24".to_owned(),
            internal: true,
            ..CreateNetwork::default()
        };
        assert_eq!(
            command_line(&request).written("docker"),
            "docker network create --subnet 10.9.0.0/24 --internal shop"
        );
    }
}
