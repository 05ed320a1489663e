//! A container's way into its networks before it starts, and out of them when it has ended.

use std::path::PathBuf;
use std::sync::Arc;

use gantry_network::PublishedPort;
use gantry_wire::gantry::{ChangePorts, PortChange};
use gantry_wire::{EndpointSettings, HostConfig, PortBinding};

use super::Owner;
use crate::core::with_core;
use crate::network::{Mode, Place, ports};
use crate::{Error, Result};

impl Owner {
    /// Takes addresses, writes them down and has the network made. Returns the namespace that the
    /// container joins; `None` for one that has none of ours.
    pub(super) async fn wire(&mut self) -> Result<Option<PathBuf>> {
        let view = self.now();
        let reserved = with_core(&self.core, move |core| core.networks.reserve(&view)).await?;
        let Some(reserved) = reserved else {
            return Ok(None);
        };
        self.change(|view| view.place = reserved.place.clone());
        // Before anything is made: an engine that takes over knows what to look for.
        let (view, path) = (self.now(), self.folder.config());
        crate::core::blocking(move || view.save(&path)).await?;
        let core = std::sync::Arc::clone(&self.core);
        let _open = core.networks.gate.read().await;
        let view = self.now();
        let prepared = core.networks.prepare(&core.registry, &view, &view.place);
        let (namespace, ports) = prepared.await?;
        self.change(|view| view.place.ports = ports);
        Ok(Some(namespace))
    }

    /// Gives everything back. The record is the caller's to write.
    pub(super) async fn unwire(&mut self) {
        let view = self.now();
        if view.place.is_empty() {
            return;
        }
        self.core.networks.release(&view).await;
        self.change(|view| view.place = Place::default());
    }

    /// Makes the container a member of a network, at once where it runs.
    pub(super) async fn connect(
        &mut self,
        network: &str,
        settings: EndpointSettings,
    ) -> Result<()> {
        let before = self.now();
        let definition = &before.definition;
        match Mode::of(&definition.host_config.network_mode) {
            Mode::Network(_) => {}
            Mode::Host => {
                return refused(
                    "container cannot be disconnected from host network or connected to host network",
                );
            }
            Mode::None => {
                return refused(
                    "container cannot be connected to multiple networks with one of the networks in private (none) mode",
                );
            }
            Mode::Container(_) => {
                return refused(
                    "container sharing network namespace with another container or host cannot be connected to any other network",
                );
            }
        }
        if definition.networking.endpoints_config.contains_key(network) {
            return refused(&format!(
                "endpoint with name {} already exists in network {network}",
                before.name
            ));
        }
        self.settle_end(network, Some(settings));
        let wired = if before.place.is_empty() {
            Ok(())
        } else {
            self.wire_end(network).await
        };
        if let Err(error) = wired {
            self.change(|view| *view = before.as_ref().clone());
            return Err(error);
        }
        self.tell_hosts().await;
        self.save().await
    }

    /// The running container gets its end of a network.
    async fn wire_end(&mut self, network: &str) -> Result<()> {
        let (view, name) = (self.now(), network.to_owned());
        let core = Arc::clone(&self.core);
        let _open = core.networks.gate.read().await;
        let end = with_core(&self.core, move |core| {
            core.networks.reserve_end(&view, &name)
        });
        let (end, _turn) = end.await?;
        self.change(|view| {
            view.place.ends.insert(network.to_owned(), end.clone());
        });
        let wired = core.networks.connect(self.now().id(), &end).await;
        if wired.is_err() {
            let mut alone = Place::default();
            alone.ends.insert(network.to_owned(), end);
            core.networks.vacate(&alone);
        }
        wired
    }

    /// Takes the container out of a network, at once where it runs.
    pub(super) async fn disconnect(&mut self, network: &str) -> Result<()> {
        let view = self.now();
        let is_member = view
            .definition
            .networking
            .endpoints_config
            .contains_key(network);
        if !is_member {
            return refused(&format!(
                "container {} is not connected to network {network}",
                view.id()
            ));
        }
        if let Some(end) = view.place.ends.get(network) {
            let mut alone = Place::default();
            alone.ends.insert(network.to_owned(), end.clone());
            self.core.networks.disconnect(view.id(), end).await?;
            self.core.networks.vacate(&alone);
            self.change(|view| {
                view.place.ends.remove(network);
            });
            self.lead_out(end.leads_out).await?;
        }
        self.settle_end(network, None);
        self.tell_hosts().await;
        self.save().await
    }

    /// Another network leads out where the one did that is gone.
    async fn lead_out(&mut self, is_needed: bool) -> Result<()> {
        let view = self.now();
        let Some((name, end)) = view.place.ends.iter().next().filter(|_| is_needed) else {
            return Ok(());
        };
        self.core.networks.lead_out(view.id(), end).await?;
        let name = name.clone();
        self.change(|view| {
            if let Some(end) = view.place.ends.get_mut(&name) {
                end.leads_out = true;
            }
        });
        Ok(())
    }

    /// Writes down that the container is a member of a network, or no longer.
    fn settle_end(&self, network: &str, settings: Option<EndpointSettings>) {
        self.change(|view| {
            let definition = Arc::make_mut(&mut view.definition);
            let endpoints = &mut definition.networking.endpoints_config;
            match settings {
                Some(settings) => endpoints.insert(network.to_owned(), Some(settings)),
                None => endpoints.remove(network),
            };
        });
    }

    /// The running container's own /etc/hosts follows its addresses.
    async fn tell_hosts(&self) {
        let (view, folder) = (self.now(), self.folder.clone());
        if view.place.is_empty() {
            return;
        }
        let told = with_core(&self.core, move |core| {
            crate::container::files::write(core, &view, &folder)
        });
        if let Err(error) = told.await {
            tracing::error!(container = %self.now().id(), %error, "/etc/hosts was not written");
        }
    }

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
                    view.place.ports.retain(|port| !is_removed(port));
                    view.place.ports.extend(published);
                }),
                Err(error) => {
                    let again = networks.publish(&self.core.registry, &before, bound).await;
                    if let Err(error) = again {
                        tracing::error!(%error, "a port was lost while others were changed");
                    }
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
}

fn refused<T>(message: &str) -> Result<T> {
    Err(Error::NetworkState {
        code: "network-forbidden",
        message: message.to_owned(),
    })
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
