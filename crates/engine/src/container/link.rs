//! The connection to a container's supervisor.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use gantry_shim::protocol::{self, FromShim, Hello, PacketError, Request, Status, ToShim, VERSION};
use tokio::io::Interest;

use crate::ready::Ready;

/// One end of the packet socket, with the numbers that match replies to requests.
#[derive(Debug)]
pub(crate) struct Link {
    socket: Ready,
    last: u64,
}

impl Link {
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
