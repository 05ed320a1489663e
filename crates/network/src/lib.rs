//! Bridges, addresses, names and published ports.
//!
//! One process per engine keeps its networks: `gantry-shim net`, which runs [`keep`]. The engine
//! decides who has which address and tells the keeper through [`protocol`]; the keeper makes the
//! bridges, gives each container a namespace that is wired and addressed before its first process
//! exists, carries connections to published ports, and finds a way out. It outlives the engine.
//!
//! As root the bridges are in the host's namespace. Otherwise they are in one network namespace of
//! the engine's own, where connections to the world are carried whole (`outgoing`) and everything
//! else by `pasta` or `slirp4netns`; the rest is the same code. Published ports are sockets of the
//! host's namespace in both cases; as root the kernel leads to containers what need not go through
//! them.
#![deny(unsafe_code)]
#![deny(clippy::print_stderr)]

mod datagram;
mod egress;
pub mod holder;
mod keeper;
mod names;
mod namespace;
mod netlink;
mod outgoing;
mod outlook;
mod plan;
mod probe;
pub mod protocol;
mod proxy;
mod rules;
mod spawn;
mod sys;
mod types;
mod xtables;

pub use egress::program;
pub use gantry_packet::connect_to;
pub use holder::Holder;
pub use keeper::{Guard, Obstacle, guards, keep, obstacles};
pub use outlook::{Outlook, look_out};
pub use plan::{KEEPER_LOG, KeeperRecord, Plan};
pub use probe::try_filter;
pub use spawn::spawn;
pub use types::{
    Bridge, Cidr, Endpoint, InvalidMac, MacAddress, Protocol, PublishedPort, Resolver, Sandbox,
};
