//! Binding the host's side of published ports.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::sockopt::{set_ipv6_v6only, set_socket_reuseaddr};
use rustix::net::{
    AddressFamily, SocketFlags, SocketType, bind, getsockname, ipproto, listen, socket_with,
};

use crate::protocol::Refusal;
use crate::types::{Protocol, PublishedPort};

/// As long a queue as the kernel allows.
const BACKLOG: i32 = 4096;
/// Free ports that are tried where two addresses must have the same.
const ATTEMPTS: usize = 16;

/// A port that belongs to us.
#[derive(Debug)]
pub struct Bound {
    pub port: PublishedPort,
    pub socket: OwnedFd,
}

/// Binds all ports or none. Those that ask for a free one and differ in nothing but the address
/// get the same.
pub fn bind_all(ports: &[PublishedPort]) -> Result<Vec<Bound>, Refusal> {
    let mut bound: Vec<Bound> = Vec::new();
    let mut rest = ports;
    while let Some(first) = rest.first() {
        let same = |port: &PublishedPort| {
            port.protocol == first.protocol
                && port.container_port == first.container_port
                && port.host_port == first.host_port
                && port.host.is_ipv4() != first.host.is_ipv4()
                && port.host.is_unspecified() == first.host.is_unspecified()
        };
        let pair = match rest.get(1) {
            Some(second) if same(second) => 2,
            _ => 1,
        };
        bound.extend(bind_together(&rest[..pair])?);
        rest = &rest[pair..];
    }
    Ok(bound)
}

/// Addresses of one port.
fn bind_together(ports: &[PublishedPort]) -> Result<Vec<Bound>, Refusal> {
    let first = ports[0];
    let last = first.last_host_port.unwrap_or(first.host_port);
    let mut refusal = None;
    if first.host_port == 0 {
        for _ in 0..ATTEMPTS {
            match bind_at(ports, 0) {
                Err(taken @ Refusal::PortTaken { .. }) => refusal = Some(taken),
                done => return done,
            }
        }
    } else {
        for number in first.host_port..=last {
            match bind_at(ports, number) {
                Err(taken @ Refusal::PortTaken { .. }) => refusal = Some(taken),
                done => return done,
            }
        }
    }
    Err(refusal.unwrap_or(Refusal::PortTaken {
        protocol: first.protocol,
        host: first.host,
        port: first.host_port,
    }))
}

fn bind_at(ports: &[PublishedPort], number: u16) -> Result<Vec<Bound>, Refusal> {
    let mut bound: Vec<Bound> = Vec::new();
    for port in ports {
        let number = bound.first().map_or(number, |first| first.port.host_port);
        match bind_one(*port, number) {
            Ok(done) => bound.push(done),
            // A host without IPv6 is reached through IPv4.
            Err(Errno::AFNOSUPPORT | Errno::ADDRNOTAVAIL)
                if port.host.is_unspecified() && !bound.is_empty() => {}
            Err(errno) => return Err(refusal(errno, *port, number)),
        }
    }
    Ok(bound)
}

fn bind_one(port: PublishedPort, number: u16) -> Result<Bound, Errno> {
    let address = SocketAddr::new(port.host, number);
    let family = if address.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = match port.protocol {
        Protocol::Tcp => socket_with(family, SocketType::STREAM, flags, Some(ipproto::TCP))?,
        Protocol::Udp => socket_with(family, SocketType::DGRAM, flags, Some(ipproto::UDP))?,
    };
    if address.is_ipv6() {
        set_ipv6_v6only(&socket, true)?;
    }
    if port.protocol == Protocol::Tcp {
        // Connections of an earlier owner that are closing do not count.
        set_socket_reuseaddr(&socket, true)?;
    }
    bind(&socket, &address)?;
    if port.protocol == Protocol::Tcp {
        listen(&socket, BACKLOG)?;
    }
    let name = getsockname(&socket)?;
    let name = SocketAddr::try_from(name).map_err(|_| Errno::AFNOSUPPORT)?;
    let port = PublishedPort {
        host_port: name.port(),
        last_host_port: None,
        ..port
    };
    Ok(Bound { port, socket })
}

fn refusal(errno: Errno, port: PublishedPort, number: u16) -> Refusal {
    let protocol = port.protocol;
    match errno {
        Errno::ADDRINUSE => Refusal::PortTaken {
            protocol,
            host: port.host,
            port: number,
        },
        Errno::ACCESS | Errno::PERM => Refusal::PortForbidden {
            protocol,
            port: number,
        },
        Errno::ADDRNOTAVAIL => Refusal::NoSuchAddress { host: port.host },
        other => Refusal::System {
            doing: format!("bind port {number}/{protocol} on {}", port.host),
            why: io::Error::from(other).to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(host: &str, host_port: u16) -> PublishedPort {
        PublishedPort {
            protocol: Protocol::Tcp,
            host: host.parse().unwrap(),
            host_port,
            last_host_port: None,
            container_port: 80,
        }
    }

    #[test]
    fn a_free_port_is_the_same_on_both_addresses() {
        let bound = bind_all(&[port("0.0.0.0", 0), port("::", 0)]).unwrap();
        assert!(bound.iter().all(|one| one.port.host_port != 0));
        assert!(
            bound
                .windows(2)
                .all(|two| two[0].port.host_port == two[1].port.host_port)
        );
    }

    #[test]
    fn a_taken_port_is_named_and_a_range_goes_on() {
        let first = bind_all(&[port("127.0.0.1", 0)]).unwrap();
        let number = first[0].port.host_port;
        let taken = bind_all(&[port("127.0.0.1", number)]).unwrap_err();
        assert!(matches!(taken, Refusal::PortTaken { port, .. } if port == number));
        let range = PublishedPort {
            last_host_port: Some(number.saturating_add(20)),
            ..port("127.0.0.1", number)
        };
        let second = bind_all(&[range]).unwrap();
        assert!(second[0].port.host_port > number);
    }

    #[test]
    fn an_address_of_another_host_is_refused() {
        let refused = bind_all(&[port("192.0.2.77", 0)]).unwrap_err();
        assert!(matches!(refused, Refusal::NoSuchAddress { .. }));
    }
}
