//! Datagrams together with the address of ours that they were sent to, from which the answer must
//! come (`IP_PKTINFO`, `IPV6_PKTINFO`): a socket that is bound to every address does not tell.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd};

use nix::cmsg_space;
use nix::sys::socket::sockopt::{Ipv4PacketInfo, Ipv6RecvPacketInfo};
use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, sendmsg, setsockopt,
};

/// What came with a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    pub length: usize,
    pub from: SocketAddr,
    /// The address of this host that was meant.
    pub to: IpAddr,
}

/// Has the kernel tell with each datagram where it was sent to.
pub fn ask_addresses(socket: impl AsFd, of: IpAddr) -> io::Result<()> {
    let socket = socket.as_fd();
    match of {
        IpAddr::V4(_) => setsockopt(&socket, Ipv4PacketInfo, &true)?,
        IpAddr::V6(_) => setsockopt(&socket, Ipv6RecvPacketInfo, &true)?,
    }
    Ok(())
}

/// Receives without waiting. A datagram that is longer than the buffer is cut.
pub fn receive(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<Arrival> {
    let mut parts = [IoSliceMut::new(buffer)];
    // Either kind fits into the larger one's room.
    let mut control = cmsg_space!(libc::in6_pktinfo);
    let received = recvmsg::<SockaddrStorage>(
        socket.as_fd().as_raw_fd(),
        &mut parts,
        Some(&mut control),
        MsgFlags::MSG_DONTWAIT,
    )?;
    let to = received.cmsgs()?.find_map(|message| match message {
        ControlMessageOwned::Ipv4PacketInfo(info) => {
            Some(Ipv4Addr::from(u32::from_be(info.ipi_spec_dst.s_addr)).into())
        }
        ControlMessageOwned::Ipv6PacketInfo(info) => {
            Some(Ipv6Addr::from(info.ipi6_addr.s6_addr).into())
        }
        _ => None,
    });
    let from = received.address.as_ref().and_then(address);
    match (from, to) {
        (Some(from), Some(to)) => Ok(Arrival {
            length: received.bytes,
            from,
            to,
        }),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn address(name: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = name
        .as_sockaddr_in()
        .map(|name| SocketAddr::V4((*name).into()));
    v4.or_else(|| {
        name.as_sockaddr_in6()
            .map(|name| SocketAddr::V6((*name).into()))
    })
}

/// Sends without waiting, from an address of this host.
pub fn send(socket: impl AsFd, bytes: &[u8], from: IpAddr, to: SocketAddr) -> io::Result<()> {
    let (v4, v6);
    let message = match from {
        IpAddr::V4(from) => {
            v4 = libc::in_pktinfo {
                ipi_ifindex: 0,
                ipi_spec_dst: libc::in_addr {
                    s_addr: u32::from(from).to_be(),
                },
                ipi_addr: libc::in_addr { s_addr: 0 },
            };
            ControlMessage::Ipv4PacketInfo(&v4)
        }
        IpAddr::V6(from) => {
            v6 = libc::in6_pktinfo {
                ipi6_addr: libc::in6_addr {
                    s6_addr: from.octets(),
                },
                ipi6_ifindex: 0,
            };
            ControlMessage::Ipv6PacketInfo(&v6)
        }
    };
    sendmsg(
        socket.as_fd().as_raw_fd(),
        &[IoSlice::new(bytes)],
        &[message],
        MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL,
        Some(&SockaddrStorage::from(to)),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_answer_comes_from_the_address_that_was_asked() {
        for (any, asked) in [("0.0.0.0:0", "127.0.0.5"), ("[::]:0", "::1")] {
            let Ok(server) = UdpSocket::bind(any) else {
                continue;
            };
            let asked: IpAddr = asked.parse().unwrap();
            ask_addresses(&server, asked).unwrap();
            let client = UdpSocket::bind(any).unwrap();
            let patience = Some(Duration::from_secs(10));
            client.set_read_timeout(patience).unwrap();
            // Only what comes from there is received.
            let port = server.local_addr().unwrap().port();
            client.connect((asked, port)).unwrap();
            client.send(b"question").unwrap();
            let mut buffer = [0; 99];
            let arrival = receive(&server, &mut buffer).unwrap();
            assert_eq!(&buffer[..arrival.length], b"question");
            assert_eq!(arrival.to, asked);
            assert_eq!(arrival.from, client.local_addr().unwrap());
            send(&server, b"answer", arrival.to, arrival.from).unwrap();
            let length = client.recv(&mut buffer).unwrap();
            assert_eq!(&buffer[..length], b"answer");
            let nothing = receive(&server, &mut buffer).unwrap_err();
            assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
        }
    }
}
