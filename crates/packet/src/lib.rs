//! One JSON message per packet of a `SOCK_SEQPACKET` unix socket, descriptors beside it as
//! `SCM_RIGHTS`: what the engine speaks with its supervisors and with its network keeper, and how it
//! starts them. A message that is too large for a packet goes as one more descriptor, of memory.
#![forbid(unsafe_code)]
#![deny(clippy::print_stderr)]

mod complaint;
mod program;

use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut, Read, Seek, Write};
use std::iter;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use complaint::{complain, say};
pub use program::{Started, connect_to, start};

/// The largest packet: what a socket takes at once depends on the computer's settings.
const MAX_PACKET: usize = 64 * 1024;
/// The largest message.
pub const MAX_MESSAGE: usize = 16 << 20;

/// The most descriptors that come with a message.
const MAX_DESCRIPTORS: usize = 4;
/// A packet whose message lies in its first descriptor. No JSON begins so.
const BESIDE: &[u8] = b"\0";
const ANCILLARY: usize = rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS + 1));

#[derive(Debug, thiserror::Error)]
pub enum PacketError {
    /// Nothing to read, or no room to write, on a non-blocking socket: wait and try again.
    #[error("the socket is not ready")]
    WouldBlock,
    /// The other side is gone.
    #[error("the connection is closed")]
    Closed,
    /// The message or its descriptors were larger than the protocol allows.
    #[error("a message is too large")]
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
    let message = serde_json::to_vec(message)?;
    if message.len() > MAX_MESSAGE || descriptors.len() > MAX_DESCRIPTORS {
        return Err(PacketError::TooLarge);
    }
    if message.len() <= MAX_PACKET {
        return send_packet(socket.as_fd(), &message, descriptors);
    }
    let beside = lay_beside(&message).map_err(PacketError::Io)?;
    let descriptors: Vec<_> = iter::once(beside.as_fd())
        .chain(descriptors.iter().copied())
        .collect();
    send_packet(socket.as_fd(), BESIDE, &descriptors)
}

fn send_packet(
    socket: BorrowedFd<'_>,
    packet: &[u8],
    descriptors: &[BorrowedFd<'_>],
) -> Result<(), PacketError> {
    let mut space = [MaybeUninit::uninit(); ANCILLARY];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(PacketError::TooLarge);
    }
    loop {
        match sendmsg(
            socket,
            &[IoSlice::new(packet)],
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
    let (packet, mut descriptors) = recv_packet(socket.as_fd())?;
    if packet != BESIDE || descriptors.is_empty() {
        return Ok((serde_json::from_slice(&packet)?, descriptors));
    }
    let message = take_up(descriptors.remove(0))?;
    Ok((serde_json::from_slice(&message)?, descriptors))
}

fn recv_packet(socket: BorrowedFd<'_>) -> Result<(Vec<u8>, Vec<OwnedFd>), PacketError> {
    let mut packet = vec![0; MAX_PACKET];
    let mut space = [MaybeUninit::uninit(); ANCILLARY];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        let buffers = &mut [IoSliceMut::new(&mut packet)];
        match recvmsg(socket, buffers, &mut ancillary, RecvFlags::CMSG_CLOEXEC) {
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
    packet.truncate(received.bytes);
    Ok((packet, descriptors))
}

/// Memory with a message in it.
fn lay_beside(message: &[u8]) -> io::Result<OwnedFd> {
    let name = "gantry-message";
    let made = match memfd_create(name, MemfdFlags::CLOEXEC | MemfdFlags::NOEXEC_SEAL) {
        // A kernel before 6.3.
        Err(Errno::INVAL) => memfd_create(name, MemfdFlags::CLOEXEC),
        made => made,
    };
    let mut memory = File::from(made?);
    memory.write_all(message)?;
    memory.rewind()?;
    Ok(memory.into())
}

fn take_up(memory: OwnedFd) -> Result<Vec<u8>, PacketError> {
    let mut message = Vec::new();
    let limit = MAX_MESSAGE as u64 + 1;
    File::from(memory)
        .take(limit)
        .read_to_end(&mut message)
        .map_err(PacketError::Io)?;
    if message.len() > MAX_MESSAGE {
        return Err(PacketError::TooLarge);
    }
    Ok(message)
}

#[cfg(test)]
mod tests {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    use super::*;

    fn pair() -> (OwnedFd, OwnedFd) {
        let flags = SocketFlags::CLOEXEC;
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).unwrap()
    }

    #[test]
    fn messages_of_any_size_arrive_with_their_descriptors() {
        let (here, there) = pair();
        let file = tempfile::tempfile().unwrap();
        for length in [0, 1, MAX_PACKET, MAX_PACKET + 1, MAX_MESSAGE - 2] {
            let message = "x".repeat(length);
            send(&here, &message, &[file.as_fd(), file.as_fd()]).unwrap();
            let (received, descriptors) = recv::<String>(&there).unwrap();
            assert_eq!(received.len(), length);
            assert_eq!(descriptors.len(), 2);
        }
    }

    #[test]
    fn what_is_too_large_is_refused_and_the_line_goes_on() {
        let (here, there) = pair();
        let refused = send(&here, &"x".repeat(MAX_MESSAGE), &[]);
        assert!(matches!(refused, Err(PacketError::TooLarge)));
        send(&here, &"small", &[]).unwrap();
        assert_eq!(recv::<String>(&there).unwrap().0, "small");
    }
}
