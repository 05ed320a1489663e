//! The networks of an engine, and the addresses that are given out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::net::IpAddr;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gantry_network::protocol::Egress;
use gantry_network::{Cidr, Holder, Outlook, Plan, Protocol, holder};
use gantry_wire::HostConfig;
use gantry_wire::gantry::Change;
use ipnet::IpNet;
use rustix::fs::{FlockOperation, flock};
use tokio::sync::RwLock;

use super::Mode;
use super::firewalld::Firewalld;
use super::keeper::Keeper;
use super::place::Place;
use super::record::{Record, Subnet};
use super::{pool, show};
use crate::feed::Feed;
use crate::host::Host;
use crate::{Error, Result};

/// Where engines of root take turns to choose subnets.
const TURNS: &str = "/run/gantry/subnets.lock";

/// The largest packet of a bridge that is the host's, as Ethernet has it; an engine's own namespace
/// has no such bounds.
const MTU_AS_ROOT: u32 = 1500;
const MTU_ROOTLESS: u32 = 65520;

/// All networks.
#[derive(Debug)]
pub(crate) struct Networks {
    pub(crate) keeper: Keeper,
    /// Closed while a keeper is told everything anew; containers that start wait.
    pub(crate) gate: RwLock<()>,
    folder: PathBuf,
    rootless: bool,
    /// Only where bridges are in the host's namespace.
    pub(super) firewalld: Option<Firewalld>,
    outlook: Option<Arc<Outlook>>,
    pub(super) feed: Feed,
    state: Mutex<State>,
    /// Held by who makes a network.
    pub(super) making: Mutex<()>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// By id.
    pub(super) networks: BTreeMap<String, Entry>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) record: Record,
    /// The addresses of containers.
    pub(super) taken: BTreeSet<IpAddr>,
    /// What each subnet gave out last.
    pub(super) last: Vec<Option<IpAddr>>,
}

impl Networks {
    /// Reads what is on disk; the default network is made if it is missing.
    pub(crate) fn open(host: &Host, binary: OwnedFd, feed: Feed) -> Result<Self> {
        let paths = host.paths();
        let rootless = host.facts.rootless;
        let folder = paths.networks();
        let plan = plan(host);
        let prefix = plan.bridge_prefix();
        let mut records = Record::read_all(&folder)?;
        if !records.iter().any(Record::is_default) {
            let record = Record::new(super::DEFAULT, &plan.tag, default_mtu(rootless));
            record.save(&folder)?;
            records.push(record);
        }
        let entries = records.into_iter().map(|record| {
            let entry = Entry {
                last: vec![None; record.subnets.len()],
                taken: BTreeSet::new(),
                record,
            };
            (entry.record.id.clone(), entry)
        });
        Ok(Self {
            keeper: Keeper::new(binary, paths.keeper(), plan),
            gate: RwLock::new(()),
            folder,
            rootless,
            firewalld: (!rootless).then(|| Firewalld::new(&prefix)),
            outlook: host.outlook.clone(),
            feed,
            state: Mutex::new(State {
                networks: entries.collect(),
            }),
            making: Mutex::new(()),
        })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn is_rootless(&self) -> bool {
        self.rootless
    }

    /// The process that has a port of the host.
    pub(super) fn holder(&self, protocol: Protocol, host: IpAddr, port: u16) -> Holder {
        match &self.outlook {
            Some(outlook) => outlook.holder(protocol, host, port),
            None => holder::of(protocol, host, port),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Every critical section leaves the state whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a container on one of our networks lacks here.
    pub(crate) fn warnings(&self, host: &HostConfig) -> Option<String> {
        if !matches!(Mode::of(&host.network_mode), Mode::Network(_)) {
            return None;
        }
        if !self.rootless {
            let Egress::None(why) = self.keeper.egress() else {
                return None;
            };
            return Some(format!(
                "The container reaches no network outside: {why}. \"gantry doctor\" says what lets it pass; published ports work all the same."
            ));
        }
        let path = &self.keeper.plan().path;
        let found = ["pasta", "slirp4netns"]
            .into_iter()
            .find(|name| gantry_network::program(name, path).is_some());
        let why = match (self.keeper.egress(), found) {
            (Egress::None(why), _) => why,
            (_, None) => "neither pasta nor slirp4netns is installed".to_owned(),
            _ => return None,
        };
        Some(format!(
            "The container reaches no network outside: {why}. Install passt (or slirp4netns), then start it again; published ports work all the same."
        ))
    }

    /// Remembers the addresses of a container that runs already.
    pub(crate) fn occupy(&self, place: &Place) {
        let mut state = self.state();
        for end in place.ends.values() {
            if let Some(entry) = state.networks.get_mut(&end.network) {
                entry
                    .taken
                    .extend(end.addresses.iter().map(|cidr| cidr.addr()));
            }
        }
    }

    /// Gives a container's addresses back.
    pub(crate) fn vacate(&self, place: &Place) {
        let mut state = self.state();
        for end in place.ends.values() {
            if let Some(entry) = state.networks.get_mut(&end.network) {
                for address in &end.addresses {
                    entry.taken.remove(&address.addr());
                }
            }
        }
    }

    /// Until the file is dropped no other engine of root chooses subnets. Held where one of these
    /// networks has no bridge yet, up to the moment when it has.
    pub(super) fn take_turn(&self, ids: &[String]) -> Option<File> {
        let is_new = |id: &String| {
            let state = self.state();
            let entry = state.networks.get(id);
            entry.is_some_and(|entry| entry.taken.is_empty())
        };
        if self.rootless || !ids.iter().any(is_new) {
            return None;
        }
        let file = File::create(TURNS).ok()?;
        flock(&file, FlockOperation::LockExclusive).ok()?;
        Some(file)
    }

    /// Chooses subnets for a network that has none, or whose chosen ones have become somebody
    /// else's while nobody used them.
    pub(super) fn settle_subnets(&self, id: &str) -> Result<()> {
        let prefix = self.keeper.plan().bridge_prefix();
        let mut state = self.state();
        let others: Vec<IpNet> = state
            .networks
            .values()
            .filter(|entry| entry.record.id != id)
            .flat_map(|entry| entry.record.subnets.iter())
            .map(|subnet| subnet.gateway.trunc())
            .collect();
        let Some(entry) = state.networks.get_mut(id) else {
            return Err(Error::NoSuchNetwork(id.to_owned()));
        };
        let record = &entry.record;
        let mut own = record.subnets.iter();
        let is_settled = !record.ipv4 || own.any(|one| one.gateway.addr().is_ipv4());
        if is_settled && (!record.chosen || !entry.taken.is_empty()) {
            return Ok(());
        }
        let mut taken = pool::host_routes(|name| name.starts_with(&prefix));
        let is_free = |subnet: &Subnet| {
            let net = subnet.gateway.trunc();
            !taken.iter().any(|route| pool::overlap(*route, net))
        };
        if is_settled && record.subnets.iter().all(is_free) {
            return Ok(());
        }
        taken.extend(others);
        let subnet = pool::free_subnet(&taken).ok_or_else(|| {
            Error::Network(
                "all predefined address pools have been fully subnetted: name a subnet".to_owned(),
            )
        })?;
        let gateway = pool::gateway_of(subnet.into());
        let gateway = gateway.ok_or_else(|| Error::Internal("no gateway".to_owned()))?;
        let mut record = entry.record.clone();
        record
            .subnets
            .retain(|subnet| subnet.gateway.addr().is_ipv6());
        record.subnets.insert(0, Subnet::of(gateway));
        record.save(&self.folder)?;
        entry.last = vec![None; record.subnets.len()];
        entry.record = record;
        self.feed
            .changed(Change::Network(Box::new(show::row(&entry.record))));
        Ok(())
    }
}

impl Entry {
    /// Takes a free address of each subnet, or those that are asked for. `holder` knows which
    /// container has an address.
    pub(super) fn take(
        &mut self,
        wanted: &[IpAddr],
        holder: impl Fn(IpAddr) -> Option<String>,
    ) -> Result<Vec<Cidr>> {
        let mut given: Vec<Cidr> = Vec::new();
        for (subnet, last) in self.record.subnets.iter().zip(&mut self.last) {
            let net = subnet.gateway.trunc();
            let fixed = wanted.iter().find(|address| net.contains(*address));
            let address = match fixed {
                Some(address) if self.taken.contains(address) || subnet.keeps(*address) => {
                    return Err(Error::AddressInUse {
                        address: *address,
                        network: self.record.name.clone(),
                        holder: holder(*address),
                    });
                }
                Some(address) => IpNet::new(*address, net.prefix_len()).ok().map(Cidr),
                None => {
                    let found = pool::free_address(subnet, *last, &self.taken);
                    *last = found.map(|cidr| cidr.addr()).or(*last);
                    found
                }
            };
            let name = &self.record.name;
            given.push(address.ok_or_else(|| {
                Error::Network(format!(
                    "no available IPv4 addresses on network {name}: {net}"
                ))
            })?);
        }
        if let Some(stranger) = wanted
            .iter()
            .find(|address| !given.iter().any(|cidr| cidr.addr() == **address))
        {
            return Err(Error::Invalid(format!(
                "invalid endpoint settings: no configured subnet contains IP address {stranger}"
            )));
        }
        self.taken.extend(given.iter().map(|cidr| cidr.addr()));
        Ok(given)
    }
}

/// What the keeper is told of this engine.
fn plan(host: &Host) -> Plan {
    let runtime = &host.paths().runtime;
    let name = runtime.file_name().unwrap_or_default().to_string_lossy();
    Plan {
        version: gantry_network::protocol::VERSION,
        pin: host.facts.rootless.then(|| runtime.join("net")),
        socket: runtime.join("net.s"),
        // The runtime folder's name is a hash of the data root.
        tag: name.chars().take(7).collect(),
        path: program_path(),
    }
}

/// Where system programs are, even if the caller's shell does not look there.
pub(crate) fn program_path() -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{path}:/usr/bin:/usr/sbin:/usr/local/bin")
}

pub(super) fn default_mtu(rootless: bool) -> u32 {
    if rootless { MTU_ROOTLESS } else { MTU_AS_ROOT }
}
