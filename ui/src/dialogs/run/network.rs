//! The network, with what it means said plainly.

use leptos::prelude::*;

use super::form::{Form, Network};
use crate::{
    dialogs::{host_names, is_host_name},
    i18n::{Run, use_text},
};

impl Form {
    /// The other names that it will have in a network of one's own.
    pub fn aliases(self) -> Vec<String> {
        if !self
            .network
            .with(|network| matches!(network, Network::Own(_)))
        {
            return Vec::new();
        }
        self.alias.with(|typed| host_names(typed))
    }

    pub fn network_fault(self, words: Run) -> Option<String> {
        let mut aliases = self.aliases().into_iter();
        aliases
            .find(|alias| !is_host_name(alias))
            .map(|alias| words.alias_invalid(&alias))
    }
}

#[component]
pub fn NetworkField(form: Form) -> impl IntoView {
    let words = use_text().run;
    let is = move |network: &Network| form.network.with(|chosen| chosen == network);
    let option = move |network: Network, label: String| {
        let value = network.word().to_owned();
        view! {
            <option value=value selected=move || is(&network)>
                {label}
            </option>
        }
    };
    let own = move || {
        let networks = form.store.networks.filtered(|network| !network.built_in);
        networks
            .into_iter()
            .map(|network| option(Network::Own(network.name.clone()), network.name))
            .collect_view()
    };
    // What the container had that this one is like may be none of those.
    let chosen = form.network.get_untracked();
    let is_listed = match &chosen {
        Network::Container(_) => false,
        Network::Own(name) => {
            let same = form
                .store
                .networks
                .filtered(|network| network.name == *name);
            !same.is_empty()
        }
        _ => true,
    };
    let other = (!is_listed).then(|| option(chosen.clone(), chosen.word().to_owned()));
    let note = move || {
        form.network.with(|network| match network {
            Network::Default => words.network_default_note(),
            Network::Host => words.network_host_note(),
            Network::None => words.network_none_note(),
            Network::Container(_) => words.network_shared_note(),
            Network::Own(_) => words.network_own_note(),
        })
    };
    let alias = move || {
        view! {
            <div class="field">
                <label for="run-alias">{words.alias()}</label>
                <input
                    id="run-alias"
                    class="input"
                    placeholder=words.alias_hint()
                    spellcheck="false"
                    autocomplete="off"
                    aria-invalid=move || form.network_fault(words).map(|_| "true")
                    data-test="run-alias"
                    prop:value=move || form.alias.get()
                    on:input=move |event| form.alias.set(event_target_value(&event))
                />
                {move || form.network_fault(words).map(|fault| {
                    view! { <span class="hint hint--bad" role="status">{fault}</span> }
                })}
            </div>
        }
    };
    view! {
        <div class="run-network">
            <div class="field">
                <label for="run-network">{words.network()}</label>
                <select
                    id="run-network"
                    class="select"
                    data-test="run-network"
                    on:change=move |event| form.network.set(Network::of(&event_target_value(&event)))
                >
                    {option(Network::Default, words.network_default().to_owned())}
                    {own}
                    {other}
                    {option(Network::Host, words.network_host().to_owned())}
                    {option(Network::None, words.network_none().to_owned())}
                </select>
                <span class="hint">{note}</span>
            </div>
            <Show when=move || form.network.with(|network| matches!(network, Network::Own(_)))>
                {alias}
            </Show>
        </div>
    }
}
