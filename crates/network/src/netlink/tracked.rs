//! Connections that the kernel keeps account of (nfnetlink_conntrack).

use std::io;
use std::net::SocketAddr;

use super::Socket;
use super::message::{Message, NLM_F_DUMP, attributes};

/// NFNL_SUBSYS_CTNETLINK, in the upper byte of each kind.
const TRACKED: u16 = 1 << 8;
const GET: u16 = TRACKED | 1;
const DELETE: u16 = TRACKED | 2;

const TUPLE_ORIGINAL: u16 = 1;
const TUPLE_REPLY: u16 = 2;
const TUPLE_ADDRESSES: u16 = 1;
const TUPLE_PROTOCOL: u16 = 2;
const V4_SOURCE: u16 = 1;
const V6_SOURCE: u16 = 3;
const NUMBER: u16 = 1;
const SOURCE_PORT: u16 = 2;

const UDP: u8 = 17;

impl Socket {
    /// Forgets where datagrams are led that a target answers: their senders go on sending from the
    /// same port, and would be led there for ever.
    pub fn forget_datagrams(&mut self, target: SocketAddr) -> io::Result<()> {
        let family = if target.is_ipv4() {
            libc::AF_INET
        } else {
            libc::AF_INET6
        };
        let fixed = [family as u8, 0, 0, 0];
        let found = self.list(Message::new(GET, NLM_F_DUMP, &fixed), |answer| {
            let own = |wanted| {
                let mut all = attributes(answer.body.get(4..)?);
                all.find(|(kind, _)| *kind == wanted)
            };
            let (_, reply) = own(TUPLE_REPLY)?;
            let (_, original) = own(TUPLE_ORIGINAL)?;
            is_from(reply, target).then(|| original.to_vec())
        })?;
        for original in found {
            let message = Message::new(DELETE, 0, &fixed);
            // One that has just gone is forgotten.
            let _ = self.change(message.nest_behind(TUPLE_ORIGINAL, &original, |tuple| tuple));
        }
        Ok(())
    }
}

fn is_from(tuple: &[u8], target: SocketAddr) -> bool {
    let part = |wanted| {
        let found = attributes(tuple).find(|(kind, _)| *kind == wanted);
        found.map_or(&[][..], |(_, value)| value)
    };
    let has = |list: &[u8], wanted, value: &[u8]| {
        attributes(list).any(|(kind, found)| kind == wanted && found == value)
    };
    let (addresses, protocol) = (part(TUPLE_ADDRESSES), part(TUPLE_PROTOCOL));
    let from = match target {
        SocketAddr::V4(target) => has(addresses, V4_SOURCE, &target.ip().octets()),
        SocketAddr::V6(target) => has(addresses, V6_SOURCE, &target.ip().octets()),
    };
    from && has(protocol, NUMBER, &[UDP])
        && has(protocol, SOURCE_PORT, &target.port().to_be_bytes())
}
