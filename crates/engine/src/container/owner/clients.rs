//! Attached clients: handed to the supervisor, or kept until there is one.
//!
//! A client hears that it is attached before its connection can be handed over, and may ask for the
//! start at once. So it gets a place first, and a start waits for those who have one: whatever the
//! container writes, and however short it lives, they see it.

use std::collections::HashSet;
use std::time::Duration;

use gantry_shim::protocol::{Attach, PacketError, Request};
use gantry_wire::ContainerState;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::{Asked, Attached, Owner, Reply, answer};
use crate::container::link::Link;
use crate::request::{AttachOptions, ClientSocket};
use crate::{Error, Result};

/// How long a start waits for a client that was told that it is attached.
const PATIENCE: Duration = Duration::from_secs(10);

/// The clients of one container.
#[derive(Debug, Default)]
pub(super) struct Clients {
    last: u64,
    attached: HashSet<u64>,
    /// Those who are sent the log first.
    held: HashSet<u64>,
    expected: Vec<(Attach, oneshot::Receiver<ClientSocket>)>,
}

/// A client's place among those who see a container from its start.
#[derive(Debug)]
pub(crate) struct Place(oneshot::Sender<ClientSocket>);

impl Place {
    /// Takes the place. Without a container to start any more the connection is closed.
    pub(crate) fn take(self, socket: ClientSocket) {
        // What nobody receives is dropped, which closes it.
        let _ = self.0.send(socket);
    }
}

/// The supervisor of a container that has ended, while clients of it are sent the log. It keeps
/// what comes after that for them.
pub(super) struct Parting {
    pub(super) link: Link,
    pub(super) held: HashSet<u64>,
}

impl Clients {
    /// A client is gone; true if it was attached.
    pub(super) fn left(&mut self, client: u64) -> bool {
        self.held.remove(&client);
        self.attached.remove(&client)
    }

    /// Closes the connections of clients that wait for a start, and forgets the others. Returns
    /// those who are still sent the log.
    pub(super) fn clear(&mut self) -> HashSet<u64> {
        self.attached.clear();
        self.expected.clear();
        std::mem::take(&mut self.held)
    }

    /// Hands over everyone who got a place before there was a supervisor.
    pub(super) async fn hand_over(&mut self, link: &mut Link) -> Result<(), PacketError> {
        let latest = Instant::now() + PATIENCE;
        for (attach, expected) in std::mem::take(&mut self.expected) {
            // Gone meanwhile, or too slow: the container starts without that client.
            let Ok(Ok(socket)) = timeout_at(latest, expected).await else {
                continue;
            };
            self.attached.insert(attach.client);
            link.attach(attach, &socket).await?;
        }
        Ok(())
    }
}

impl Owner {
    /// Gives a client its place; none is needed where the container runs already.
    pub(super) fn expect(&mut self, options: &AttachOptions, keys: &[u8]) -> Result<Option<Place>> {
        let view = self.now();
        may_attach(view.state.status, view.id().as_str())?;
        if self.search.is_some() {
            return Err(self.silent());
        }
        self.event("attach", &[]);
        if self.link.is_some() || !options.stream {
            return Ok(None);
        }
        let (place, expected) = oneshot::channel();
        let attach = self.new_client(options, keys);
        self.clients.expected.push((attach, expected));
        Ok(Some(Place(place)))
    }

    /// Attaches a client to a container that ran a moment ago. If it has ended since, the
    /// connection is closed.
    pub(super) async fn attach(
        &mut self,
        options: &AttachOptions,
        keys: &[u8],
        socket: ClientSocket,
        reply: Reply<Attached>,
    ) {
        let mut attach = self.new_client(options, keys);
        attach.held = options.logs;
        let Some(link) = &mut self.link else {
            return answer(reply, Ok(Attached::Ended));
        };
        let client = attach.client;
        self.clients.attached.insert(client);
        match link.attach(attach, &socket).await {
            Err(error) => answer(reply, Err(self.supervisor(error))),
            Ok(_) if !options.logs => answer(reply, Ok(Attached::Now)),
            Ok(number) => {
                self.clients.held.insert(client);
                self.asked.insert(number, Asked::Attach { client, reply });
            }
        }
    }

    /// A client has read the log and gets what comes.
    pub(super) async fn serve(&mut self, client: u64) {
        let mut parting = self.parting.iter_mut();
        let ended = parting.find_map(|parting| parting.held.remove(&client).then_some(parting));
        let link = match ended {
            Some(parting) => Some(&mut parting.link),
            None if self.clients.held.remove(&client) => self.link.as_mut(),
            None => None,
        };
        if let Some(link) = link
            && let Err(error) = link.request(Request::Serve { client }, &[]).await
        {
            tracing::warn!(container = %self.now().id(), %error, "a client waits for its stream");
        }
        self.parting.retain(|parting| !parting.held.is_empty());
    }

    fn new_client(&mut self, options: &AttachOptions, keys: &[u8]) -> Attach {
        let view = self.now();
        let config = &view.definition.config;
        self.clients.last += 1;
        Attach {
            client: self.clients.last,
            stdin: options.stdin && config.open_stdin,
            stdout: options.stdout,
            stderr: options.stderr,
            framed: !config.tty,
            detach_keys: if config.tty {
                keys.to_vec()
            } else {
                Vec::new()
            },
            leftover: false,
            held: false,
            hang_up: false,
        }
    }
}

/// Docker's refusals.
fn may_attach(status: ContainerState, id: &str) -> Result<()> {
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
