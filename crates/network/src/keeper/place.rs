//! Where the bridges are: the host's namespace as root, a pinned one of the engine's otherwise.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use gantry_packet::complain;

use super::forwarding::{self, Family};
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
    /// In which families the host passes packets on because of us.
    pub guarded: Vec<Family>,
}

impl Place {
    /// Finds the namespace again or makes it.
    pub fn find(plan: &Plan) -> io::Result<Self> {
        let namespace = match &plan.pin {
            None => namespace::current()?,
            Some(pin) => own_namespace(pin)?,
        };
        let (links, filter) = namespace::within(namespace.as_fd(), || {
            Ok((Socket::route()?, Socket::netfilter()?))
        })?;
        let mut place = Self {
            namespace,
            pin: plan.pin.clone(),
            links,
            filter,
            guarded: Vec::new(),
        };
        if place.pin.is_none() {
            // Without a packet filter nothing goes out anyway.
            let chains = place.filter.chains().unwrap_or_default();
            place.guarded = forwarding::guarded(&chains);
        }
        if let Err(error) = place.pass_on(Family::Ipv4, || Ok(())) {
            complain("packets are not passed on", error);
        }
        Ok(place)
    }

    /// Has packets passed on between interfaces, once `before` is done. What the host has set
    /// already stays.
    pub fn pass_on(
        &mut self,
        family: Family,
        before: impl FnOnce() -> io::Result<()> + Send,
    ) -> io::Result<()> {
        let is_host = self.pin.is_none();
        let filter = &mut self.filter;
        let turned = namespace::within(self.namespace.as_fd(), || {
            if family.is_on()? {
                return Ok(false);
            }
            before()?;
            if is_host {
                family.turn_on_guarded(filter)?;
            } else {
                family.turn_on()?;
            }
            Ok(is_host)
        })?;
        if turned && !self.guarded.contains(&family) {
            self.guarded.push(family);
        }
        Ok(())
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
