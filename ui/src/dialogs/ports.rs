//! Published ports as they are typed: where they lead, who reaches them, and whether they are free.

use gantry_view::{Failure, RunPort};
use leptos::prelude::*;

use crate::{
    i18n::{Run, use_text},
    parts::{Button, ButtonKind, ButtonSize, Glyph, StatusKind},
    state::{Store, use_store},
};

/// The fields of one port.
#[derive(Clone, Copy)]
pub struct PortFields {
    pub host: RwSignal<String>,
    pub container: RwSignal<String>,
    pub protocol: RwSignal<String>,
    /// Other computers reach it too.
    pub open: RwSignal<bool>,
}

/// What the fields stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    Empty,
    Wrong,
    Port(RunPort),
}

impl PortFields {
    pub fn new(host: &str, container: &str, protocol: &str) -> Self {
        Self {
            host: RwSignal::new(host.to_owned()),
            container: RwSignal::new(container.to_owned()),
            protocol: RwSignal::new(protocol.to_owned()),
            open: RwSignal::new(false),
        }
    }

    /// Tracks the fields.
    pub fn read(self) -> Reading {
        let typed = (self.host.get(), self.container.get());
        if typed.0.trim().is_empty() && typed.1.trim().is_empty() {
            return Reading::Empty;
        }
        match (port_number(&typed.0), port_number(&typed.1)) {
            (Some(host), Some(container)) => Reading::Port(RunPort {
                host,
                container,
                protocol: self.protocol.get(),
                address: if self.open.get() { "" } else { "127.0.0.1" }.to_owned(),
            }),
            _ => Reading::Wrong,
        }
    }

    /// What is wrong with them.
    pub fn fault(self, store: Store, words: Run) -> Option<String> {
        match self.read() {
            Reading::Empty => None,
            Reading::Wrong => Some(words.port_number().to_owned()),
            Reading::Port(port) => {
                let holder = holder(store, port.host, &port.protocol);
                holder.map(|name| words.port_taken(port.host, &name))
            }
        }
    }
}

pub fn port_number(typed: &str) -> Option<u16> {
    typed.trim().parse().ok().filter(|port| *port > 0)
}

/// A port of this computer for one of a container: the same, or one that anybody may open.
pub fn offered_port(inside: u16) -> u16 {
    match inside {
        80 => 8080,
        443 => 8443,
        low if low < 1024 => 8000 + low,
        high => high,
    }
}

/// The name of the container that has a port of this computer now.
fn holder(store: Store, host: u16, protocol: &str) -> Option<String> {
    let mut found = None;
    store.containers.for_each(|container| {
        let has = |port: &gantry_view::Port| port.host == Some(host) && port.protocol == protocol;
        if container.state.is_up() && container.ports.iter().any(has) {
            found = Some(container.name.clone());
        }
    });
    found
}

/// The next port that no container has, nor is one of `mine`.
pub fn free_port_from(store: Store, host: u16, protocol: &str, mine: &[u16]) -> Option<u16> {
    (host..=u16::MAX).find(|port| !mine.contains(port) && holder(store, *port, protocol).is_none())
}

/// The port that was taken and the one that is free, where the engine names both.
pub fn port_way_out(failure: &Failure) -> Option<(u16, u16)> {
    let fact = |name: &str| failure.facts.get(name)?.parse().ok();
    let known = failure.code == "port-in-use";
    known
        .then(|| Some((fact("port")?, fact("free")?)))
        .flatten()
}

/// `8001 → 80  tcp  from this computer only`
#[component]
pub fn PortInputs(fields: PortFields) -> impl IntoView {
    let words = use_text().run;
    let store = use_store();
    let is_wrong = move || fields.read() == Reading::Wrong;
    let wrong = move |typed: RwSignal<String>| {
        is_wrong() && typed.with(|typed| port_number(typed).is_none())
    };
    // Only the port of this computer can be somebody else's.
    let taken = move || !is_wrong() && fields.fault(store, words).is_some();
    let host_bad = Memo::new(move |_| wrong(fields.host) || taken());
    let inside_bad = Memo::new(move |_| wrong(fields.container));
    let number_field =
        move |value: RwSignal<String>, bad: Memo<bool>, label: &'static str, hook: &'static str| {
            view! {
                <input
                    class="input input--num"
                    inputmode="numeric"
                    aria-label=label
                    aria-invalid=move || bad.get().then_some("true")
                    autocomplete="off"
                    data-test=hook
                    prop:value=move || value.get()
                    on:input=move |event| value.set(event_target_value(&event))
                />
            }
        };
    view! {
        {number_field(fields.host, host_bad, words.port_host(), "run-port-host")}
        <span class="t3 arrow" aria-hidden="true">
            "→"
        </span>
        {number_field(fields.container, inside_bad, words.port_inside(), "run-port-container")}
        <select
            class="select"
            aria-label=words.port_protocol()
            on:change=move |event| fields.protocol.set(event_target_value(&event))
        >
            <option value="tcp" selected=fields.protocol.get_untracked() != "udp">
                "tcp"
            </option>
            <option value="udp" selected=fields.protocol.get_untracked() == "udp">
                "udp"
            </option>
        </select>
        <select
            class="select"
            aria-label=words.port_reach()
            on:change=move |event| fields.open.set(event_target_value(&event) == "open")
        >
            <option value="local" selected=!fields.open.get_untracked()>
                {words.port_local()}
            </option>
            <option value="open" selected=fields.open.get_untracked()>
                {words.port_open()}
            </option>
        </select>
    }
}

/// What is wrong with a port, and one that is free in its place.
#[component]
pub fn PortHint(
    fields: PortFields,
    /// Ports that this form has for itself.
    #[prop(into)]
    mine: Signal<Vec<u16>>,
) -> impl IntoView {
    let words = use_text().run;
    let store = use_store();
    let instead = move || {
        let Reading::Port(read) = fields.read() else {
            return None;
        };
        let free = free_port_from(store, read.host, &read.protocol, &mine.get())?;
        Some(view! {
            <Button
                kind=ButtonKind::Link
                size=ButtonSize::Small
                on_press=move |()| fields.host.set(free.to_string())
            >
                {words.port_use(free)}
            </Button>
        })
    };
    move || {
        fields.fault(store, words).map(|fault| {
            view! {
                <span class="hint hint--bad row row--tight" role="status">
                    <Glyph kind=StatusKind::Failed />
                    {fault}
                    {instead}
                </span>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::Failure;

    use super::{offered_port, port_number, port_way_out};

    #[test]
    fn ports_are_numbers_and_low_ones_are_moved_up() {
        let read = [" 80 ", "0", "x", "65536"].map(port_number);
        assert_eq!(read, [Some(80), None, None, None]);
        let offered = [80, 443, 22, 3000].map(offered_port);
        assert_eq!(offered, [8080, 8443, 8022, 3000]);
    }

    #[test]
    fn the_engine_names_the_way_out() {
        let taken = Failure::new("port-in-use", "raw").with("port", 8001);
        assert_eq!(port_way_out(&taken), None);
        let both = taken.with("free", 8002);
        assert_eq!(port_way_out(&both), Some((8001, 8002)));
        let other = Failure::new("disk-full", "raw").with("free", 1);
        assert_eq!(port_way_out(&other), None);
    }
}
