//! The networks that a container is a member of.

use gantry_view::{Attachment, Container, DisconnectNetwork, Failure};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    backend, dialogs,
    i18n::use_text,
    parts::{Button, ButtonKind, ButtonSize, CopyButton, ErrorCard, Icon, Symbol, use_layers},
    state::{CommandLine, Outcome, Route, use_store},
};

#[component]
pub fn Networks(id: String, container: RwSignal<Container>) -> impl IntoView {
    let text = use_text();
    let words = text.container_network;
    let layers = use_layers();
    let key = StoredValue::new(id);
    let failure = RwSignal::new(None::<Failure>);
    let networks = Memo::new(move |_| {
        container.with(|container| (container.networks.clone(), container.state.is_up()))
    });
    let cards = move || {
        let (networks, live) = networks.get();
        if networks.is_empty() {
            return view! {
                <div class="card">
                    <p class="t3 sm net-none">{words.no_networks()}</p>
                </div>
            }
            .into_any();
        }
        networks
            .into_iter()
            .map(|attachment| view! { <Member id=key.get_value() attachment live failure /> })
            .collect_view()
            .into_any()
    };
    let refused = move || {
        failure.get().map(|failure| {
            view! { <ErrorCard failure /> }
        })
    };
    view! {
        <section class="psec">
            <h2>
                {words.networks()}
                <span class="push">
                    <Button
                        kind=ButtonKind::Quiet
                        size=ButtonSize::Small
                        icon=Symbol::Plus
                        on_press=move |()| dialogs::open_connect(layers, key.get_value())
                        {..}
                        data-test="connect"
                    >
                        {words.connect_more()}
                    </Button>
                </span>
            </h2>
            <div class="col" data-test="networks">
                {cards} {refused}
            </div>
        </section>
    }
}

#[component]
fn Member(
    id: String,
    attachment: Attachment,
    live: bool,
    failure: RwSignal<Option<Failure>>,
) -> impl IntoView {
    let text = use_text();
    let words = text.container_network;
    let store = use_store();
    let name = attachment.network.clone();
    let network = store
        .networks
        .filtered(|network| network.name == name)
        .pop();
    let resolves = network.as_ref().is_some_and(|network| !network.built_in);
    let route = Route::Networks {
        open: network.map(|network| network.id),
    };
    let busy = RwSignal::new(false);
    let leave = {
        let (id, name) = (id.clone(), name.clone());
        move |()| {
            busy.set(true);
            failure.set(None);
            let (id, name) = (id.clone(), name.clone());
            spawn_local(async move {
                let called = store.name_of(&id);
                let request = DisconnectNetwork {
                    network: name.clone(),
                    container: id,
                };
                let words = store.text().container_network;
                match backend::call(&request).await {
                    Ok(()) => {
                        let command = ["network", "disconnect", &name, &called];
                        let said = words.left(&called, &name);
                        store.report(Outcome::Done, said, Some(CommandLine::new(command)));
                    }
                    Err(error) => {
                        store.report(Outcome::Failed, words.not_left(&called, &name), None);
                        let _ = failure.try_set(Some(error));
                    }
                }
                let _ = busy.try_set(false);
            });
        }
    };
    // What others of the network can ask for.
    let called = if resolves {
        let mut names = vec![store.name_of(&id)];
        names.extend(attachment.aliases.iter().cloned());
        names.push(id.chars().take(12).collect());
        names.dedup();
        names.join(", ")
    } else {
        words.by_address().to_owned()
    };
    let one = |label: &'static str, values: Vec<String>| {
        (!values.is_empty()).then(|| {
            let values = values.join(", ");
            let copied = values.clone();
            view! {
                <dt>{label}</dt>
                <dd class="row row--tight">
                    <span class="mono sm selectable">{values}</span>
                    <CopyButton
                        label=text.container_network.copy(label)
                        content=move |()| copied.clone()
                    />
                </dd>
            }
        })
    };
    let mac = Some(attachment.mac).filter(|mac| !mac.is_empty());
    let href = route.to_hash();
    view! {
        <div class="card net-member" data-test="member" data-network=name.clone()>
            <div class="card-h">
                <Icon symbol=Symbol::Network />
                <a
                    class="cut"
                    href=href
                    on:click=move |event| {
                        event.prevent_default();
                        store.go(route.clone());
                    }
                >
                    {name.clone()}
                </a>
                {attachment
                    .leads_out
                    .then(|| view! { <span class="badge">{words.leads_out()}</span> })}
                <span class="push">
                    <Button
                        size=ButtonSize::Small
                        on_press=leave
                        busy
                        {..}
                        data-test="disconnect"
                    >
                        {words.disconnect()}
                    </Button>
                </span>
            </div>
            <dl class="kv net-facts">
                {one(words.address(), attachment.addresses)}
                {one(words.gateway(), attachment.gateways)}
                {one(words.mac(), mac.into_iter().collect())}
                <dt>{words.called()}</dt>
                <dd>{called}</dd>
                {(!live)
                    .then(|| {
                        view! {
                            <dt>{words.address()}</dt>
                            <dd class="t3">{words.when_started()}</dd>
                        }
                    })}
            </dl>
        </div>
    }
}
