//! The ports that the new container will have on this computer.

use gantry_view::{Failure, RemoveContainer, RunPort};
use leptos::prelude::*;

use super::{
    form::{Form, Network, PortRow},
    group::{Add, Group},
};
use crate::{
    backend,
    dialogs::{PortHint, PortInputs, Reading, free_port_from, offered_port, port_number},
    i18n::{Run, use_text},
    parts::{IconButton, Symbol},
};

impl Form {
    /// The ports that will be published; none where the network has no use for them.
    pub fn published(self) -> Vec<RunPort> {
        if !self.network.with(Network::has_ports) {
            return Vec::new();
        }
        let rows = self.ports.get().into_iter();
        rows.filter_map(|row| match row.fields.read() {
            Reading::Port(port) => Some(port),
            Reading::Empty | Reading::Wrong => None,
        })
        .collect()
    }

    pub fn ports_fault(self, words: Run) -> Option<String> {
        if !self.network.with(Network::has_ports) {
            return None;
        }
        let rows = self.ports.get();
        let mut faults = rows.iter().map(|row| row.fields.fault(self.store, words));
        faults.find_map(|fault| fault).or_else(|| {
            let mut seen = Vec::new();
            self.published().into_iter().find_map(|port| {
                let place = (port.host, port.protocol);
                let twice = seen.contains(&place).then(|| words.port_twice(place.0));
                seen.push(place);
                twice
            })
        })
    }

    /// The ports of this computer that it has for itself.
    pub fn host_ports(self) -> Vec<u16> {
        self.published().iter().map(|port| port.host).collect()
    }

    /// Publishes another port of this computer in place of one.
    pub fn replace_port(self, taken: u16, free: u16) {
        for row in self.ports.get_untracked() {
            let host = row.fields.host;
            if host.with_untracked(|host| port_number(host)) == Some(taken) {
                host.set(free.to_string());
            }
        }
    }

    /// One more row, for the next port that the image tells of.
    fn offer_port(self) {
        let rows = self.ports.get_untracked().into_iter();
        let used: Vec<String> = rows
            .map(|row| row.fields.container.get_untracked())
            .collect();
        let told = self.detail.with_untracked(|detail| {
            let ports = detail.as_ref().map(|detail| detail.exposed_ports.clone());
            ports.unwrap_or_default()
        });
        let next = told.iter().find_map(|port| {
            let (inside, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
            let is_new = !used.iter().any(|used| used == inside);
            Some((port_number(inside)?, protocol)).filter(|_| is_new)
        });
        match next {
            Some((inside, protocol)) => {
                let host = untrack(|| {
                    let mine = self.host_ports();
                    free_port_from(self.store, offered_port(inside), protocol, &mine)
                });
                let host = host.map(|host| host.to_string()).unwrap_or_default();
                self.add_port(&host, &inside.to_string(), protocol);
            }
            None => {
                self.add_port("", "", "tcp");
            }
        }
    }
}

/// Takes back the container that was made and could not start.
pub async fn give_up(failure: &Failure) {
    if let Some(id) = failure.facts.get("container").cloned() {
        let request = RemoveContainer {
            id,
            force: true,
            volumes: true,
            undo_ms: 0,
        };
        // One that stays shows in the list, with its error.
        let _ = backend::call(&request).await;
    }
}

#[component]
pub fn Ports(form: Form) -> impl IntoView {
    let words = use_text().run;
    let adds = move || {
        vec![Add::new(
            Symbol::Plus,
            words.add_port(),
            "run-add-port",
            move || form.offer_port(),
        )]
    };
    view! {
        <Show when=move || form.network.with(Network::has_ports)>
            <Group
                label=words.ports()
                note=words.ports_note()
                filled=Signal::derive(move || form.ports.with(|ports| !ports.is_empty()))
                adds=adds()
            >
                <For
                    each=move || form.ports.get()
                    key=|port| port.key
                    children=move |port| view! { <Row form port /> }
                />
            </Group>
        </Show>
    }
}

#[component]
fn Row(form: Form, port: PortRow) -> impl IntoView {
    let words = use_text().run;
    view! {
        <div class="run-port" data-test="run-port">
            <PortInputs fields=port.fields />
            <IconButton
                symbol=Symbol::X
                label=words.remove()
                on_press=move |_| form.remove_port(port.key)
            />
        </div>
        <PortHint fields=port.fields mine=Signal::derive(move || form.host_ports()) />
    }
}
