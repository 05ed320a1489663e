//! The kernel's own language for interfaces, addresses, routes and packet filters.
//!
//! A few kinds of message are all that is needed, and each costs tens of microseconds; the programs
//! that speak it (`ip`, `nft`) cost milliseconds and may be missing.

mod foreign;
mod link;
mod message;
mod news;
mod nft;
mod queue;
mod rule;
mod socket;
mod tracked;

pub use foreign::ForeignChain;
pub use link::{LOOPBACK, Peer};
pub use news::News;
pub use nft::{Chain, Hook, Table};
pub use queue::{Packet, Queue, Verdict};
pub use rule::{Asking, Rule};
pub use socket::Socket;
