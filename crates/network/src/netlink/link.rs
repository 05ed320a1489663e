//! Interfaces, addresses and routes (rtnetlink(7)).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd, BorrowedFd};

use ipnet::IpNet;

use super::Socket;
use super::message::{
    Message, NLM_F_CREATE, NLM_F_DUMP, NLM_F_EXCL, NLM_F_REPLACE, Received, attributes, number,
    text,
};
use crate::types::MacAddress;

const RTM_NEWLINK: u16 = 16;
const RTM_DELLINK: u16 = 17;
const RTM_GETLINK: u16 = 18;
const RTM_NEWADDR: u16 = 20;
const RTM_NEWROUTE: u16 = 24;
const RTM_GETROUTE: u16 = 26;

const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_MASTER: u16 = 10;
const IFLA_LINKINFO: u16 = 18;
const IFLA_NET_NS_FD: u16 = 28;
const IFLA_INFO_KIND: u16 = 1;
const IFLA_INFO_DATA: u16 = 2;
const VETH_INFO_PEER: u16 = 1;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_BROADCAST: u16 = 4;
const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;

const IFF_UP: u32 = 1;
/// No duplicate address detection: addresses are handed out by one hand.
const IFA_F_NODAD: u8 = 2;
const RT_TABLE_MAIN: u8 = 254;
const RTPROT_STATIC: u8 = 4;
const RTN_UNICAST: u8 = 1;

/// `lo` is the first interface of every namespace.
pub const LOOPBACK: u32 = 1;

/// An interface as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub index: u32,
    pub name: String,
}

/// One end of a pair of interfaces, in a container.
#[derive(Debug, Clone, Copy)]
pub struct Peer<'a> {
    pub namespace: BorrowedFd<'a>,
    pub name: &'a str,
    pub mac: MacAddress,
}

impl Socket {
    /// Makes a bridge and brings it up.
    pub fn add_bridge(&mut self, name: &str, mac: MacAddress, mtu: u32) -> io::Result<u32> {
        let message = Message::new(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link(0, 0))
            .text(IFLA_IFNAME, name)
            .bytes(IFLA_ADDRESS, &mac.octets())
            .nest(IFLA_LINKINFO, |info| info.text(IFLA_INFO_KIND, "bridge"));
        self.change(message)?;
        let index = self.index(name)?;
        // Set afterwards: only then it stays when interfaces with a smaller one join.
        let message = Message::new(RTM_NEWLINK, 0, &link(index, IFF_UP)).number(IFLA_MTU, mtu);
        self.change(message)?;
        Ok(index)
    }

    /// Makes a pair of interfaces, one end in a bridge and one in a container. The latter is still
    /// down: the kernel refuses to bring it up before its other end is there.
    pub fn add_pair(
        &mut self,
        name: &str,
        bridge: u32,
        mtu: u32,
        peer: Peer<'_>,
    ) -> io::Result<()> {
        let message = Message::new(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link(0, IFF_UP))
            .text(IFLA_IFNAME, name)
            .number(IFLA_MTU, mtu)
            .number(IFLA_MASTER, bridge)
            .nest(IFLA_LINKINFO, |info| {
                info.text(IFLA_INFO_KIND, "veth")
                    .nest(IFLA_INFO_DATA, |data| {
                        data.nest_behind(VETH_INFO_PEER, &link(0, 0), |end| {
                            end.text(IFLA_IFNAME, peer.name)
                                .number(IFLA_MTU, mtu)
                                .bytes(IFLA_ADDRESS, &peer.mac.octets())
                                .number(IFLA_NET_NS_FD, peer.namespace.as_raw_fd().cast_unsigned())
                        })
                    })
            });
        self.change(message)
    }

    /// Brings an interface up.
    pub fn bring_up(&mut self, index: u32) -> io::Result<()> {
        self.change(Message::new(RTM_NEWLINK, 0, &link(index, IFF_UP)))
    }

    /// The number of an interface.
    pub fn index(&mut self, name: &str) -> io::Result<u32> {
        let message = Message::new(RTM_GETLINK, 0, &link(0, 0)).text(IFLA_IFNAME, name);
        let found = self.ask(message, read_link)?;
        found
            .map(|link| link.index)
            .ok_or_else(|| io::Error::from_raw_os_error(libc::ENODEV))
    }

    pub fn links(&mut self) -> io::Result<Vec<Link>> {
        self.list(
            Message::new(RTM_GETLINK, NLM_F_DUMP, &link(0, 0)),
            read_link,
        )
    }

    /// Removes an interface; what is not there is removed already.
    pub fn remove_link(&mut self, name: &str) -> io::Result<()> {
        let message = Message::new(RTM_DELLINK, 0, &link(0, 0)).text(IFLA_IFNAME, name);
        match self.change(message) {
            Err(error) if error.raw_os_error() == Some(libc::ENODEV) => Ok(()),
            done => done,
        }
    }

    /// Gives an interface an address.
    pub fn add_address(&mut self, index: u32, address: IpNet) -> io::Result<()> {
        let (family, flags) = match address {
            IpNet::V4(_) => (libc::AF_INET, 0),
            IpNet::V6(_) => (libc::AF_INET6, IFA_F_NODAD),
        };
        let mut fixed = vec![family as u8, address.prefix_len(), flags, 0];
        fixed.extend(index.to_ne_bytes());
        let mut message = Message::new(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &fixed)
            .address(IFA_LOCAL, address.addr())
            .address(IFA_ADDRESS, address.addr());
        if let IpNet::V4(net) = address
            && net.prefix_len() < 31
        {
            message = message.address(IFA_BROADCAST, net.broadcast().into());
        }
        self.change(message)
    }

    /// Sends what no other route takes to a gateway, and to no other of its family any more.
    pub fn add_default_route(&mut self, index: u32, gateway: IpAddr) -> io::Result<()> {
        let message = Message::new(
            RTM_NEWROUTE,
            NLM_F_CREATE | NLM_F_REPLACE,
            &route(gateway, 0),
        )
        .address(RTA_GATEWAY, gateway)
        .number(RTA_OIF, index);
        self.change(message)
    }

    /// Whether IPv6 has a default route.
    pub fn leads_out_by_ipv6(&mut self) -> io::Result<bool> {
        let mut fixed = [0; 12];
        fixed[0] = libc::AF_INET6 as u8;
        let message = Message::new(RTM_GETROUTE, NLM_F_DUMP, &fixed);
        let found = self.list(message, |answer| {
            let (length, kind) = (*answer.body.get(1)?, *answer.body.get(7)?);
            (length == 0 && kind == RTN_UNICAST).then_some(())
        })?;
        Ok(!found.is_empty())
    }

    /// Where routes of this namespace lead, default routes left out.
    pub fn routes(&mut self) -> io::Result<Vec<IpNet>> {
        let message = Message::new(RTM_GETROUTE, NLM_F_DUMP, &[0; 12]);
        self.list(message, |answer| {
            let prefix = *answer.body.get(1)?;
            let target = attributes(answer.body.get(12..)?)
                .find(|(kind, _)| *kind == RTA_DST)
                .and_then(|(_, value)| address(value))?;
            IpNet::new(target, prefix).ok()
        })
    }
}

/// `struct ifinfomsg`.
fn link(index: u32, flags: u32) -> [u8; 16] {
    let mut fixed = [0; 16];
    fixed[4..8].copy_from_slice(&index.to_ne_bytes());
    fixed[8..12].copy_from_slice(&flags.to_ne_bytes());
    fixed[12..16].copy_from_slice(&flags.to_ne_bytes());
    fixed
}

/// `struct rtmsg` of a unicast route in the main table.
fn route(gateway: IpAddr, prefix: u8) -> [u8; 12] {
    let family = match gateway {
        IpAddr::V4(_) => libc::AF_INET,
        IpAddr::V6(_) => libc::AF_INET6,
    };
    let mut fixed = [0; 12];
    fixed[0] = family as u8;
    fixed[1] = prefix;
    fixed[4] = RT_TABLE_MAIN;
    fixed[5] = RTPROT_STATIC;
    fixed[7] = RTN_UNICAST;
    fixed
}

fn read_link(answer: Received<'_>) -> Option<Link> {
    if answer.kind != RTM_NEWLINK {
        return None;
    }
    let mut found = Link {
        index: number(answer.body, 4)?,
        name: String::new(),
    };
    for (kind, value) in attributes(answer.body.get(16..)?) {
        if kind == IFLA_IFNAME {
            found.name = text(value);
        }
    }
    Some(found)
}

fn address(value: &[u8]) -> Option<IpAddr> {
    match value.len() {
        4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(value).ok()?).into()),
        16 => Some(Ipv6Addr::from(<[u8; 16]>::try_from(value).ok()?).into()),
        _ => None,
    }
}
