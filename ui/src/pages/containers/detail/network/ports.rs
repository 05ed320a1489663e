//! Published ports, added and taken away while the container runs.

use gantry_view::{ChangePorts, Container, Failure, Port, RunPort};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    backend,
    dialogs::{
        PortFields, PortHint, PortInputs, Reading, free_port_from, offered_port, port_way_out,
    },
    i18n::{ended, use_text},
    pages::containers::{
        commands,
        ports::{to_change, told_once},
    },
    parts::{Button, ButtonKind, ButtonSize, ErrorCard, IconButton, PortChip, Symbol, on_enter},
    state::{Outcome, Store, use_store},
};

/// What is asked of the ports of one container, and what became of it.
#[derive(Clone, Copy)]
struct Change {
    store: Store,
    id: StoredValue<String>,
    /// The ports that are on their way, and why the last one was refused.
    going: RwSignal<Vec<RunPort>>,
    failure: RwSignal<Option<Failure>>,
    /// The fields of a new port.
    fields: PortFields,
    adding: RwSignal<bool>,
}

impl Change {
    fn offer(self, inside: Option<&Port>) {
        let number = inside.map(|port| port.container);
        let protocol = inside.map_or("tcp", |port| port.protocol.as_str());
        let host = number.and_then(|number| {
            untrack(|| free_port_from(self.store, offered_port(number), protocol, &[]))
        });
        let text = |number: Option<u16>| number.map(|number| number.to_string());
        self.fields.host.set(text(host).unwrap_or_default());
        self.fields.container.set(text(number).unwrap_or_default());
        self.fields.protocol.set(protocol.to_owned());
        self.fields.open.set(false);
        self.failure.set(None);
        // A new row, with fields that show what they were just given.
        self.adding.set(false);
        self.adding.set(true);
    }

    fn publish(self) {
        if let Reading::Port(port) = untrack(|| self.fields.read()) {
            self.send(port, true);
        }
    }

    fn send(self, port: RunPort, add: bool) {
        if self.going.with_untracked(|going| going.contains(&port)) {
            return;
        }
        self.going.update(|going| going.push(port.clone()));
        self.failure.set(None);
        spawn_local(async move {
            let id = self.id.get_value();
            let name = self.store.name_of(&id);
            let words = self.store.text().container_network;
            let (added, removed) = if add {
                (vec![port.clone()], Vec::new())
            } else {
                (Vec::new(), vec![port.clone()])
            };
            let request = ChangePorts {
                id,
                add: added,
                remove: removed,
            };
            let answer = backend::call(&request).await;
            let now = self.store.containers.get_untracked(&request.id);
            let is_up = now.is_some_and(|container| container.state.is_up());
            let (outcome, said) = match (&answer, add) {
                (Ok(()), true) if !is_up => {
                    (Outcome::Done, words.published_later(&name, port.host))
                }
                (Ok(()), true) => (Outcome::Done, words.published(&name, port.host)),
                (Ok(()), false) => (Outcome::Done, words.withdrawn(&name, port.host)),
                (Err(_), true) => (Outcome::Failed, words.not_published(port.host)),
                (Err(_), false) => (Outcome::Failed, words.not_withdrawn(port.host)),
            };
            self.store.report(outcome, said, None);
            // The tab may be closed by now.
            let _ = self
                .going
                .try_update(|going| going.retain(|other| *other != port));
            match answer {
                Ok(()) if add => {
                    let _ = self.adding.try_set(false);
                }
                Ok(()) => {}
                Err(failure) => {
                    let _ = self.failure.try_set(Some(failure));
                }
            }
        });
    }
}

#[component]
pub fn Ports(id: String, container: RwSignal<Container>) -> impl IntoView {
    let text = use_text();
    let words = text.container_network;
    let store = use_store();
    let change = Change {
        store,
        id: StoredValue::new(id),
        going: RwSignal::new(Vec::new()),
        failure: RwSignal::new(None),
        fields: PortFields::new("", "", "tcp"),
        adding: RwSignal::new(false),
    };
    let ports = Memo::new(move |_| {
        container.with(|container| (told_once(&container.ports), container.state.is_up()))
    });
    let next_inside = move || {
        let inside = |port: &&Port| port.host.is_none();
        ports.with_untracked(|(ports, _)| ports.iter().find(inside).cloned())
    };
    let rows = move || {
        let (ports, live) = ports.get();
        if ports.is_empty() && !change.adding.get() {
            let said = if live {
                words.no_ports()
            } else {
                words.no_ports_stopped()
            };
            return view! { <p class="t3 sm net-none">{said}</p> }.into_any();
        }
        ports
            .into_iter()
            .map(|port| match to_change(&port) {
                Some(published) => view! { <Published port published live change /> }.into_any(),
                None => view! { <Inside port live change /> }.into_any(),
            })
            .collect_view()
            .into_any()
    };
    view! {
        <section class="psec">
            <h2>
                {words.ports()}
                <span class="push">
                    <Button
                        kind=ButtonKind::Quiet
                        size=ButtonSize::Small
                        icon=Symbol::Plus
                        on_press=move |()| change.offer(next_inside().as_ref())
                        {..}
                        data-test="add-port"
                    >
                        {text.run.add_port()}
                    </Button>
                </span>
            </h2>
            <div class="card" data-test="ports">
                {rows}
                <Show when=move || change.adding.get()>
                    <New change />
                </Show>
            </div>
            <Refused change />
        </section>
    }
}

#[component]
fn Published(port: Port, published: RunPort, live: bool, change: Change) -> impl IntoView {
    let text = use_text();
    let words = text.container_network;
    let store = change.store;
    let reach = match published.address.as_str() {
        "" => text.run.port_open().to_owned(),
        "127.0.0.1" | "::1" => text.run.port_local().to_owned(),
        address => words.at_address(address),
    };
    let reach = match &port.lost {
        Some(why) => view! { <span class="sm hint--bad grow">{ended(why.clone())}</span> },
        None => view! { <span class="sm t3 grow">{reach}</span> },
    };
    let label = words.withdraw(published.host);
    let number = published.host;
    let key = published.clone();
    let leaves = move || change.going.with(|going| going.contains(&key));
    view! {
        <div
            class="pref net-port"
            aria-busy=move || leaves().then_some("true")
            data-test="published"
            data-port=number
        >
            <PortChip port live on_open=move |url| commands::open_url(store, url) />
            {reach}
            <IconButton
                symbol=Symbol::X
                label
                small=true
                on_press=move |_| change.send(published.clone(), false)
            />
        </div>
    }
}

/// A port that the image tells of and nobody outside reaches.
#[component]
fn Inside(port: Port, live: bool, change: Change) -> impl IntoView {
    let words = use_text().container_network;
    let store = change.store;
    let wanted = port.clone();
    view! {
        <div class="pref net-port" data-test="inside">
            <PortChip port live on_open=move |url| commands::open_url(store, url) />
            <span class="sm t3 grow cut">{words.inside_only()}</span>
            <Button size=ButtonSize::Small on_press=move |()| change.offer(Some(&wanted))>
                {words.publish_more()}
            </Button>
        </div>
    }
}

#[component]
fn New(change: Change) -> impl IntoView {
    let text = use_text();
    let words = text.container_network;
    let (store, fields) = (change.store, change.fields);
    let blocked = Signal::derive(move || match fields.read() {
        Reading::Empty => Some(text.run.port_number().to_owned()),
        _ => fields.fault(store, text.run),
    });
    let busy = Signal::derive(move || match fields.read() {
        Reading::Port(port) => change.going.with(|going| going.contains(&port)),
        Reading::Empty | Reading::Wrong => false,
    });
    view! {
        <div
            class="net-new col"
            data-test="new-port"
            on:keydown=on_enter(blocked, move || change.publish())
        >
            <div class="run-port net-fields">
                <PortInputs fields />
                <span class="row row--tight">
                    <Button on_press=move |()| change.adding.set(false)>
                        {text.common.cancel()}
                    </Button>
                    <Button
                        busy
                        disabled=blocked
                        on_press=move |()| change.publish()
                        {..}
                        data-test="publish"
                    >
                        {words.publish()}
                    </Button>
                </span>
            </div>
            <PortHint fields mine=Vec::new() />
        </div>
    }
}

/// Why a port was not changed, and the next free one where it was taken.
#[component]
fn Refused(change: Change) -> impl IntoView {
    let text = use_text();
    let dismiss = move |()| change.failure.set(None);
    move || {
        change.failure.get().map(|failure| {
            let instead = port_way_out(&failure).map(|(_, free)| {
                let take = move || {
                    change.fields.host.set(free.to_string());
                    change.publish();
                };
                view! {
                    <Button on_press=move |()| take() {..} data-test="port-instead">
                        {text.container_network.use_instead(free)}
                    </Button>
                }
            });
            view! {
                <div class="net-failure" data-test="port-failure">
                    <ErrorCard failure>
                        <span class="push"></span>
                        <Button on_press=dismiss>{text.common.dismiss()}</Button>
                        {instead}
                    </ErrorCard>
                </div>
            }
        })
    }
}
