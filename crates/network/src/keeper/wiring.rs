//! Bridges, and the containers that are wired to them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::io;
use std::net::IpAddr;
use std::os::fd::{AsFd, OwnedFd};

use gantry_packet::{complain, say};

use super::forwarding::{self, Family};
use super::passage::Passage;
use super::place::Place;
use crate::namespace;
use crate::netlink::{LOOPBACK, Peer, Socket};
use crate::outgoing::Doors;
use crate::plan::Plan;
use crate::protocol::Refusal;
use crate::rules::{self, Led};
use crate::types::{Bridge, Endpoint, MacAddress, Protocol};

/// The switches of each interface, and of all.
const IPV6: &str = "/proc/sys/net/ipv6/conf";
/// Names that are tried for the host's end of a pair.
const ATTEMPTS: usize = 8;

/// The bridges of an engine.
#[derive(Debug)]
pub struct Wiring {
    prefix: String,
    pair_prefix: String,
    table: String,
    made: BTreeMap<String, Made>,
    /// Where connections to the world are led.
    doors: Option<Doors>,
    /// Published ports that the kernel leads to containers.
    led: Vec<Led>,
    /// The way through the filters of others, in the host's namespace.
    passage: Passage,
    /// Why packets are not filtered and do not go out.
    unfiltered: Option<String>,
    /// Whose filter stops what goes out.
    obstructed: Option<String>,
}

#[derive(Debug)]
struct Made {
    bridge: Bridge,
    index: u32,
}

impl Wiring {
    pub fn new(plan: &Plan, doors: Option<Doors>) -> Self {
        Self {
            prefix: plan.bridge_prefix(),
            pair_prefix: plan.pair_prefix(),
            table: plan.table(),
            made: BTreeMap::new(),
            doors,
            led: Vec::new(),
            passage: Passage::new(plan.bridge_prefix(), plan.path.clone()),
            unfiltered: None,
            obstructed: None,
        }
    }

    /// Makes what is missing of a bridge that somebody uses already.
    pub fn remember(&mut self, place: &mut Place, bridge: &Bridge) -> Result<(), Refusal> {
        self.bridge(place, bridge).map(|_| ())
    }

    /// Makes what is missing of a bridge and returns its number.
    fn bridge(&mut self, place: &mut Place, bridge: &Bridge) -> Result<u32, Refusal> {
        if let Some(made) = self.made.get(&bridge.network)
            && made.bridge == *bridge
        {
            return Ok(made.index);
        }
        let index = make_bridge(place, bridge).map_err(doing("make a bridge"))?;
        let bridge = bridge.clone();
        self.made
            .insert(bridge.network.clone(), Made { bridge, index });
        self.filter(place);
        Ok(index)
    }

    /// Brings the packet filter to what the bridges need. Without one nothing is passed on, which
    /// keeps networks apart and leaves them without a way out.
    fn filter(&mut self, place: &mut Place) {
        let bridges: Vec<_> = self.made.values().map(|made| &made.bridge).collect();
        let is_own = place.pin.is_some();
        let (name, prefix) = (&self.table, &self.prefix);
        let table = |doors| {
            if is_own {
                rules::own_table(name, prefix, &bridges, doors)
            } else {
                rules::host_table(name, prefix, &bridges, &self.led)
            }
        };
        // The first that the kernel knows; it stays with that.
        let replaced = loop {
            let replaced = place.filter.replace_table(&table(self.doors));
            let (Err(error), Some(doors)) = (&replaced, self.doors) else {
                break replaced;
            };
            self.doors = doors.otherwise();
            if self.doors.is_none() {
                complain("connections to the world are left to the helper", error);
            }
        };
        self.unfiltered = replaced.err().map(|error| {
            let why = format!("the kernel's packet filter (nf_tables) refuses: {error}");
            if place.pin.is_some() {
                let stopped = namespace::within(place.namespace(), || {
                    fs::write("/proc/sys/net/ipv4/ip_forward", "0")
                });
                if let Err(error) = stopped {
                    complain("packets are passed on unfiltered", error);
                }
            }
            say(&why);
            why
        });
    }

    /// Why nothing goes out, if that is so.
    pub fn stopped(&self) -> Option<&str> {
        self.unfiltered.as_deref().or(self.obstructed.as_deref())
    }

    /// Brings the filters of the host's namespace to what is needed, whatever others have done to
    /// them meanwhile: our table, a way through theirs, and these ports led to their containers, and
    /// no others. Where there is no way through, ports are left to the sockets that hold them.
    pub fn lead(&mut self, place: &mut Place, led: Vec<Led>) {
        if place.pin.is_some() || self.unfiltered.is_some() || self.made.is_empty() {
            return;
        }
        let open = place.filter.chains().map_err(|error| error.to_string());
        let open = open.and_then(|chains| {
            if !chains.iter().any(|chain| chain.table == self.table) {
                say("the packet filter was emptied and is filled again");
                self.filter(place);
                forwarding::guard_again(&place.guarded, &mut place.filter);
            }
            self.passage.open(&mut place.filter, &chains)
        });
        self.obstructed = open.err();
        let led = if self.obstructed.is_none() {
            led
        } else {
            Vec::new()
        };
        if led == self.led {
            return;
        }
        let before = std::mem::replace(&mut self.led, led);
        let chain = rules::ports(&self.led);
        if let Err(error) = place.filter.replace_rules(&self.table, &chain) {
            complain("published ports are left to their sockets", error);
            self.led.clear();
        }
        let kept: BTreeSet<_> = self.led.iter().collect();
        let gone = before
            .iter()
            .filter(|one| one.protocol == Protocol::Udp && !kept.contains(one));
        let targets: HashSet<_> = gone.map(|gone| gone.target).collect();
        if let Err(error) = place.filter.forget_datagrams(&targets) {
            complain("datagrams go on to where they went", error);
        }
    }

    /// Wires one end of a network into a container's namespace.
    pub fn attach(
        &mut self,
        place: &mut Place,
        namespace: &OwnedFd,
        inside: &mut Socket,
        endpoint: &Endpoint,
    ) -> Result<(), Refusal> {
        let bridge = self.bridge(place, &endpoint.bridge)?;
        let peer = Peer {
            namespace: namespace.as_fd(),
            name: &endpoint.interface,
            mac: endpoint.mac,
        };
        self.pair(place, bridge, endpoint.bridge.mtu, peer)
            .map_err(doing("make a pair of interfaces"))?;
        address(namespace, inside, endpoint).map_err(doing("give the container its address"))
    }

    fn pair(&self, place: &mut Place, bridge: u32, mtu: u32, peer: Peer<'_>) -> io::Result<()> {
        for _ in 0..ATTEMPTS {
            let mut random = [0; 3];
            rustix::rand::getrandom(&mut random, rustix::rand::GetRandomFlags::empty())?;
            let [a, b, c] = random;
            let name = format!("{}{a:02x}{b:02x}{c:02x}", self.pair_prefix);
            match place.links.add_pair(&name, bridge, mtu, peer) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                done => return done,
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Removes a network's bridge.
    pub fn remove(&mut self, place: &mut Place, network: &str) -> Result<(), Refusal> {
        let Some(made) = self.made.remove(network) else {
            return Ok(());
        };
        self.filter(place);
        let removed = place.links.remove_link(&made.bridge.interface);
        removed.map_err(doing("remove a bridge"))
    }

    /// Removes bridges of this engine that nobody asked for since the keeper was started.
    pub fn sweep(&self, place: &mut Place) -> io::Result<()> {
        for link in place.links.links()? {
            let known = |made: &Made| made.bridge.interface == link.name;
            if link.name.starts_with(&self.prefix) && !self.made.values().any(known) {
                place.links.remove_link(&link.name)?;
            }
        }
        Ok(())
    }

    /// Removes everything.
    pub fn clear(&mut self, place: &mut Place) {
        self.made.clear();
        if let Err(error) = self.sweep(place) {
            complain("bridges were not removed", error);
        }
        if place.pin.is_none() {
            self.passage.close(&mut place.filter);
        }
        if let Err(error) = place.filter.remove_table(&self.table) {
            complain("the packet filter was not removed", error);
        }
    }
}

/// A namespace for a container: only its loopback is up, and its interfaces have no IPv6 unless
/// their network has.
pub fn make_namespace() -> Result<(OwnedFd, Socket), Refusal> {
    let made = namespace::make(|| {
        // A kernel without IPv6 has no such switch.
        let _ = fs::write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
        let mut links = Socket::route()?;
        links.bring_up(LOOPBACK)?;
        Ok(links)
    });
    made.map_err(doing("make a network namespace"))
}

fn make_bridge(place: &mut Place, bridge: &Bridge) -> io::Result<u32> {
    let links = place.links.links()?;
    let found = links.iter().find(|link| link.name == bridge.interface);
    let index = if let Some(found) = found {
        found.index
    } else {
        let first = bridge.addresses.first().map(|cidr| cidr.addr());
        let mac = MacAddress::of(first.unwrap_or(IpAddr::from([0; 4])));
        place.links.add_bridge(&bridge.interface, mac, bridge.mtu)?
    };
    let has_ipv6 = bridge.addresses.iter().any(|cidr| cidr.addr().is_ipv6());
    let switch = if has_ipv6 { "0" } else { "1" };
    let name = &bridge.interface;
    namespace::within(place.namespace(), || {
        let folder = format!("{IPV6}/{name}");
        // A kernel without IPv6 has no such switches. No container is a router of ours.
        let _ = fs::write(format!("{folder}/accept_ra"), "0");
        let _ = fs::write(format!("{folder}/disable_ipv6"), switch);
        Ok(())
    })?;
    if has_ipv6 {
        let is_host = place.pin.is_none();
        place.pass_on(Family::Ipv6, || {
            if is_host { believe_routers() } else { Ok(()) }
        })?;
    }
    for address in &bridge.addresses {
        match place.links.add_address(index, address.0) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            done => done?,
        }
    }
    Ok(index)
}

/// A computer that passes packets of IPv6 on believes no router any more unless it is told to, and
/// the host may have its own way out from one.
fn believe_routers() -> io::Result<()> {
    for interface in fs::read_dir(IPV6)?.flatten() {
        let believes = interface.path().join("accept_ra");
        // Those two are no interfaces.
        let is_one = !["all", "default"].contains(&&*interface.file_name().to_string_lossy());
        if is_one && fs::read_to_string(&believes).is_ok_and(|now| now.trim() == "1") {
            // An interface may go at any moment.
            let _ = fs::write(&believes, "2");
        }
    }
    Ok(())
}

fn address(namespace: &OwnedFd, inside: &mut Socket, endpoint: &Endpoint) -> io::Result<()> {
    let name = &endpoint.interface;
    let index = inside.index(name)?;
    if endpoint.addresses.iter().any(|cidr| cidr.addr().is_ipv6()) {
        namespace::within(namespace.as_fd(), || {
            fs::write(format!("/proc/sys/net/ipv6/conf/{name}/disable_ipv6"), "0")
        })?;
    }
    for address in &endpoint.addresses {
        inside.add_address(index, address.0)?;
    }
    inside.bring_up(index)?;
    for gateway in &endpoint.gateways {
        inside.add_default_route(index, *gateway)?;
    }
    Ok(())
}

/// A refusal that says what was tried.
pub fn doing(what: &str) -> impl FnOnce(io::Error) -> Refusal + use<'_> {
    move |error| Refusal::System {
        doing: what.to_owned(),
        why: error.to_string(),
    }
}
