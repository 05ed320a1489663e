//! One network: its addresses and who is in it.

use leptos::prelude::*;

use super::{members, remove};
use crate::{
    i18n::use_text,
    parts::{CardLink, Digest, Empty, GuardedRemoval, use_layers},
    shell::status_of,
    state::{Route, Tab, use_store},
};

#[component]
pub fn Detail(id: String) -> impl IntoView {
    let text = use_text();
    let words = text.networks;
    let (store, layers) = (use_store(), use_layers());
    let Some(cell) = store.networks.cell(&id) else {
        return view! { <Empty title=words.gone_title() text=words.gone_text() /> }.into_any();
    };
    let network = RwSignal::from(cell);
    let fixed = network.get_untracked();
    let key = StoredValue::new(id);
    let blocked = Signal::derive(move || remove::blocked(store, &key.get_value()));
    let addresses = move || {
        let (subnets, gateways) = network.with(|one| (one.subnets.clone(), one.gateways.clone()));
        if subnets.is_empty() {
            return view! { <span class="t3">{words.subnet_later()}</span> }.into_any();
        }
        view! {
            <span class="mono sm">{subnets.join(", ")}</span>
            <div class="t3 sm">{words.gateways(&gateways.join(", "))}</div>
        }
        .into_any()
    };
    let way_out = if fixed.internal {
        words.no_way_out()
    } else {
        words.has_way_out()
    };
    let created = fixed.created_at;
    view! {
        <div class="det-h">
            <h2 class="cut" title=fixed.name.clone()>
                {fixed.name.clone()}
            </h2>
        </div>
        <div class="pad col volume-detail" data-test="network-detail">
            <dl class="kv">
                <dt>{words.subnet()}</dt>
                <dd>{addresses}</dd>
                <dt>{words.outside()}</dt>
                <dd>{way_out}</dd>
                <dt>{words.driver()}</dt>
                <dd>{fixed.driver}</dd>
                <dt>{words.created()}</dt>
                <dd title=text.moment(created)>{move || text.ago(created, store.now.get())}</dd>
                {fixed.project.map(|project| view! {
                    <dt>{words.project()}</dt>
                    <dd>{project}</dd>
                })}
                <dt>{words.id()}</dt>
                <dd>
                    <Digest value=key.get_value() />
                </dd>
            </dl>
            <Members network=fixed.name />
            <GuardedRemoval
                label=words.remove()
                blocked
                test="remove-network"
                on_press=move |()| remove::ask(store, layers, &key.get_value())
            />
        </div>
    }
    .into_any()
}

#[component]
fn Members(network: String) -> impl IntoView {
    let words = use_text().networks;
    let store = use_store();
    let network = StoredValue::new(network);
    let rows = move || {
        let members = members(store, &network.get_value());
        if members.is_empty() {
            return view! { <p class="t3 sm">{words.nobody()}</p> }.into_any();
        }
        let rows = members.into_iter().map(|(container, place)| {
            let kind = status_of(&container, None);
            let route = Route::Containers {
                open: Some(container.id.clone()),
                tab: Tab::Network,
            };
            let known = [place.addresses, place.aliases].concat();
            view! {
                <CardLink
                    kind
                    name=container.name
                    detail=known.join(", ")
                    href=route.to_hash()
                    on_open=move |()| store.go(route.clone())
                />
            }
        });
        view! { <div class="card">{rows.collect_view()}</div> }.into_any()
    };
    view! {
        <div>
            <div class="label">{words.containers()}</div>
            {rows}
        </div>
    }
}
