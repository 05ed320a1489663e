//! TCP from the containers of an engine with a namespace of its own to the world.
//!
//! What carries single packets out (pasta, slirp4netns) is slow for much data, so connections are
//! carried whole, as those to published ports are. The packet that opens one waits in the kernel
//! ([`crate::netlink::Queue`]) while [`dial`] opens the same connection from the host; then it goes
//! on to a socket of ours and [`crate::proxy`] joins the two. Where the host was refused, so is the
//! container: nothing looks connected that is not. Where the kernel lacks any of this, and for
//! everything but TCP, the helper is the way.

mod dial;
mod syn;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::thread;

use rustix::io::Errno;
use rustix::net::sockopt::set_ipv6_v6only;
use rustix::net::{bind, getsockname, listen};

use crate::namespace;
use crate::netlink::{Asking, Queue};
use crate::proxy::{Lead, Proxy, Ticket, Waiting, stream};
use crate::types::Protocol;

/// Marks of packets that were decided about: the connection is there, was refused, has no way.
pub const JOINED: u32 = 1;
pub const REFUSED: u32 = 2;
pub const UNREACHABLE: u32 = 3;

/// As long a queue as the kernel allows.
const BACKLOG: i32 = 4096;

/// The sockets that connections to the world are led to.
#[derive(Debug)]
pub struct Outgoing {
    pub doors: Doors,
    _tickets: Vec<Ticket>,
}

/// Their ports, and how packets get there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doors {
    pub asking: Asking,
    pub ipv4: u16,
    /// `None` where the kernel has no IPv6.
    pub ipv6: Option<u16>,
}

impl Doors {
    /// What is left where the kernel does not know this.
    pub fn otherwise(self) -> Option<Self> {
        let asking = Asking::Target;
        (self.asking == Asking::Queue).then_some(Self { asking, ..self })
    }
}

impl Outgoing {
    /// Starts to answer for the containers in `namespace`. Connections are opened from the
    /// namespace of this thread.
    pub fn start(namespace: BorrowedFd<'_>, proxy: &Proxy) -> io::Result<Self> {
        let (queue, ipv4, ipv6) = namespace::within(namespace, || {
            let ipv4 = door(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)))?;
            let ipv6 = match door(SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0))) {
                Err(error) if Errno::from_io_error(&error) == Some(Errno::AFNOSUPPORT) => None,
                opened => Some(opened?),
            };
            Ok((Queue::open()?, ipv4, ipv6))
        })?;
        let waiting = Arc::new(Waiting::default());
        let mut tickets = Vec::new();
        let mut add = |(socket, port): (OwnedFd, u16)| {
            let lead = Lead::Wherever(Arc::clone(&waiting));
            tickets.push(proxy.add(Protocol::Tcp, socket, lead)?);
            io::Result::Ok(port)
        };
        let doors = Doors {
            asking: Asking::Queue,
            ipv4: add(ipv4)?,
            ipv6: ipv6.map(add).transpose()?,
        };
        let dialler = dial::Dialler::new(queue, waiting)?;
        thread::Builder::new()
            .name("outgoing".to_owned())
            .spawn(move || dialler.run())?;
        Ok(Self {
            doors,
            _tickets: tickets,
        })
    }
}

/// A listening socket and its port.
fn door(address: SocketAddr) -> io::Result<(OwnedFd, u16)> {
    let socket = stream(address)?;
    if address.is_ipv6() {
        set_ipv6_v6only(&socket, true)?;
    }
    bind(&socket, &address)?;
    listen(&socket, BACKLOG)?;
    let name = SocketAddr::try_from(getsockname(&socket)?)?;
    Ok((socket, name.port()))
}
