//! Networks: who is in which, made and removed.

mod create;
mod detail;
mod list;
mod remove;

use gantry_view::{Attachment, Container};
use leptos::prelude::*;

use crate::{parts::Layers, state::Store};

pub use detail::Detail as NetworkDetail;
pub use list::NetworkList;

/// Asks for a new network.
pub fn open_create(layers: Layers) {
    layers.open_dialog(|| view! { <create::CreateDialog /> });
}

/// The containers that are in a network, by name, each with its place there. Tracks them all.
fn members(store: Store, network: &str) -> Vec<(Container, Attachment)> {
    let mut members = Vec::new();
    store.containers.for_each(|container| {
        let mut places = container.networks.iter();
        if let Some(place) = places.find(|place| place.network == network) {
            members.push((container.clone(), place.clone()));
        }
    });
    members.sort_by(|a, b| a.0.name.cmp(&b.0.name));
    members
}

/// Their names.
fn member_names(store: Store, network: &str) -> String {
    let members = members(store, network).into_iter();
    let names: Vec<String> = members.map(|(container, _)| container.name).collect();
    names.join(", ")
}
