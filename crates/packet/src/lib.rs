//! One JSON message per packet of a `SOCK_SEQPACKET` unix socket, descriptors beside it as
//! `SCM_RIGHTS`: what the engine speaks with its supervisors and with its network keeper, and how it
//! starts them.
#![forbid(unsafe_code)]

mod program;

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use program::{Started, connect_to, start};

/// The largest packet.
pub const MAX_PACKET: usize = 64 * 1024;

/// The most descriptors a packet carries.
const MAX_DESCRIPTORS: usize = 4;

#[derive(Debug, thiserror::Error)]
pub enum PacketError {
    /// Nothing to read, or no room to write, on a non-blocking socket: wait and try again.
    #[error("the socket is not ready")]
    WouldBlock,
    /// The other side is gone.
    #[error("the connection is closed")]
    Closed,
    /// The packet or its descriptors were larger than the protocol allows.
    #[error("a packet is too large")]
    TooLarge,
    /// Not a message of this protocol.
    #[error("not a message: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error(transparent)]
    Io(io::Error),
}

impl From<Errno> for PacketError {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::AGAIN => Self::WouldBlock,
            Errno::PIPE | Errno::CONNRESET | Errno::NOTCONN => Self::Closed,
            Errno::MSGSIZE => Self::TooLarge,
            other => Self::Io(other.into()),
        }
    }
}

/// Sends one message. Whether this waits depends on the socket.
pub fn send<T: Serialize>(
    socket: impl AsFd,
    message: &T,
    descriptors: &[BorrowedFd<'_>],
) -> Result<(), PacketError> {
    let packet = serde_json::to_vec(message)?;
    if packet.len() > MAX_PACKET || descriptors.len() > MAX_DESCRIPTORS {
        return Err(PacketError::TooLarge);
    }
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(PacketError::TooLarge);
    }
    loop {
        match sendmsg(
            &socket,
            &[IoSlice::new(&packet)],
            &mut ancillary,
            SendFlags::NOSIGNAL,
        ) {
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// Receives one message and the descriptors that came with it, close-on-exec.
pub fn recv<T: DeserializeOwned>(socket: impl AsFd) -> Result<(T, Vec<OwnedFd>), PacketError> {
    let mut packet = vec![0; MAX_PACKET];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        let buffers = &mut [IoSliceMut::new(&mut packet)];
        match recvmsg(&socket, buffers, &mut ancillary, RecvFlags::CMSG_CLOEXEC) {
            Ok(received) => break received,
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    };
    let mut descriptors = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            descriptors.extend(rights);
        }
    }
    if received.bytes == 0 {
        return Err(PacketError::Closed);
    }
    if received
        .flags
        .intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC)
    {
        return Err(PacketError::TooLarge);
    }
    Ok((
        serde_json::from_slice(&packet[..received.bytes])?,
        descriptors,
    ))
}
