//! A keeper that knows nothing is told everything.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Weak};

use gantry_network::protocol::Request;

use crate::container::{Handle, View};
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
        if let Err(error) = adopt(core, view).await {
            tracing::error!(container = %view.id(), %error, "its network is not served");
        }
    }
    let containers = placed.iter().map(|view| view.id().as_str().to_owned());
    let containers = containers.collect();
    if let Err(error) = networks.keeper.ask(Request::Keep { containers }).await {
        tracing::error!(%error, "the networks are not kept");
    }
}

/// Has a container served that runs already.
async fn adopt(core: &Arc<Core>, view: &View) -> Result<()> {
    let process = view.state.process.as_ref();
    let process = process.ok_or_else(|| Error::Internal("it has no process".to_owned()))?;
    let path = std::path::PathBuf::from(format!("/proc/{}/ns/net", process.pid));
    let namespace = File::open(&path).map_err(Error::io("open", &path))?;
    if !process.is_alive() {
        return Err(Error::state("container-not-running", "it has ended"));
    }
    let sandbox = core
        .networks
        .sandbox(view, &view.place, view.place.ports.clone());
    let request = Request::Adopt(sandbox);
    let keeper = &core.networks.keeper;
    match keeper
        .ask_with(request, Some(OwnedFd::from(namespace)))
        .await?
    {
        Ok(_) => Ok(()),
        Err(refusal) => Err(Error::Network(refusal.to_string())),
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
            }
        }
    });
}
