//! Networks: make, join, leave, remove, and the ports that containers publish.

use gantry_wire::gantry::ChangePorts;
use gantry_wire::{
    NetworkConnect, NetworkCreate, NetworkCreated, NetworkDisconnect, NetworksPruned,
};
use hyper::Method;
use serde::Serialize;

use crate::gantry::v1;
use crate::path::Target;
use crate::transport::Content;
use crate::{Client, Filters, Result};

impl Client {
    /// Makes a network.
    pub async fn create_network(&self, request: &NetworkCreate) -> Result<NetworkCreated> {
        let target = Target::new(&["networks", "create"]);
        self.post(target, Content::json(request)).await
    }

    /// Removes a network that no container is in.
    pub async fn remove_network(&self, name: &str) -> Result<()> {
        let target = Target::new(&["networks", name]);
        self.command(Method::DELETE, target).await?;
        Ok(())
    }

    /// Removes networks that no container is in.
    pub async fn prune_networks(&self, filters: &Filters) -> Result<NetworksPruned> {
        let target = Target::new(&["networks", "prune"]).with_filters(filters);
        self.post(target, Content::None).await
    }

    /// Makes a container a member of a network.
    pub async fn connect_network(&self, name: &str, request: &NetworkConnect) -> Result<()> {
        let target = Target::new(&["networks", name, "connect"]);
        self.tell(target, request).await
    }

    /// Takes a container out of a network.
    pub async fn disconnect_network(&self, name: &str, request: &NetworkDisconnect) -> Result<()> {
        let target = Target::new(&["networks", name, "disconnect"]);
        self.tell(target, request).await
    }

    /// Publishes other ports of a container.
    pub async fn change_ports(&self, container: &str, request: &ChangePorts) -> Result<()> {
        let target = v1(&["containers", container, "ports"]);
        self.tell(target, request).await
    }

    async fn tell(&self, target: Target, request: &impl Serialize) -> Result<()> {
        let content = Content::json(request);
        self.send(Method::POST, target, content).await?;
        Ok(())
    }
}
