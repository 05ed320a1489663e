//! What is done with networks.

use gantry_wire as wire;
use gantry_wire::gantry;

use super::Engine;
use crate::core::with_core;
use crate::network::{Found, Record};
use crate::{Error, Filters, Result};

impl Engine {
    pub async fn create_network(&self, body: wire::NetworkCreate) -> Result<wire::NetworkCreated> {
        with_core(&self.core, move |core| core.networks.create(body)).await
    }

    pub fn list_networks(&self, filters: &Filters) -> Result<Vec<wire::Network>> {
        self.core.networks.list(&self.core.registry, filters)
    }

    pub fn inspect_network(&self, name: &str) -> Result<wire::Network> {
        self.core.networks.inspect(&self.core.registry, name)
    }

    pub async fn remove_network(&self, name: &str) -> Result<()> {
        let networks = &self.core.networks;
        networks.remove(&self.core.registry, name).await?;
        Ok(())
    }

    pub async fn prune_networks(&self, filters: &Filters) -> Result<wire::NetworksPruned> {
        let networks = &self.core.networks;
        let networks_deleted = networks.prune(&self.core.registry, filters).await?;
        Ok(wire::NetworksPruned { networks_deleted })
    }

    /// Makes a container a member of a network, at once where it runs.
    pub async fn connect_network(&self, name: &str, body: wire::NetworkConnect) -> Result<()> {
        let record = self.bridge(name, |name| match name {
            "none" => "container cannot be connected to multiple networks with one of the networks in private (none) mode".to_owned(),
            name => format!(
                "cannot connect container to {name} network - container must be created in {name} network mode"
            ),
        })?;
        let settings = wire::EndpointSettings {
            network_id: record.id.clone(),
            ..body.endpoint_config.unwrap_or_default()
        };
        self.containers
            .connect(&body.container, record.name, settings)
            .await
    }

    /// Takes a container out of a network, at once where it runs.
    pub async fn disconnect_network(
        &self,
        name: &str,
        body: wire::NetworkDisconnect,
    ) -> Result<()> {
        let record = self.bridge(name, |name| {
            format!(
                "container {} is not connected to network {name}",
                body.container
            )
        })?;
        self.containers
            .disconnect(&body.container, record.name)
            .await
    }

    /// Publishes other ports of a container, at once where it runs.
    pub async fn change_ports(&self, id: &str, change: gantry::ChangePorts) -> Result<()> {
        self.containers.change_ports(id, change).await
    }

    /// A network that containers come into and leave; else why not.
    fn bridge(&self, name: &str, refusal: impl FnOnce(&str) -> String) -> Result<Box<Record>> {
        match self.core.networks.find(name)? {
            Found::Bridge(record) => Ok(record),
            Found::WithoutBridge(name, ..) => Err(Error::NetworkState {
                code: "network-forbidden",
                message: refusal(name),
            }),
        }
    }
}
