//! Attached clients: handed to the supervisor, or kept until there is one.

use std::collections::HashSet;
use std::os::fd::AsFd;

use gantry_shim::protocol::{Attach, PacketError, Request, stash};
use gantry_wire::ContainerState;

use super::Owner;
use crate::container::link::Link;
use crate::request::{AttachOptions, ClientSocket};
use crate::{Error, Result};

/// The clients of one container.
#[derive(Debug, Default)]
pub(super) struct Clients {
    last: u64,
    attached: HashSet<u64>,
    waiting: Vec<(Attach, ClientSocket)>,
}

impl Clients {
    /// A client is gone; true if it was attached.
    pub(super) fn left(&mut self, client: u64) -> bool {
        self.attached.remove(&client)
    }

    /// Closes the connections of clients that wait for a start, and forgets the others.
    pub(super) fn clear(&mut self) {
        self.attached.clear();
        self.waiting.clear();
    }

    /// Hands over everyone who attached before there was a supervisor.
    pub(super) async fn hand_over(&mut self, link: &mut Link) -> Result<(), PacketError> {
        for (attach, socket) in std::mem::take(&mut self.waiting) {
            self.attached.insert(attach.client);
            send(link, attach, &socket).await?;
        }
        Ok(())
    }
}

impl Owner {
    pub(super) async fn attach(
        &mut self,
        options: AttachOptions,
        keys: Vec<u8>,
        socket: ClientSocket,
    ) -> Result<()> {
        let view = self.now();
        may_attach(view.state.status, view.id().as_str())?;
        let config = &view.definition.config;
        self.clients.last += 1;
        let attach = Attach {
            client: self.clients.last,
            stdin: options.stdin && config.open_stdin,
            stdout: options.stdout,
            stderr: options.stderr,
            framed: !config.tty,
            detach_keys: if config.tty { keys } else { Vec::new() },
            leftover: !socket.leftover.is_empty(),
        };
        self.event("attach", &[]);
        let Some(link) = &mut self.link else {
            self.clients.waiting.push((attach, socket));
            return Ok(());
        };
        self.clients.attached.insert(attach.client);
        send(link, attach, &socket)
            .await
            .map_err(|error| self.supervisor(error))
    }
}

/// Docker's refusals; shared with the check before the response head is sent.
pub(crate) fn may_attach(status: ContainerState, id: &str) -> Result<()> {
    match status {
        ContainerState::Paused => Err(Error::state(
            "container-paused",
            format!("container {id} is paused, unpause the container before attach"),
        )),
        ContainerState::Restarting => Err(Error::state(
            "container-restarting",
            format!("container {id} is restarting, wait until the container is running"),
        )),
        _ => Ok(()),
    }
}

async fn send(link: &mut Link, attach: Attach, socket: &ClientSocket) -> Result<(), PacketError> {
    let leftover = if attach.leftover {
        Some(stash(&socket.leftover).map_err(PacketError::Io)?)
    } else {
        None
    };
    let mut descriptors = vec![socket.fd.as_fd()];
    descriptors.extend(leftover.as_ref().map(AsFd::as_fd));
    link.request(Request::Attach(attach), &descriptors).await?;
    Ok(())
}
