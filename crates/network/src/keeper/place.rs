//! Where the bridges are: the host's namespace as root, a pinned one of the engine's otherwise.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use crate::namespace;
use crate::netlink::{LOOPBACK, Socket};
use crate::plan::Plan;

#[derive(Debug)]
pub struct Place {
    namespace: OwnedFd,
    /// Its name in the filesystem, where it is not the host's.
    pub pin: Option<PathBuf>,
    pub links: Socket,
    pub filter: Socket,
}

impl Place {
    /// Finds the namespace again or makes it.
    pub fn find(plan: &Plan) -> io::Result<Self> {
        let namespace = match &plan.pin {
            None => namespace::current()?,
            Some(pin) => own_namespace(pin)?,
        };
        let own = plan.pin.is_some();
        let (links, filter) = namespace::within(namespace.as_fd(), || {
            forward(own)?;
            Ok((Socket::route()?, Socket::netfilter()?))
        })?;
        Ok(Self {
            namespace,
            pin: plan.pin.clone(),
            links,
            filter,
        })
    }

    pub fn namespace(&self) -> BorrowedFd<'_> {
        self.namespace.as_fd()
    }
}

/// The namespace that is pinned there; made where there is none.
fn own_namespace(pin: &Path) -> io::Result<OwnedFd> {
    if let Some(found) = namespace::pinned(pin)? {
        return Ok(found);
    }
    let (made, ()) = namespace::make(|| Socket::route()?.bring_up(LOOPBACK))?;
    namespace::pin(made.as_fd(), pin)?;
    Ok(made)
}

/// Packets are passed on between interfaces. What the host has set already stays.
fn forward(own: bool) -> io::Result<()> {
    const SWITCH: &str = "/proc/sys/net/ipv4/ip_forward";
    if own || fs::read_to_string(SWITCH)?.trim() != "1" {
        fs::write(SWITCH, "1")?;
    }
    Ok(())
}
