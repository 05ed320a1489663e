//! How a container is reached: its ports on this computer and its networks, both changed at once.

mod networks;
mod ports;

use gantry_view::Container;
use leptos::prelude::*;

use self::{networks::Networks, ports::Ports};
use crate::i18n::use_text;

#[component]
pub fn NetworkTab(id: String, container: RwSignal<Container>) -> impl IntoView {
    let words = use_text().container_network;
    let id = StoredValue::new(id);
    // What has no network of its own has neither ports nor networks to change.
    let borrowed = Memo::new(move |_| {
        container.with(|container| match container.network.as_str() {
            "host" => Some(words.on_host().to_owned()),
            "none" => Some(words.on_none().to_owned()),
            mode => mode
                .strip_prefix("container:")
                .map(|other| words.on_other(&other.chars().take(12).collect::<String>())),
        })
    });
    view! {
        <div class="body pad" data-test="network-tab">
            <div class="measure col net">
                {move || match borrowed.get() {
                    Some(said) => view! { <p class="t2">{said}</p> }.into_any(),
                    None => {
                        view! {
                            <Ports id=id.get_value() container />
                            <Networks id=id.get_value() container />
                        }
                            .into_any()
                    }
                }}
            </div>
        </div>
    }
}
