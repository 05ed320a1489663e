//! Published ports that change while a container runs.

use std::sync::Arc;

use gantry_network::PublishedPort;
use gantry_wire::gantry::{ChangePorts, PortChange};
use gantry_wire::{HostConfig, PortBinding};

use super::Owner;
use super::network::refused;
use crate::network::{Mode, Published, ports};
use crate::{Error, Result};

impl Owner {
    /// Publishes other ports. What runs has them at once; all of it happens or nothing does.
    pub(super) async fn change_ports(&mut self, change: ChangePorts) -> Result<()> {
        let before = self.now();
        let definition = &before.definition;
        if !matches!(
            Mode::of(&definition.host_config.network_mode),
            Mode::Network(_)
        ) {
            return refused("only a container with a network of its own has published ports");
        }
        let (added, removed) = (wanted(&change.add)?, wanted(&change.remove)?);
        let is_removed = |port: &PublishedPort| {
            removed.iter().any(|one| {
                (one.protocol, one.container_port) == (port.protocol, port.container_port)
                    && (one.host_port, one.host) == (port.host_port, port.host)
            })
        };
        let bound: Vec<_> = before
            .place
            .ports
            .iter()
            .copied()
            .filter(is_removed)
            .collect();
        let mut host = definition.host_config.clone();
        for one in &change.remove {
            remove_binding(&mut host, one)?;
        }
        if !before.place.is_empty() {
            let networks = &self.core.networks;
            // What is taken away may be what is added elsewhere.
            networks.withdraw(before.id(), &bound).await?;
            match networks.publish(&self.core.registry, &before, added).await {
                Ok(published) => self.change(|view| {
                    let place = &mut view.place;
                    place.ports.retain(|port| !is_removed(port));
                    place.lost.retain(|lost| !is_removed(&lost.port));
                    place.ports.extend(published);
                }),
                Err(error) => {
                    let again = networks.publish_most(&self.core.registry, &before, bound);
                    self.lose(again.await);
                    self.save().await?;
                    return Err(error);
                }
            }
        }
        for one in &change.add {
            let key = ports::ContainerPort::parse(&one.port)?.to_string();
            let bindings = host.port_bindings.entry(key).or_default();
            let number = one.host_port;
            bindings.get_or_insert_default().push(PortBinding {
                host_ip: one.host_ip.clone(),
                host_port: if number == 0 {
                    String::new()
                } else {
                    number.to_string()
                },
            });
        }
        self.change(|view| Arc::make_mut(&mut view.definition).host_config = host);
        self.save().await
    }

    /// Ports that were to be published again are written down as lost where they were not.
    fn lose(&self, published: Published) {
        self.change(|view| {
            let place = &mut view.place;
            let is_lost =
                |port: &PublishedPort| published.lost.iter().any(|lost| lost.port == *port);
            place.ports.retain(|port| !is_lost(port));
            place.lost.extend(published.lost);
        });
    }

    /// Which ports another keeper serves, and which it could not.
    pub(super) async fn served(&mut self, published: Published) {
        let place = &self.now().place;
        if place.is_empty() || (place.ports == published.ports && place.lost == published.lost) {
            return;
        }
        for lost in &published.lost {
            let (port, why) = (lost.port, &lost.why);
            tracing::warn!(container = %self.now().id(), ?port, why, "a published port is lost");
        }
        self.change(|view| {
            view.place.ports = published.ports;
            view.place.lost = published.lost;
        });
        self.save_or_log().await;
    }

    /// The way in has moved to another network: published ports follow it.
    pub(super) async fn move_ports(&mut self) -> Result<()> {
        let view = self.now();
        let definition = &view.definition;
        let networks = &self.core.networks;
        networks.withdraw(view.id(), &view.place.ports).await?;
        let published = if view.place.front().is_none() {
            Published::default()
        } else {
            let mut ports = view.place.ports.clone();
            ports.extend(view.place.lost.iter().map(|lost| lost.port));
            if ports.is_empty() {
                // It was in no network, where nothing was published.
                ports = ports::wanted(&definition.config, &definition.host_config)?;
            }
            let registry = &self.core.registry;
            networks.publish_most(registry, &view, ports).await
        };
        self.change(|view| {
            view.place.ports = published.ports;
            view.place.lost = published.lost;
        });
        Ok(())
    }
}

fn wanted(changes: &[PortChange]) -> Result<Vec<PublishedPort>> {
    let mut all = Vec::new();
    for one in changes {
        let binding = PortBinding {
            host_ip: one.host_ip.clone(),
            host_port: one.host_port.to_string(),
        };
        all.extend(ports::published(
            ports::ContainerPort::parse(&one.port)?,
            &binding,
        )?);
    }
    Ok(all)
}

/// Takes a binding out of what a container wants. One of a free port is meant by the number that it
/// has got.
fn remove_binding(host: &mut HostConfig, change: &PortChange) -> Result<()> {
    let key = ports::ContainerPort::parse(&change.port)?.to_string();
    let bindings = host.port_bindings.entry(key.clone()).or_default();
    let bindings = bindings.get_or_insert_default();
    let number = change.host_port.to_string();
    let exact = bindings
        .iter()
        .position(|one| one.host_port == number && one.host_ip == change.host_ip);
    let free = || {
        let is_free = |one: &PortBinding| matches!(one.host_port.as_str(), "" | "0");
        bindings.iter().position(is_free)
    };
    match exact.or_else(free) {
        Some(found) => drop(bindings.remove(found)),
        None => {
            return Err(Error::NetworkState {
                code: "network-forbidden",
                message: format!("port {key} is not published at {number}"),
            });
        }
    }
    if bindings.is_empty() {
        host.port_bindings.remove(&key);
    }
    Ok(())
}
