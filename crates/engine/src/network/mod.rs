//! Networks: who has which address, which ports of the host lead where, and the keeper that makes
//! it so.
//!
//! What networks there are stands in `networks/<id>.json`, where a container stands in them in its
//! own record ([`Place`]), written before the keeper is asked. The keeper
//! ([`gantry_network`]) only carries out; when it is gone, [`restore`] tells a new one everything.

mod ask;
mod describe;
mod enter;
pub(crate) mod firewalld;
mod keeper;
mod lost;
mod manage;
mod mode;
mod place;
mod pool;
pub(crate) mod ports;
mod record;
mod refusal;
pub(crate) mod resolve;
mod restore;
mod show;
mod state;
mod subnets;
mod way_out;

pub(crate) use describe::{attachments, endpoints, lost_ports, settings};
pub(crate) use enter::rename;
pub use gantry_network::Holder;
pub(crate) use lost::{LostPort, Published};

pub(crate) use mode::Mode;
pub(crate) use place::{End, Place};
pub(crate) use record::Record;
pub(crate) use restore::{restore, watch};
pub(crate) use show::{Found, without_bridge_of};
pub(crate) use state::{Networks, program_path};

/// The network of containers that name no other.
pub(crate) const DEFAULT: &str = "bridge";

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A container on the default network.
    pub(crate) fn place() -> Place {
        let end = End {
            network: "b".repeat(64),
            id: "e".repeat(64),
            interface: "eth0".into(),
            addresses: vec!["172.17.0.2/16".parse().unwrap()],
            gateways: vec!["172.17.0.1".parse().unwrap()],
            leads_out: true,
            mac: "02:42:ac:11:00:02".parse().unwrap(),
            names: Vec::new(),
        };
        Place {
            ends: [(DEFAULT.to_owned(), end)].into(),
            ports: Vec::new(),
            lost: Vec::new(),
            wired: true,
        }
    }
}
