//! The packet filter of one engine's networks.

use crate::netlink::{Chain, Hook, Rule, Table};
use crate::types::Bridge;

/// The table for these bridges, whose names all begin with `prefix`.
///
/// Networks do not see each other, internal ones see nobody, and from outside only answers come in.
/// What goes out has the host's address.
pub fn table<'a>(
    name: &str,
    prefix: &str,
    bridges: impl Iterator<Item = &'a Bridge> + Clone,
) -> Table {
    // Where bridged packets are filtered as well, they pass here too.
    let within = bridges.clone().map(|bridge| {
        Rule::default()
            .input(&bridge.interface)
            .output(&bridge.interface)
            .accept()
    });
    let internal = bridges.clone().filter(|bridge| bridge.internal);
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
    let forward = within
        .chain(internal)
        .chain([between, answers, others])
        .collect();
    let open = bridges.filter(|bridge| !bridge.internal);
    let outgoing = open.flat_map(|bridge| {
        bridge.addresses.iter().map(|address| {
            Rule::default()
                .source(address.0)
                .not_output(&bridge.interface)
                .masquerade()
        })
    });
    Table {
        name: name.to_owned(),
        chains: vec![
            Chain {
                name: "forward",
                hook: Hook::Forward,
                rules: forward,
            },
            Chain {
                name: "outgoing",
                hook: Hook::Source,
                rules: outgoing.collect(),
            },
        ],
    }
}
