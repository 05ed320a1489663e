//! The packet filter of one engine's networks.

use crate::netlink::{Chain, Hook, Rule, Table};
use crate::outgoing::{Doors, JOINED, REFUSED, UNREACHABLE};
use crate::types::Bridge;

/// The table for these bridges, whose names all begin with `prefix`.
///
/// Networks do not see each other, internal ones see nobody, and from outside only answers come in.
/// What goes out has the host's address.
pub fn table(name: &str, prefix: &str, bridges: &[&Bridge]) -> Table {
    let chains = vec![
        Chain {
            name: "forward",
            hook: Hook::Forward,
            rules: forward(prefix, bridges),
        },
        Chain {
            name: "source",
            hook: Hook::Source,
            rules: source(bridges),
        },
    ];
    Table {
        name: name.to_owned(),
        chains,
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
            hook: Hook::Raw,
            rules: inward.collect(),
        },
        Chain {
            name: "outward",
            hook: Hook::OwnRaw,
            rules: doors.chain(outward).collect(),
        },
    ]
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
    let others = Rule::default().output_prefix(prefix).drop();
    within
        .chain(internal)
        .chain([between, answers, others])
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
            hook: Hook::Arrival,
            rules: own.chain(asked).collect(),
        },
        Chain {
            name: "refuse",
            hook: Hook::BehindArrival,
            rules: vec![
                Rule::default().mark(REFUSED).reset(),
                Rule::default().mark(UNREACHABLE).unreachable(),
            ],
        },
        Chain {
            name: "join",
            hook: Hook::Destination,
            rules: led.collect(),
        },
    ]
}
