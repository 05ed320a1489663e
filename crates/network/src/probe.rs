//! Whether the kernel filters packets as networks need it.

use std::io;

use crate::netlink::Socket;
use crate::rules;
use crate::types::Bridge;

/// What the rules of the attempt are called.
const NAME: &str = "gantry-probe";

/// Has the kernel take the rules of a network, and removes them again. They are in the network
/// namespace of the calling thread, which should be one of its own.
pub fn try_filter() -> io::Result<()> {
    let bridge = Bridge {
        network: NAME.to_owned(),
        interface: "gbprobe".to_owned(),
        addresses: "10.0.0.1/8".parse().into_iter().collect(),
        mtu: 1500,
        internal: false,
    };
    let mut socket = Socket::netfilter()?;
    socket.replace_table(&rules::table(NAME, "gb", &[&bridge]))?;
    socket.remove_table(NAME)
}
