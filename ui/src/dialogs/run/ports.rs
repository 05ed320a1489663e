//! Published ports: where they lead, who reaches them, and whether they are free.

use gantry_view::{Failure, RemoveContainer, RunPort};
use leptos::prelude::*;

use super::form::{Form, Network, PortRow};
use crate::{
    backend,
    i18n::{Run, use_text},
    parts::{Button, ButtonKind, ButtonSize, Glyph, IconButton, StatusKind, Symbol},
};

/// What a row stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reading {
    Empty,
    Wrong,
    Port(RunPort),
}

impl PortRow {
    fn read(self) -> Reading {
        let typed = (self.host.get(), self.container.get());
        if typed.0.trim().is_empty() && typed.1.trim().is_empty() {
            return Reading::Empty;
        }
        match (number(&typed.0), number(&typed.1)) {
            (Some(host), Some(container)) => Reading::Port(RunPort {
                host,
                container,
                protocol: self.protocol.get(),
                address: if self.open.get() { "" } else { "127.0.0.1" }.to_owned(),
            }),
            _ => Reading::Wrong,
        }
    }
}

fn number(typed: &str) -> Option<u16> {
    typed.trim().parse().ok().filter(|port| *port > 0)
}

/// A port of this computer for one of a container: the same, or one that anybody may open.
fn offered(inside: u16) -> u16 {
    match inside {
        80 => 8080,
        443 => 8443,
        low if low < 1024 => 8000 + low,
        high => high,
    }
}

impl Form {
    /// The ports that will be published; none where the network has no use for them.
    pub fn published(self) -> Vec<RunPort> {
        if self.network.get() != Network::Default {
            return Vec::new();
        }
        let rows = self.ports.get().into_iter();
        rows.filter_map(|row| match row.read() {
            Reading::Port(port) => Some(port),
            Reading::Empty | Reading::Wrong => None,
        })
        .collect()
    }

    /// The name of the container that has a port of this computer now.
    fn holder(self, host: u16, protocol: &str) -> Option<String> {
        let mut found = None;
        self.store.containers.for_each(|container| {
            let has =
                |port: &gantry_view::Port| port.host == Some(host) && port.protocol == protocol;
            if container.state.is_up() && container.ports.iter().any(has) {
                found = Some(container.name.clone());
            }
        });
        found
    }

    /// The next port that neither a container nor this form has.
    fn free_from(self, host: u16, protocol: &str) -> Option<u16> {
        let mine: Vec<u16> = self.published().iter().map(|port| port.host).collect();
        (host..=u16::MAX)
            .find(|port| !mine.contains(port) && self.holder(*port, protocol).is_none())
    }

    /// What is wrong with a row.
    fn port_fault(self, row: PortRow, words: Run) -> Option<String> {
        match row.read() {
            Reading::Empty => None,
            Reading::Wrong => Some(words.port_number().to_owned()),
            Reading::Port(port) => {
                let holder = self.holder(port.host, &port.protocol);
                holder.map(|name| words.port_taken(port.host, &name))
            }
        }
    }

    pub fn ports_fault(self, words: Run) -> Option<String> {
        if self.network.get() != Network::Default {
            return None;
        }
        let rows = self.ports.get();
        let fault = rows.iter().find_map(|row| self.port_fault(*row, words));
        fault.or_else(|| {
            let mut seen = Vec::new();
            self.published().into_iter().find_map(|port| {
                let place = (port.host, port.protocol);
                let twice = seen.contains(&place).then(|| words.port_twice(place.0));
                seen.push(place);
                twice
            })
        })
    }

    /// Publishes another port of this computer in place of one.
    pub fn replace_port(self, taken: u16, free: u16) {
        for row in self.ports.get_untracked() {
            if row.host.with_untracked(|host| number(host)) == Some(taken) {
                row.host.set(free.to_string());
            }
        }
    }

    /// One more row, for the next port that the image tells of.
    fn offer_port(self) {
        let used: Vec<String> = self
            .ports
            .get_untracked()
            .into_iter()
            .map(|row| row.container.get_untracked())
            .collect();
        let told = self.detail.with_untracked(|detail| {
            let ports = detail.as_ref().map(|detail| detail.exposed_ports.clone());
            ports.unwrap_or_default()
        });
        let next = told.iter().find_map(|port| {
            let (inside, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
            let is_new = !used.iter().any(|used| used == inside);
            Some((number(inside)?, protocol)).filter(|_| is_new)
        });
        match next {
            Some((inside, protocol)) => {
                let host = untrack(|| self.free_from(offered(inside), protocol));
                let host = host.map(|host| host.to_string()).unwrap_or_default();
                self.add_port(&host, &inside.to_string(), protocol);
            }
            None => self.add_port("", "", "tcp"),
        }
    }
}

/// The port that was taken and the one that is free, where the engine names both.
pub fn way_out(failure: &Failure) -> Option<(u16, u16)> {
    let fact = |name: &str| failure.facts.get(name)?.parse().ok();
    let known = failure.code == "port-in-use";
    known
        .then(|| Some((fact("port")?, fact("free")?)))
        .flatten()
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
    view! {
        <Show when=move || form.network.get() == Network::Default>
            <div role="group" class="fs col run-group" aria-label=words.ports()>
                <div class="lg">
                    {words.ports()}
                    <Show when=move || form.ports.with(|ports| !ports.is_empty())>
                        <span class="hint plain">{words.ports_note()}</span>
                    </Show>
                    <span class="push">
                        <Button
                            kind=ButtonKind::Quiet
                            size=ButtonSize::Small
                            icon=Symbol::Plus
                            on_press=move |()| form.offer_port()
                            {..}
                            data-test="run-add-port"
                        >
                            {words.add_port()}
                        </Button>
                    </span>
                </div>
                <For
                    each=move || form.ports.get()
                    key=|port| port.key
                    children=move |port| view! { <Row form port /> }
                />
            </div>
        </Show>
    }
}

#[component]
fn Row(form: Form, port: PortRow) -> impl IntoView {
    let words = use_text().run;
    let fault = Memo::new(move |_| form.port_fault(port, words));
    let number_field = move |value: RwSignal<String>, label: &'static str, hook: &'static str| {
        view! {
            <input
                class="input input--num"
                inputmode="numeric"
                aria-label=label
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                autocomplete="off"
                data-test=hook
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
        }
    };
    let instead = move || {
        let taken = fault.with(Option::is_some);
        let Reading::Port(read) = port.read() else {
            return None;
        };
        let free = taken
            .then(|| form.free_from(read.host, &read.protocol))
            .flatten()?;
        Some(view! {
            <Button
                kind=ButtonKind::Link
                size=ButtonSize::Small
                on_press=move |()| port.host.set(free.to_string())
            >
                {words.port_use(free)}
            </Button>
        })
    };
    let hint = move || {
        fault.get().map(|fault| {
            view! {
                <span class="hint hint--bad row row--tight" role="status">
                    <Glyph kind=StatusKind::Failed />
                    {fault}
                    {instead}
                </span>
            }
        })
    };
    view! {
        <div class="run-port" data-test="run-port">
            {number_field(port.host, words.port_host(), "run-port-host")}
            <span class="t3 arrow" aria-hidden="true">
                "→"
            </span>
            {number_field(port.container, words.port_inside(), "run-port-container")}
            <select
                class="select"
                aria-label=words.port_protocol()
                on:change=move |event| port.protocol.set(event_target_value(&event))
            >
                <option value="tcp" selected=port.protocol.get_untracked() != "udp">
                    "tcp"
                </option>
                <option value="udp" selected=port.protocol.get_untracked() == "udp">
                    "udp"
                </option>
            </select>
            <select
                class="select"
                aria-label=words.port_reach()
                on:change=move |event| port.open.set(event_target_value(&event) == "open")
            >
                <option value="local">{words.port_local()}</option>
                <option value="open">{words.port_open()}</option>
            </select>
            <IconButton
                symbol=Symbol::X
                label=words.remove()
                on_press=move |_| form.remove_port(port.key)
            />
        </div>
        {hint}
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::Failure;

    use super::{number, offered, way_out};

    #[test]
    fn ports_are_numbers_and_low_ones_are_moved_up() {
        assert_eq!(
            (number(" 80 "), number("0"), number("x")),
            (Some(80), None, None)
        );
        assert_eq!(number("65536"), None);
        assert_eq!(
            [offered(80), offered(443), offered(22), offered(3000)],
            [8080, 8443, 8022, 3000]
        );
    }

    #[test]
    fn the_engine_names_the_way_out() {
        let taken = Failure::new("port-in-use", "raw").with("port", 8001);
        assert_eq!(way_out(&taken), None);
        assert_eq!(way_out(&taken.with("free", 8002)), Some((8001, 8002)));
        assert_eq!(
            way_out(&Failure::new("disk-full", "raw").with("free", 1)),
            None
        );
    }
}
