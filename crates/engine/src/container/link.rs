//! The connection to a container's supervisor.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use gantry_packet::Started;
use gantry_runtime::ProcessIdentity;
use gantry_shim::protocol::{
    self, Attach, Event, FromShim, Hello, PacketError, Refusal, Reply, Request, Status, ToShim,
    VERSION, stash,
};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::io::Interest;
use tokio::time::timeout;

use crate::ready::Ready;
use crate::reap::reap;
use crate::request::ClientSocket;

/// How long a supervisor that was just started may take to greet: longer than a busy computer needs.
const GREETING: Duration = Duration::from_secs(20);

/// One end of the packet socket, with the numbers that match replies to requests.
#[derive(Debug)]
pub(crate) struct Link {
    socket: Ready,
    last: u64,
}

impl Link {
    /// Greets a supervisor that was just started. One that does not greet is killed.
    pub(crate) async fn to_new(started: Started) -> Result<Self, PacketError> {
        let pid = Pid::from_child(&started.child);
        // Before anybody waits for it: until then the number is its own.
        let pidfd = pidfd_open(pid, PidfdFlags::empty());
        reap(started.child);
        let error = match timeout(GREETING, Self::open(started.connection)).await {
            Ok(Ok((link, _))) => return Ok(link),
            Ok(Err(error)) => error,
            Err(_) => PacketError::Io(io::ErrorKind::TimedOut.into()),
        };
        if let Ok(pidfd) = pidfd
            && pidfd_send_signal(&pidfd, Signal::KILL).is_ok()
            && let Ok(pidfd) = Ready::new(pidfd)
        {
            // Readable means ended: from here on it makes nothing any more.
            let _ = pidfd.readable().await;
        }
        Err(error)
    }

    /// Greets the supervisor and waits for its greeting, which says how the container is.
    pub(crate) async fn open(socket: OwnedFd) -> Result<(Self, Status), PacketError> {
        let socket = Ready::new(socket).map_err(PacketError::Io)?;
        let link = Self { socket, last: 0 };
        link.write(&ToShim::Hello(Hello { version: VERSION }), &[])
            .await?;
        match link.next().await? {
            FromShim::Hello { status, .. } => Ok((link, status)),
            other => Err(PacketError::Io(io::Error::other(format!(
                "no greeting: {other:?}"
            )))),
        }
    }

    /// Sends a request and returns its number.
    pub(crate) async fn request(
        &mut self,
        request: Request,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<u64, PacketError> {
        self.last += 1;
        let number = self.last;
        self.write(&ToShim::Request { number, request }, descriptors)
            .await?;
        Ok(number)
    }

    /// Hands a client over; returns the request's number.
    pub(crate) async fn attach(
        &mut self,
        mut attach: Attach,
        client: &ClientSocket,
    ) -> Result<u64, PacketError> {
        attach.leftover = !client.leftover.is_empty();
        let leftover = if attach.leftover {
            Some(stash(&client.leftover).map_err(PacketError::Io)?)
        } else {
            None
        };
        let mut descriptors = vec![client.fd.as_fd()];
        descriptors.extend(leftover.as_ref().map(AsFd::as_fd));
        self.request(Request::Attach(attach), &descriptors).await
    }

    /// Asks for the start and waits for what comes of it; what happens meanwhile goes to `happened`.
    pub(crate) async fn start(
        &mut self,
        mut happened: impl FnMut(Event),
    ) -> Result<Result<ProcessIdentity, Refusal>, PacketError> {
        let asked = self.request(Request::Start, &[]).await?;
        loop {
            match self.next().await? {
                FromShim::Reply { number, reply } if number == asked => {
                    return match reply {
                        Ok(Reply::Started { process }) => Ok(Ok(process)),
                        Ok(other) => {
                            let error = io::Error::other(format!("no start: {other:?}"));
                            Err(PacketError::Io(error))
                        }
                        Err(refusal) => Ok(Err(refusal)),
                    };
                }
                FromShim::Event(event) => happened(event),
                _ => {}
            }
        }
    }

    /// The next message. Dropping the future loses none.
    pub(crate) async fn next(&self) -> Result<FromShim, PacketError> {
        loop {
            let mut ready = self
                .socket
                .ready(Interest::READABLE)
                .await
                .map_err(PacketError::Io)?;
            match protocol::recv(self.socket.get_ref()) {
                Ok((message, _descriptors)) => return Ok(message),
                Err(PacketError::WouldBlock) => ready.clear_ready(),
                // Of a later version, say: the next one may be known.
                Err(PacketError::Malformed(error)) => {
                    tracing::warn!(%error, "a supervisor's message is not understood");
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn write(
        &self,
        message: &ToShim,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<(), PacketError> {
        loop {
            let mut ready = self
                .socket
                .ready(Interest::WRITABLE)
                .await
                .map_err(PacketError::Io)?;
            match protocol::send(self.socket.get_ref().as_fd(), message, descriptors) {
                Err(PacketError::WouldBlock) => ready.clear_ready(),
                done => return done,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_new_supervisor_that_says_nothing_is_ended() {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let pair = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None);
        let (connection, _silent) = pair.unwrap();
        let child = Command::new("sleep").arg("1000").spawn().unwrap();
        let process = ProcessIdentity::of(child.id().cast_signed()).unwrap();
        let error = Link::to_new(Started { child, connection })
            .await
            .unwrap_err();
        let PacketError::Io(error) = error else {
            panic!("{error}");
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(!process.is_alive());
    }
}
