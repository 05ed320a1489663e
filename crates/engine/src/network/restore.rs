//! A keeper that knows nothing is told everything.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Weak};

use gantry_network::PublishedPort;
use gantry_network::protocol::{Refusal, Reply, Request};

use super::Published;
use super::state::Networks;
use crate::container::{Command, Handle, View};
use crate::core::Core;
use crate::{Error, Result};

/// Brings the keeper to what the containers' records say: when the engine starts, and when a new
/// keeper takes the place of one that was killed.
pub(crate) async fn restore(core: &Arc<Core>) {
    let networks = &core.networks;
    let handles = core.registry.all();
    let views: Vec<_> = handles.iter().map(Handle::now).collect();
    let placed: Vec<_> = views.iter().filter(|view| !view.place.is_empty()).collect();
    let known = networks.keeper.served().await;
    if known.is_none() && placed.is_empty() && !has_debris(core) {
        return;
    }
    let known = known.unwrap_or_default();
    for view in &placed {
        networks.occupy(&view.place);
        // One that is only being started is told of by its start.
        if !view.state.is_up() || known.iter().any(|id| id == view.id().as_str()) {
            continue;
        }
        match adopt(core, view).await {
            Ok(published) => tell(core, view, published),
            Err(error) => {
                tracing::error!(container = %view.id(), %error, "its network is not served");
            }
        }
    }
    let containers = placed.iter().map(|view| view.id().as_str().to_owned());
    let containers = containers.collect();
    if let Err(error) = networks.keeper.ask(Request::Keep { containers }).await {
        tracing::error!(%error, "the networks are not kept");
    }
}

/// Has a container served that runs already. Ports that cannot be published again do not keep it
/// from its names and the other ports.
async fn adopt(core: &Arc<Core>, view: &View) -> Result<Published> {
    let mut ports = view.place.ports.clone();
    ports.extend(view.place.lost.iter().map(|lost| lost.port));
    let networks = &core.networks;
    match networks.adopt(view, ports.clone()).await? {
        Ok(ports) => Ok(Published {
            ports,
            lost: Vec::new(),
        }),
        Err(_) if !ports.is_empty() => {
            let refused = networks.adopt(view, Vec::new()).await?;
            refused.map_err(|refusal| Error::Network(refusal.to_string()))?;
            Ok(networks.publish_most(&core.registry, view, ports).await)
        }
        Err(refusal) => Err(Error::Network(refusal.to_string())),
    }
}

impl Networks {
    async fn adopt(
        &self,
        view: &View,
        ports: Vec<PublishedPort>,
    ) -> Result<Result<Vec<PublishedPort>, Refusal>> {
        let process = view.state.process.as_ref();
        let process = process.ok_or_else(|| Error::Internal("it has no process".to_owned()))?;
        let path = std::path::PathBuf::from(format!("/proc/{}/ns/net", process.pid));
        let namespace = File::open(&path).map_err(Error::io("open", &path))?;
        if !process.is_alive() {
            return Err(Error::state("container-not-running", "it has ended"));
        }
        let request = Request::Adopt(self.sandbox(view, &view.place, ports));
        let namespace = Some(OwnedFd::from(namespace));
        Ok(match self.keeper.ask_with(request, namespace).await? {
            Ok(Reply::Prepared { ports, egress, .. }) => {
                self.clear_way(&egress).await;
                Ok(ports)
            }
            Ok(other) => return Err(Error::NetworkKeeper(format!("a wrong answer: {other:?}"))),
            Err(refusal) => Err(refusal),
        })
    }
}

/// The container's owner writes down what is published. It may wait for the networks to be as they
/// were, so nobody waits for it.
fn tell(core: &Arc<Core>, view: &View, published: Published) {
    if let Ok(handle) = core.registry.find(view.id().as_str()) {
        tokio::spawn(async move {
            // An owner that is gone has no container any more.
            let _ = handle.commands.send(Command::Served(published)).await;
        });
    }
}

/// Whether an engine that was killed together with its keeper left bridges to the host.
fn has_debris(core: &Core) -> bool {
    let plan = core.networks.keeper.plan();
    if plan.pin.is_some() {
        return false;
    }
    let prefix = plan.bridge_prefix();
    let links = std::fs::read_dir("/sys/class/net").into_iter().flatten();
    links
        .flatten()
        .any(|link| link.file_name().to_string_lossy().starts_with(&prefix))
}

/// Waits for keepers to be lost and has others take their place while containers need one.
pub(crate) fn watch(core: &Arc<Core>) {
    let lost = Arc::clone(&core.networks.keeper.lost);
    let core = Arc::downgrade(core);
    tokio::spawn(async move {
        loop {
            lost.notified().await;
            let Some(core) = Weak::upgrade(&core) else {
                return;
            };
            let _closed = core.networks.gate.write().await;
            let views = core.registry.all();
            let needed = views.iter().any(|one| !one.now().place.is_empty());
            if needed {
                tracing::warn!("the network keeper is gone: another takes its place");
                restore(&core).await;
            } else if let Some(firewalld) = &core.networks.firewalld {
                firewalld.release().await;
            }
        }
    });
}
