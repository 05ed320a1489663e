//! The sockets in a container, and the rule that leads port 53 to them: a container that serves
//! names itself still finds that port free.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::{BorrowedFd, OwnedFd};

use ipnet::IpNet;
use rustix::net::{
    AddressFamily, SocketFlags, SocketType, bind, getsockname, ipproto, listen, socket_with,
};

use crate::namespace;
use crate::netlink::{Chain, Hook, Rule, Socket, Table};

/// Where containers ask.
const SERVER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 11);
const PORT: u16 = 53;

/// A datagram socket and a listening one, in that order.
pub fn open(namespace: BorrowedFd<'_>) -> io::Result<[OwnedFd; 2]> {
    namespace::within(namespace, || {
        let sockets = [bound(SocketType::DGRAM, 0)?, bound(SocketType::STREAM, 0)?];
        match redirect(port(&sockets[0])?, port(&sockets[1])?) {
            Ok(()) => Ok(sockets),
            // A kernel without packet filters: then the port itself.
            Err(_) => Ok([
                bound(SocketType::DGRAM, PORT)?,
                bound(SocketType::STREAM, PORT)?,
            ]),
        }
    })
}

fn bound(kind: SocketType, port: u16) -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let is_stream = kind == SocketType::STREAM;
    let protocol = if is_stream {
        ipproto::TCP
    } else {
        ipproto::UDP
    };
    let socket = socket_with(AddressFamily::INET, kind, flags, Some(protocol))?;
    bind(&socket, &SocketAddr::new(SERVER.into(), port))?;
    if is_stream {
        listen(&socket, 16)?;
    }
    Ok(socket)
}

fn port(socket: &OwnedFd) -> io::Result<u16> {
    let name = SocketAddr::try_from(getsockname(socket)?);
    name.map(|name| name.port())
        .map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Sends what is meant for the server's port to ours.
fn redirect(datagrams: u16, streams: u16) -> io::Result<()> {
    let server = IpNet::from(IpAddr::from(SERVER));
    let rule = |protocol: i32, to: u16| {
        Rule::default()
            .destination(server)
            .port(protocol as u8, PORT)
            .redirect(SERVER.into(), to)
    };
    let table = Table {
        name: "gantry-names".to_owned(),
        chains: vec![Chain {
            name: "questions",
            hook: Some(Hook::OwnDestination),
            rules: vec![
                rule(libc::IPPROTO_UDP, datagrams),
                rule(libc::IPPROTO_TCP, streams),
            ],
        }],
    };
    Socket::netfilter()?.replace_table(&table)
}
