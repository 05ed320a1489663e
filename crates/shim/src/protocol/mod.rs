//! What engine and shim say to each other.
//!
//! One JSON message per packet of a `SOCK_SEQPACKET` unix socket, descriptors beside it as
//! `SCM_RIGHTS`. Each side begins with `Hello`; after that the engine sends numbered requests, each
//! answered by one reply of the same number, in any order between events. Every connection gets
//! every event. Fields unknown to a receiver are skipped, so that fields may be added within a
//! version; anything else counts [`VERSION`] up.

mod message;
mod stash;

pub use gantry_packet::{PacketError, recv, send};
pub use message::{
    Attach, DEFAULT_DETACH_KEYS, Event, FromShim, Hello, Phase, Refusal, RefusalKind, Reply,
    Request, Status, ToShim, VERSION,
};
pub use stash::stash;
