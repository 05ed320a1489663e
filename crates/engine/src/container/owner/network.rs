//! A container's way into its networks: before it starts, while it runs, and out of them at its end.

use std::path::PathBuf;
use std::sync::Arc;

use gantry_file::Durability;
use gantry_wire::EndpointSettings;

use super::Owner;
use crate::core::with_core;
use crate::network::{End, Mode, Place};
use crate::{Error, Result};

impl Owner {
    /// Takes addresses, writes them down and has the network made. Returns the namespace that the
    /// container joins; `None` for one that has none of ours.
    pub(super) async fn wire(&mut self) -> Result<Option<PathBuf>> {
        let view = self.now();
        let reserved = with_core(&self.core, move |core| {
            core.networks.reserve(&core.registry, &view)
        })
        .await?;
        let Some(reserved) = reserved else {
            self.tell_networks("connect");
            return Ok(None);
        };
        self.change(|view| view.place = reserved.place.clone());
        // Before anything is made: an engine that takes over knows what to look for.
        self.write(Durability::Quick).await?;
        let core = std::sync::Arc::clone(&self.core);
        let _open = core.networks.gate.read().await;
        let view = self.now();
        let prepared = core.networks.prepare(&core.registry, &view, &view.place);
        let (namespace, ports) = prepared.await?;
        self.change(|view| view.place.ports = ports);
        self.tell_networks("connect");
        Ok(Some(namespace))
    }

    /// Gives everything back. The record is the caller's to write.
    pub(super) async fn unwire(&mut self) {
        let view = self.now();
        if view.place.is_empty() {
            return self.tell_networks("disconnect");
        }
        self.core.networks.release(&view).await;
        self.tell_networks("disconnect");
        self.change(|view| view.place = Place::default());
    }

    /// Docker's clients hear of each network that a start or an end is about.
    fn tell_networks(&self, action: &str) {
        let view = self.now();
        for (name, end) in &view.place.ends {
            self.tell_network(action, &end.network, name);
        }
        if let Some((network, _)) = crate::network::without_bridge_of(&view) {
            let network = (
                network.id.as_str(),
                network.name.as_str(),
                network.driver.as_str(),
            );
            self.core
                .feed
                .member_event(action, network, view.id().as_str());
        }
    }

    fn tell_network(&self, action: &str, id: &str, name: &str) {
        let container = self.now();
        let network = (id, name, "bridge");
        self.core
            .feed
            .member_event(action, network, container.id().as_str());
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
            Mode::None => {
                return refused(
                    "container cannot be connected to multiple networks with one of the networks in private (none) mode",
                );
            }
            Mode::Host | Mode::Container(_) => {
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
        let settled = match wired {
            Ok(()) => self.settle_way(&before.place).await,
            Err(error) => Err(error),
        };
        let kept = match settled {
            Ok(()) => self.save().await,
            Err(error) => Err(error),
        };
        if kept.is_err() {
            self.take_back(network).await;
        }
        self.tell_hosts().await;
        kept
    }

    /// Takes back what was done to make the container a member of a network.
    async fn take_back(&mut self, network: &str) {
        self.settle_end(network, None);
        let tried = self.now();
        if let Some(end) = tried.place.ends.get(network) {
            self.leave(network, end).await;
            self.tell_network("disconnect", &end.network, network);
            if let Err(error) = self.settle_way(&tried.place).await {
                tracing::error!(container = %tried.id(), %error, "its way out is not as it was");
            }
        }
        self.save_or_log().await;
    }

    /// Gives an end back, whether or not all of it was made.
    async fn leave(&self, network: &str, end: &End) {
        let (view, networks) = (self.now(), &self.core.networks);
        if let Err(error) = networks.disconnect(view.id(), end).await {
            tracing::warn!(container = %view.id(), network, %error, "an end is left");
        }
        networks.vacate(&Place::of_end(network, end));
        self.change(|view| {
            view.place.ends.remove(network);
        });
    }

    /// The running container gets its end of a network.
    async fn wire_end(&mut self, network: &str) -> Result<()> {
        let (view, name) = (self.now(), network.to_owned());
        let core = Arc::clone(&self.core);
        let _open = core.networks.gate.read().await;
        let end = with_core(&self.core, move |core| {
            core.networks.reserve_end(&core.registry, &view, &name)
        });
        let (end, _turn) = end.await?;
        self.change(|view| {
            view.place.ends.insert(network.to_owned(), end.clone());
        });
        let wired = core.networks.connect(&self.now(), &end).await;
        if wired.is_err() {
            self.leave(network, &end).await;
        } else {
            self.tell_network("connect", &end.network, network);
        }
        wired
    }

    /// Takes the container out of a network, at once where it runs.
    pub(super) async fn disconnect(&mut self, network: &str) -> Result<()> {
        let view = self.now();
        let endpoints = &view.definition.networking.endpoints_config;
        let Some(settings) = endpoints.get(network) else {
            return refused(&format!(
                "container {} is not connected to network {network}",
                view.id()
            ));
        };
        if let Some(end) = view.place.ends.get(network) {
            self.core.networks.disconnect(view.id(), end).await?;
            self.core.networks.vacate(&Place::of_end(network, end));
            self.change(|view| {
                view.place.ends.remove(network);
            });
            self.settle_way(&view.place).await?;
        }
        self.settle_end(network, None);
        let id = settings.as_ref().map_or("", |one| &one.network_id);
        self.tell_network("disconnect", id, network);
        self.tell_hosts().await;
        self.save().await
    }

    /// What leaves the container, and what comes in through published ports, goes by another
    /// network where that is so now that one came or went.
    async fn settle_way(&mut self, before: &Place) -> Result<()> {
        let mut place = self.now().place.clone();
        let networks = &self.core.networks;
        let endpoints = &self.now().definition.networking.endpoints_config;
        networks.choose_way_out(&mut place, endpoints);
        if let Some(leading) = place
            .leading()
            .filter(|name| before.leading() != Some(*name))
        {
            let container = self.now();
            networks
                .lead_out(container.id(), &place.ends[leading])
                .await?;
        }
        let moves = place.front() != before.front();
        self.change(|view| view.place = place);
        if moves {
            self.move_ports().await?;
        }
        Ok(())
    }

    /// Other containers find it by its new name.
    pub(super) async fn rename_ends(&mut self) {
        let view = self.now();
        if view.place.ends.is_empty() {
            return;
        }
        let mut place = view.place.clone();
        crate::network::rename(&view, &mut place);
        let told = self.core.networks.tell_names(view.id(), &place).await;
        if let Err(error) = told {
            tracing::error!(container = %view.id(), %error, "its new name is not found");
        }
        self.change(|view| view.place = place);
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
}

pub(super) fn refused<T>(message: &str) -> Result<T> {
    Err(Error::NetworkState {
        code: "network-forbidden",
        message: message.to_owned(),
    })
}
