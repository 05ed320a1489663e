//! The packet filter of one engine's networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::{IpNet, Ipv4Net};

use crate::netlink::{Chain, Hook, Rule, Table};
use crate::outgoing::{Doors, JOINED, REFUSED, UNREACHABLE};
use crate::types::{Bridge, Protocol};

/// The table for these bridges, whose names all begin with `prefix`.
///
/// Networks do not see each other, internal ones see nobody, and from outside only answers come in,
/// and what is led to published ports. What goes out has the host's address.
pub fn table(name: &str, prefix: &str, bridges: &[&Bridge]) -> Table {
    let chains = vec![
        Chain {
            name: "forward",
            hook: Some(Hook::Forward),
            rules: forward(prefix, bridges),
        },
        Chain {
            name: "source",
            hook: Some(Hook::Source),
            rules: source(bridges),
        },
    ];
    Table {
        name: name.to_owned(),
        chains,
    }
}

/// The chain that [`host_table`] leads to published ports in.
const PORTS: &str = "ports";

/// A published port that the kernel leads to a container by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Led {
    pub protocol: Protocol,
    /// The host's address, unspecified for every one.
    pub host: IpAddr,
    pub host_port: u16,
    pub target: SocketAddr,
}

/// The same in the host's namespace. Whoever comes to a published port from outside, or from the
/// host to one of its outer addresses, is led to the container and seen by it as who it is. What
/// comes over the loopback, where that cannot be, and from containers, which may be behind the same
/// bridge, is left to the sockets that hold the ports.
pub fn host_table(name: &str, prefix: &str, bridges: &[&Bridge], led: &[Led]) -> Table {
    let mut table = table(name, prefix, bridges);
    let from_outside = [
        Rule::default().input_prefix(prefix).accept(),
        Rule::default().for_this_host().jump(PORTS),
    ];
    let loopback = [
        IpNet::from(Ipv4Net::new_assert(Ipv4Addr::LOCALHOST, 8)),
        IpAddr::from(Ipv6Addr::LOCALHOST).into(),
    ];
    let from_within = loopback
        .map(|net| Rule::default().destination(net).accept())
        .into_iter()
        .chain([Rule::default().for_this_host().jump(PORTS)]);
    table.chains.extend([
        ports(led),
        Chain {
            name: "from-outside",
            hook: Some(Hook::Destination),
            rules: from_outside.into(),
        },
        Chain {
            name: "from-within",
            hook: Some(Hook::OwnDestination),
            rules: from_within.collect(),
        },
    ]);
    table
}

/// The rules of [`host_table`] that change with its ports.
pub fn ports(led: &[Led]) -> Chain {
    let rules = led.iter().map(|led| {
        let number = match led.protocol {
            Protocol::Tcp => libc::IPPROTO_TCP,
            Protocol::Udp => libc::IPPROTO_UDP,
        };
        let rule = Rule::default().port(number as u8, led.host_port);
        let rule = if led.host.is_unspecified() {
            rule
        } else {
            rule.destination(led.host.into())
        };
        rule.redirect(led.target.ip(), led.target.port())
    });
    Chain {
        name: PORTS,
        hook: None,
        rules: rules.collect(),
    }
}

/// The same in a namespace of the engine's own, where connections to the world are led to doors.
pub fn own_table(name: &str, prefix: &str, bridges: &[&Bridge], doors: Option<Doors>) -> Table {
    let mut table = table(name, prefix, bridges);
    table.chains.extend(carried(bridges, doors));
    if let Some(doors) = doors {
        table.chains.extend(outgoing(bridges, doors));
    }
    table
}

/// What the keeper's carriers exchange with containers needs no account, which spares some of the
/// work for a short connection. What came through a door does: its target was changed.
fn carried(bridges: &[&Bridge], doors: Option<Doors>) -> [Chain; 2] {
    let own = || bridges.iter().flat_map(|bridge| &bridge.addresses);
    let inward = own().map(|address| {
        Rule::default()
            .destination(address.addr().into())
            .untracked()
    });
    let doors = doors
        .into_iter()
        .flat_map(|doors| [Some(doors.ipv4), doors.ipv6]);
    let doors = doors.flatten().map(|port| {
        let tcp = libc::IPPROTO_TCP as u8;
        Rule::default().source_port(tcp, port).accept()
    });
    let outward = own().map(|address| Rule::default().source(address.addr().into()).untracked());
    [
        Chain {
            name: "inward",
            hook: Some(Hook::Raw),
            rules: inward.collect(),
        },
        Chain {
            name: "outward",
            hook: Some(Hook::OwnRaw),
            rules: doors.chain(outward).collect(),
        },
    ]
}

/// The table that keeps a computer that passes packets on from being a router: of this family only
/// what comes from a bridge or goes to one is.
pub fn no_router(name: &str, ipv4: bool) -> Table {
    const BRIDGE: &str = "bridge";
    let rules = vec![
        Rule::default().input_kind(BRIDGE).accept(),
        Rule::default().output_kind(BRIDGE).accept(),
        Rule::default().family(ipv4).drop(),
    ];
    Table {
        name: name.to_owned(),
        chains: vec![Chain {
            name: "forward",
            hook: Some(Hook::Forward),
            rules,
        }],
    }
}

fn open<'a>(bridges: &'a [&Bridge]) -> impl Iterator<Item = &'a Bridge> {
    bridges.iter().copied().filter(|bridge| !bridge.internal)
}

/// What is passed on.
fn forward(prefix: &str, bridges: &[&Bridge]) -> Vec<Rule> {
    // Where bridged packets are filtered as well, they pass here too.
    let within = bridges.iter().map(|bridge| {
        Rule::default()
            .input(&bridge.interface)
            .output(&bridge.interface)
            .accept()
    });
    let internal = bridges.iter().filter(|bridge| bridge.internal);
    let internal = internal.map(|bridge| Rule::default().input(&bridge.interface).drop());
    let between = Rule::default()
        .input_prefix(prefix)
        .output_prefix(prefix)
        .drop();
    let answers = Rule::default()
        .output_prefix(prefix)
        .known_connection()
        .accept();
    let published = Rule::default()
        .output_prefix(prefix)
        .redirected_connection()
        .accept();
    let others = Rule::default().output_prefix(prefix).drop();
    within
        .chain(internal)
        .chain([between, answers, published, others])
        .collect()
}

/// Who sends what goes out.
fn source(bridges: &[&Bridge]) -> Vec<Rule> {
    let rules = open(bridges).flat_map(|bridge| {
        bridge.addresses.iter().map(|address| {
            Rule::default()
                .source(address.0)
                .not_output(&bridge.interface)
                .masquerade()
        })
    });
    rules.collect()
}

/// Connections to the world: the packet that opens one is asked about, then led to a door or
/// refused. See [`crate::outgoing`].
fn outgoing(bridges: &[&Bridge], doors: Doors) -> [Chain; 3] {
    let own = bridges.iter().flat_map(|bridge| {
        let networks = bridge.addresses.iter();
        networks.map(|address| Rule::default().destination(address.0).accept())
    });
    let asked = open(bridges).map(|bridge| {
        Rule::default()
            .input(&bridge.interface)
            .protocol(libc::IPPROTO_TCP as u8)
            .new_connection()
            .ask(doors.asking)
    });
    let led = open(bridges).flat_map(|bridge| {
        bridge.addresses.iter().filter_map(move |address| {
            let port = match address.addr() {
                address if address.is_ipv4() => doors.ipv4,
                _ => doors.ipv6?,
            };
            let rule = Rule::default().input(&bridge.interface).mark(JOINED);
            Some(rule.redirect(address.addr(), port))
        })
    });
    [
        Chain {
            name: "ask",
            hook: Some(Hook::Arrival),
            rules: own.chain(asked).collect(),
        },
        Chain {
            name: "refuse",
            hook: Some(Hook::BehindArrival),
            rules: vec![
                Rule::default().mark(REFUSED).reset(),
                Rule::default().mark(UNREACHABLE).unreachable(),
            ],
        },
        Chain {
            name: "join",
            hook: Some(Hook::Destination),
            rules: led.collect(),
        },
    ]
}
