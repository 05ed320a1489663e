//! What an engine and its network keeper say to each other: packets of [`gantry_packet`], as
//! between engine and supervisor. Each side begins with a greeting; then the engine sends numbered
//! requests, each answered once.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::types::{Endpoint, Protocol, PublishedPort, Resolver, Sandbox};

/// The protocol's version.
pub const VERSION: u32 = 1;

/// From the engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToKeeper {
    /// First on every connection.
    Hello {
        version: u32,
    },
    Request {
        number: u64,
        request: Request,
    },
}

/// From the keeper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromKeeper {
    /// First on every connection, unasked.
    Hello { version: u32, status: Status },
    Reply {
        number: u64,
        reply: Result<Reply, Refusal>,
    },
    /// The way out has changed.
    Egress(Egress),
}

/// What the engine asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// What there is to know. Answered by [`Reply::Status`].
    Status,
    /// Makes a namespace for a container, wires it, and binds its published ports. All of it
    /// happens or nothing does. Answered by [`Reply::Prepared`].
    Prepare(Sandbox),
    /// Takes over a container that runs already, whose namespace is the packet's descriptor: its
    /// names and ports are served again. Answered by [`Reply::Prepared`].
    Adopt(Sandbox),
    /// Forgets a container: its ports are free, and its namespace ends with its processes.
    Release { container: String },
    /// Forgets every container but these, and removes what nobody needs.
    Keep { containers: Vec<String> },
    /// Gives a container an end of one more network, and has its questions answered so.
    Connect {
        container: String,
        endpoint: Box<Endpoint>,
        #[serde(default)]
        resolver: Option<Resolver>,
    },
    /// Takes it away.
    Disconnect { container: String, network: String },
    /// What others of each network, by its id, may call a container from now on.
    Name {
        container: String,
        names: Vec<(String, Vec<String>)>,
    },
    /// What leaves the container goes through this network from now on.
    LeadOut { container: String, network: String },
    /// Publishes further ports. Answered by [`Reply::Published`].
    Publish {
        container: String,
        ports: Vec<PublishedPort>,
    },
    /// Publishes them no longer.
    Withdraw {
        container: String,
        ports: Vec<PublishedPort>,
    },
    /// Removes a network's bridge.
    RemoveBridge { network: String },
}

/// What a request that was carried out answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    Done,
    Prepared {
        /// The container's network namespace, as a path.
        namespace: PathBuf,
        /// With the host's ports as they are bound.
        ports: Vec<PublishedPort>,
        /// Why the container has no way out.
        egress: Egress,
    },
    Published {
        ports: Vec<PublishedPort>,
    },
    Status(Status),
}

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// Somebody else has the port.
    #[error("port {port}/{protocol} on {host} is taken")]
    PortTaken {
        protocol: Protocol,
        host: IpAddr,
        port: u16,
    },
    /// The kernel does not give this port to ordinary users.
    #[error("port {port}/{protocol} is for root only")]
    PortForbidden { protocol: Protocol, port: u16 },
    /// The host has no such address.
    #[error("the host has no address {host}")]
    NoSuchAddress { host: IpAddr },
    /// No such container is known here.
    #[error("container {0} is not known")]
    NoSuchContainer(String),
    /// A system call failed.
    #[error("{doing}: {why}")]
    System { doing: String, why: String },
}

/// Whether containers reach the world outside.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Egress {
    /// Nobody has asked yet.
    #[default]
    Unknown,
    /// Through the host's own routing (root).
    Host,
    /// Through this helper.
    Helper(String),
    /// Not at all; why.
    None(String),
}

/// What there is to know at the beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The containers that are served, by id.
    pub containers: Vec<String>,
    pub egress: Egress,
}
