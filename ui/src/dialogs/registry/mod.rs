//! Registries: one more, and who we are to one.

mod add;
mod plain;
mod sign_in;

use leptos::prelude::*;

use crate::parts::Layers;

/// What was refused for want of an account, to be tried again after the sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub wish: Wish,
    pub image: String,
    pub platform: Option<String>,
    /// The error as the registry's answer was told.
    pub raw: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Pull,
    Push,
}

/// Asks for name and password of a registry; `refused` says what for.
pub fn open_sign_in(layers: Layers, registry: &str, refused: Option<Refused>) {
    let registry = registry.to_owned();
    layers.open_dialog(move || {
        view! { <sign_in::SignInDialog registry=registry.clone() refused=refused.clone() /> }
    });
}

/// Asks for the address of one more registry.
pub fn open_add_registry(layers: Layers) {
    layers.open_dialog(|| view! { <add::AddDialog /> });
}

/// Asks whether a registry is to be talked to without encryption.
pub fn open_plain(layers: Layers, registry: &str) {
    let registry = registry.to_owned();
    layers.open_dialog(move || view! { <plain::PlainDialog registry=registry.clone() /> });
}
