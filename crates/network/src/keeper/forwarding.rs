//! The switches that make a computer pass packets on between all its interfaces.
//!
//! Where they are off nobody has asked for a router. Then they are turned on behind a table of the
//! packet filter that stops what neither comes from a bridge nor goes to one: bridges are where
//! containers and virtual machines are, ours and others', and each has a filter of its own. The table
//! stays as long as the switch, which is until the computer starts anew: that it is there says that
//! we turned the switch.

use std::fs;
use std::io;

use gantry_packet::complain;

use crate::netlink::{ForeignChain, Socket};
use crate::rules;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Ipv4,
    Ipv6,
}

impl Family {
    const ALL: [Self; 2] = [Self::Ipv4, Self::Ipv6];

    fn switch(self) -> &'static str {
        match self {
            Self::Ipv4 => "/proc/sys/net/ipv4/ip_forward",
            Self::Ipv6 => "/proc/sys/net/ipv6/conf/all/forwarding",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ipv4 => "net.ipv4.ip_forward",
            Self::Ipv6 => "net.ipv6.conf.all.forwarding",
        }
    }

    /// The table that says that we turned it.
    fn table(self) -> &'static str {
        match self {
            Self::Ipv4 => "gantry-no-router",
            Self::Ipv6 => "gantry-no-router6",
        }
    }

    /// Whether packets are passed on in this thread's namespace.
    pub fn is_on(self) -> io::Result<bool> {
        Ok(fs::read_to_string(self.switch())?.trim() == "1")
    }

    /// Has them passed on in this thread's namespace, which is the filter's.
    pub fn turn_on(self) -> io::Result<()> {
        fs::write(self.switch(), "1")
    }

    /// The same in the host's, without making a router of it.
    pub fn turn_on_guarded(self, filter: &mut Socket) -> io::Result<()> {
        filter.replace_table(&rules::no_router(self.table(), self == Self::Ipv4))?;
        self.turn_on()
    }
}

/// A table that keeps this computer from being a router, since we had it pass packets on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// In the family `inet`.
    pub table: &'static str,
    /// The kernel's switch, as sysctl(8) names it.
    pub switch: &'static str,
    /// Whether packets are passed on still.
    pub is_on: bool,
}

/// Those of this thread's network namespace.
pub fn guards() -> io::Result<Vec<Guard>> {
    let chains = Socket::netfilter()?.chains()?;
    let guards = guarded(&chains).into_iter().map(|family| {
        Ok(Guard {
            table: family.table(),
            switch: family.name(),
            is_on: family.is_on()?,
        })
    });
    guards.collect()
}

/// The families whose tables are among these chains.
pub fn guarded(chains: &[ForeignChain]) -> Vec<Family> {
    let has = |family: &Family| chains.iter().any(|chain| chain.table == family.table());
    Family::ALL.into_iter().filter(has).collect()
}

/// Puts back what of the tables somebody has flushed.
pub fn guard_again(families: &[Family], filter: &mut Socket) {
    for family in families {
        let table = rules::no_router(family.table(), *family == Family::Ipv4);
        if let Err(error) = filter.replace_table(&table) {
            complain("packets are passed on between all interfaces", error);
        }
    }
}
