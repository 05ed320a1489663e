//! One engine's connection.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use gantry_packet::{PacketError, recv, send};

use crate::protocol::{FromKeeper, Refusal, Reply, Status, ToKeeper, VERSION};

#[derive(Debug)]
pub struct Connection {
    socket: OwnedFd,
}

impl Connection {
    /// Greets the engine.
    pub fn open(socket: OwnedFd, status: Status) -> Result<Self, PacketError> {
        rustix::io::ioctl_fionbio(&socket, true)
            .map_err(io::Error::from)
            .map_err(PacketError::Io)?;
        let connection = Self { socket };
        connection.tell(&FromKeeper::Hello {
            version: VERSION,
            status,
        })?;
        Ok(connection)
    }

    /// The next message and what came with it; `None` if there is none now.
    pub fn next(&self) -> Result<Option<(ToKeeper, Vec<OwnedFd>)>, PacketError> {
        match recv(&self.socket) {
            Ok(received) => Ok(Some(received)),
            Err(PacketError::WouldBlock) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn reply(&self, number: u64, reply: Result<Reply, Refusal>) -> Result<(), PacketError> {
        match self.tell(&FromKeeper::Reply { number, reply }) {
            Err(error @ PacketError::TooLarge) => {
                let reply = Err(Refusal::System {
                    doing: "answer the engine".to_owned(),
                    why: error.to_string(),
                });
                self.tell(&FromKeeper::Reply { number, reply })
            }
            told => told,
        }
    }

    /// Never waits: an engine that does not read is none.
    pub fn tell(&self, message: &FromKeeper) -> Result<(), PacketError> {
        send(&self.socket, message, &[])
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
