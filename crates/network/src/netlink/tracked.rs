//! Connections that the kernel keeps account of (nfnetlink_conntrack).

use std::collections::HashSet;
use std::io;
use std::net::{IpAddr, SocketAddr};

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
    /// Forgets where datagrams are led that one of these targets answers: their senders go on sending
    /// from the same port, and would be led there for ever.
    pub fn forget_datagrams(&mut self, targets: &HashSet<SocketAddr>) -> io::Result<()> {
        for (family, is_ipv4) in [(libc::AF_INET, true), (libc::AF_INET6, false)] {
            // What is tracked may be much: it is looked through once.
            if targets.iter().any(|target| target.is_ipv4() == is_ipv4) {
                self.forget_of(family as u8, targets)?;
            }
        }
        Ok(())
    }

    fn forget_of(&mut self, family: u8, targets: &HashSet<SocketAddr>) -> io::Result<()> {
        let fixed = [family, 0, 0, 0];
        let found = self.list(Message::new(GET, NLM_F_DUMP, &fixed), |answer| {
            let own = |wanted| {
                let mut all = attributes(answer.body.get(4..)?);
                all.find(|(kind, _)| *kind == wanted)
            };
            let (_, reply) = own(TUPLE_REPLY)?;
            let (_, original) = own(TUPLE_ORIGINAL)?;
            targets.contains(&sender(reply)?).then(|| original.to_vec())
        })?;
        for original in found {
            let message = Message::new(DELETE, 0, &fixed);
            // One that has just gone is forgotten.
            let _ = self.change(message.nest_behind(TUPLE_ORIGINAL, &original, |tuple| tuple));
        }
        Ok(())
    }
}

/// Who sends the datagrams of a tuple; `None` of other protocols.
fn sender(tuple: &[u8]) -> Option<SocketAddr> {
    let part = |list, wanted| {
        let mut all = attributes(list);
        all.find(|(kind, _)| *kind == wanted)
            .map(|(_, value)| value)
    };
    let (addresses, protocol) = (part(tuple, TUPLE_ADDRESSES)?, part(tuple, TUPLE_PROTOCOL)?);
    if part(protocol, NUMBER)? != [UDP] {
        return None;
    }
    let address = match (part(addresses, V4_SOURCE), part(addresses, V6_SOURCE)) {
        (Some(address), _) => IpAddr::from(<[u8; 4]>::try_from(address).ok()?),
        (None, address) => IpAddr::from(<[u8; 16]>::try_from(address?).ok()?),
    };
    let port = part(protocol, SOURCE_PORT)?.try_into().ok()?;
    Some(SocketAddr::new(address, u16::from_be_bytes(port)))
}
