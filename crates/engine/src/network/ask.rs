//! What the keeper is asked to do for a container.

use std::path::PathBuf;

use gantry_network::protocol::{Egress, Reply, Request};
use gantry_network::{Endpoint, PublishedPort, Resolver, Sandbox};

use super::place::{End, Place};
use super::refusal::refused;
use super::state::Networks;
use super::{ports, resolve};
use crate::container::{ContainerId, Registry, View};
use crate::{Error, Result};

impl Networks {
    /// Gives a running container an end of one more network.
    pub(crate) async fn connect(&self, view: &View, end: &End) -> Result<()> {
        let bridge = {
            let state = self.state();
            let entry = state.networks.get(&end.network);
            entry.map(|entry| entry.record.bridge())
        };
        let bridge = bridge.ok_or_else(|| Error::NoSuchNetwork(end.network.clone()))?;
        self.done(Request::Connect {
            container: view.id().as_str().to_owned(),
            endpoint: Box::new(end.endpoint(bridge)),
            resolver: resolver(view),
        })
        .await
    }

    pub(crate) async fn disconnect(&self, container: &ContainerId, end: &End) -> Result<()> {
        self.done(Request::Disconnect {
            container: container.as_str().to_owned(),
            network: end.network.clone(),
        })
        .await
    }

    /// The names of a running container are others.
    pub(crate) async fn tell_names(&self, container: &ContainerId, place: &Place) -> Result<()> {
        let names = place.ends.values();
        let names = names.map(|end| (end.network.clone(), end.names.clone()));
        self.done(Request::Name {
            container: container.as_str().to_owned(),
            names: names.collect(),
        })
        .await
    }

    pub(crate) async fn lead_out(&self, container: &ContainerId, end: &End) -> Result<()> {
        self.done(Request::LeadOut {
            container: container.as_str().to_owned(),
            network: end.network.clone(),
        })
        .await
    }

    pub(crate) async fn withdraw(
        &self,
        container: &ContainerId,
        ports: &[PublishedPort],
    ) -> Result<()> {
        self.done(Request::Withdraw {
            container: container.as_str().to_owned(),
            ports: ports.to_vec(),
        })
        .await
    }

    /// Publishes further ports of a running container.
    pub(crate) async fn publish(
        &self,
        registry: &Registry,
        view: &View,
        ports: Vec<PublishedPort>,
    ) -> Result<Vec<PublishedPort>> {
        let request = Request::Publish {
            container: view.id().as_str().to_owned(),
            ports,
        };
        match self.keeper.ask(request).await? {
            Ok(Reply::Published { ports }) => Ok(ports),
            Ok(other) => Err(Error::NetworkKeeper(format!("a wrong answer: {other:?}"))),
            Err(refusal) => Err(refused(self, refusal, registry, view)),
        }
    }

    async fn done(&self, request: Request) -> Result<()> {
        let reply = self.keeper.ask(request).await?;
        reply
            .map(|_| ())
            .map_err(|refusal| Error::Network(refusal.to_string()))
    }

    /// What the keeper is asked to make of a place.
    pub(crate) fn sandbox(&self, view: &View, place: &Place, ports: Vec<PublishedPort>) -> Sandbox {
        let state = self.state();
        let mut endpoints = Vec::new();
        for end in place.ends.values() {
            if let Some(entry) = state.networks.get(&end.network) {
                endpoints.push(end.endpoint(entry.record.bridge()));
            }
        }
        // In the order of their names.
        endpoints.sort_by(|one: &Endpoint, other| one.interface.cmp(&other.interface));
        Sandbox {
            container: view.id().as_str().to_owned(),
            endpoints,
            ports,
            resolver: resolver(view),
        }
    }

    /// Has the keeper make a container's network. Returns the namespace's path and the ports as
    /// they are bound.
    pub(crate) async fn prepare(
        &self,
        registry: &Registry,
        view: &View,
        place: &Place,
    ) -> Result<(PathBuf, Vec<PublishedPort>)> {
        let definition = &view.definition;
        let wanted = ports::wanted(&definition.config, &definition.host_config)?;
        let sandbox = self.sandbox(view, place, wanted);
        match self.keeper.ask(Request::Prepare(sandbox)).await? {
            Ok(Reply::Prepared {
                namespace,
                ports,
                egress,
            }) => {
                self.clear_way(&egress).await;
                Ok((namespace, ports))
            }
            Ok(other) => Err(Error::NetworkKeeper(format!("a wrong answer: {other:?}"))),
            Err(refusal) => Err(refused(self, refusal, registry, view)),
        }
    }

    /// Does what is to be done where the keeper finds no way out of the host's networks.
    pub(super) async fn clear_way(&self, egress: &Egress) {
        if let (Egress::None(_), Some(firewalld)) = (egress, &self.firewalld) {
            firewalld.trust().await;
        }
    }

    /// Takes a container out of its networks.
    pub(crate) async fn release(&self, view: &View) {
        let container = view.id().as_str().to_owned();
        let reply = self
            .keeper
            .ask_if_there(Request::Release { container })
            .await;
        if let Some(Err(refusal)) = reply {
            tracing::error!(container = %view.id(), %refusal, "a network was not given back");
        }
        self.vacate(&view.place);
    }
}

/// How the keeper answers a container's questions, if it does.
fn resolver(view: &View) -> Option<Resolver> {
    let host = &view.definition.host_config;
    let links = host.links.iter().map(|link| {
        let (target, alias) = link.split_once(':').unwrap_or((link, link));
        (alias.to_owned(), target.trim_start_matches('/').to_owned())
    });
    let upstream = host.dns.iter().filter_map(|text| text.parse().ok());
    resolve::is_served(&view.definition).then(|| Resolver {
        upstream: upstream.collect(),
        links: links.collect(),
        names: resolve::knows_names(&view.definition),
    })
}

impl End {
    fn endpoint(&self, bridge: gantry_network::Bridge) -> Endpoint {
        let internal = bridge.internal;
        Endpoint {
            bridge,
            interface: self.interface.clone(),
            addresses: self.addresses.clone(),
            mac: self.mac,
            gateways: if self.leads_out && !internal {
                self.gateways.clone()
            } else {
                Vec::new()
            },
            names: self.names.clone(),
        }
    }
}
