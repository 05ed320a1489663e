//! The table `filter` as the kernel hands it out: entries of different lengths, one behind the
//! other, each with matches and a target (<linux/netfilter_ipv4/ip_tables.h>).

use std::io;
use std::ops::Range;

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, ipproto, socket_with};

use crate::sys;

/// IPT_SO_GET_INFO and IPT_SO_GET_ENTRIES, which ip6_tables counts alike.
const GET_INFO: i32 = 64;
const GET_ENTRIES: i32 = 65;
/// `struct ipt_getinfo`: the table's name, which hooks it has, where each begins and where its
/// policy stands, how many entries there are and how long they are.
const INFO: usize = 84;
const INFO_BEGINNINGS: usize = 36;
const INFO_POLICIES: usize = 56;
const INFO_SIZE: usize = 80;
/// The part of `struct ipt_get_entries` before the entries.
const ENTRIES: usize = 40;
/// NF_INET_FORWARD.
const FORWARD: usize = 2;
/// `struct xt_entry_target`: its size, its name, its revision.
const TARGET: usize = 32;
/// A verdict's number is negative, less one.
const DROP: u32 = -1_i32 as u32;
/// The target that begins a chain of somebody's own and carries its name.
const BEGINNING: &[u8] = b"ERROR";

/// Reads while somebody writes at most.
const ATTEMPTS: usize = 10;

/// Which of the two tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Ipv4,
    Ipv6,
}

impl Family {
    pub const ALL: [Self; 2] = [Self::Ipv4, Self::Ipv6];

    /// The program that changes it, which may have `-legacy` behind its name.
    pub fn program(self) -> &'static str {
        match self {
            Self::Ipv4 => "iptables",
            Self::Ipv6 => "ip6tables",
        }
    }

    /// Where the tables are named that somebody uses.
    fn names(self) -> &'static str {
        match self {
            Self::Ipv4 => "/proc/thread-self/net/ip_tables_names",
            Self::Ipv6 => "/proc/thread-self/net/ip6_tables_names",
        }
    }

    /// How long the conditions of an entry are that are no matches, where its target's offset
    /// stands, and how long it is without matches and target.
    fn layout(self) -> (usize, usize, usize) {
        match self {
            Self::Ipv4 => (84, 88, 112),
            Self::Ipv6 => (136, 140, 168),
        }
    }
}

/// The table of one family.
#[derive(Debug)]
pub struct Table {
    family: Family,
    entries: Vec<u8>,
    /// The rules that packets which are passed on begin with. Its policy is the entry behind them.
    forward: Range<usize>,
}

impl Table {
    /// That of this thread's network namespace; `None` where nobody has made it.
    pub fn read(family: Family) -> io::Result<Option<Self>> {
        // Asking the kernel about the table would make one.
        let names = std::fs::read_to_string(family.names()).unwrap_or_default();
        if !names.lines().any(|name| name == "filter") {
            return Ok(None);
        }
        for _ in 0..ATTEMPTS {
            match Self::ask(family) {
                // It has grown in between.
                Err(error) if Errno::from_io_error(&error) == Some(Errno::AGAIN) => {}
                done => return done.map(Some),
            }
        }
        Err(Errno::AGAIN.into())
    }

    fn ask(family: Family) -> io::Result<Self> {
        let (domain, level) = match family {
            Family::Ipv4 => (AddressFamily::INET, libc::IPPROTO_IP),
            Family::Ipv6 => (AddressFamily::INET6, libc::IPPROTO_IPV6),
        };
        let flags = SocketFlags::CLOEXEC;
        let socket = socket_with(domain, SocketType::RAW, flags, Some(ipproto::RAW))?;
        let mut info = [0; INFO];
        info[..6].copy_from_slice(b"filter");
        sys::socket_option(&socket, level, GET_INFO, &mut info)?;
        let cut = || io::Error::from(io::ErrorKind::InvalidData);
        let at = |place: usize| number(&info, place).map(|found| found as usize);
        let size = at(INFO_SIZE).ok_or_else(cut)?;
        let beginning = at(INFO_BEGINNINGS + 4 * FORWARD).ok_or_else(cut)?;
        let policy = at(INFO_POLICIES + 4 * FORWARD).ok_or_else(cut)?;
        let mut entries = vec![0; ENTRIES + size];
        entries[..6].copy_from_slice(b"filter");
        entries[32..36].copy_from_slice(&(size as u32).to_ne_bytes());
        sys::socket_option(&socket, level, GET_ENTRIES, &mut entries)?;
        Ok(Self {
            family,
            entries: entries.split_off(ENTRIES),
            forward: beginning..policy,
        })
    }

    /// Whether what is passed on is stopped where no other rule decides about it: by the policy or
    /// by the last rule.
    pub fn stops(&self) -> bool {
        let mut last = None;
        let mut place = self.forward.start;
        while place < self.forward.end {
            let Some(entry) = self.entry(place) else {
                return false;
            };
            last = Some(entry);
            place += entry.length;
        }
        let policy = self.entry(self.forward.end);
        policy.is_some_and(|policy| policy.stops())
            || last.is_some_and(|last| last.is_unconditional && last.stops())
    }

    /// Whether a rule has this text in it, such as a comment.
    pub fn mentions(&self, text: &str) -> bool {
        let mut windows = self.entries.windows(text.len());
        windows.any(|window| window == text.as_bytes())
    }

    /// Whether somebody has made a chain of this name.
    pub fn has_chain(&self, name: &str) -> bool {
        let mut place = 0;
        while let Some(entry) = self.entry(place) {
            if entry.name() == BEGINNING && until_zero(entry.data()) == name.as_bytes() {
                return true;
            }
            place += entry.length;
        }
        false
    }

    fn entry(&self, place: usize) -> Option<Entry<'_>> {
        let (conditions, offset, fixed) = self.family.layout();
        let bytes = self.entries.get(place..)?;
        let target = usize::from(short(bytes, offset)?);
        let length = usize::from(short(bytes, offset + 2)?);
        let conditions = bytes.get(..conditions)?;
        (length > 0).then_some(Entry {
            is_unconditional: target == fixed && conditions.iter().all(|byte| *byte == 0),
            target: bytes.get(target..length)?,
            length,
        })
    }
}

#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    is_unconditional: bool,
    target: &'a [u8],
    length: usize,
}

impl<'a> Entry<'a> {
    /// Empty for a verdict.
    fn name(&self) -> &'a [u8] {
        until_zero(self.target.get(2..TARGET - 1).unwrap_or_default())
    }

    fn data(&self) -> &'a [u8] {
        self.target.get(TARGET..).unwrap_or_default()
    }

    fn stops(&self) -> bool {
        match self.name() {
            b"" => number(self.data(), 0) == Some(DROP),
            name => name == b"REJECT",
        }
    }
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0);
    &bytes[..end.unwrap_or(bytes.len())]
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?;
    Some(u16::from_ne_bytes(bytes.try_into().ok()?))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry with a condition where `port` is not zero.
    fn entry(family: Family, port: u8, name: &str, data: &[u8]) -> Vec<u8> {
        let (_, offset, fixed) = family.layout();
        let mut bytes = vec![0; fixed + TARGET];
        bytes[0] = port;
        let length = (fixed + TARGET + data.len()) as u16;
        bytes[offset..offset + 2].copy_from_slice(&(fixed as u16).to_ne_bytes());
        bytes[offset + 2..offset + 4].copy_from_slice(&length.to_ne_bytes());
        bytes[fixed + 2..fixed + 2 + name.len()].copy_from_slice(name.as_bytes());
        bytes.extend(data);
        bytes
    }

    fn table(family: Family, rules: &[Vec<u8>], policy: i32) -> Table {
        let rules: Vec<u8> = rules.concat();
        let end = rules.len();
        let policy = entry(family, 0, "", &policy.to_ne_bytes());
        let chain = entry(family, 0, "ERROR", b"DOCKER-USER\0\0\0\0");
        Table {
            family,
            entries: [rules, policy, chain].concat(),
            forward: 0..end,
        }
    }

    #[test]
    fn a_policy_or_a_last_rule_stops_what_is_passed_on() {
        const ACCEPT: i32 = -2;
        for family in Family::ALL {
            let reject = |port| entry(family, port, "REJECT", &[0; 4]);
            let accept = || entry(family, 0, "", &ACCEPT.to_ne_bytes());
            assert!(table(family, &[], -1).stops());
            assert!(!table(family, &[], ACCEPT).stops());
            assert!(table(family, &[accept(), reject(0)], ACCEPT).stops());
            assert!(!table(family, &[reject(1)], ACCEPT).stops());
            assert!(!table(family, &[reject(0), accept()], ACCEPT).stops());
        }
    }

    #[test]
    fn chains_and_comments_are_found() {
        let rule = entry(Family::Ipv4, 0, "", b"gantry: gb1234567\0");
        let table = table(Family::Ipv4, &[rule], -2);
        assert!(table.has_chain("DOCKER-USER") && !table.has_chain("DOCKER"));
        assert!(table.mentions("gantry: gb1234567") && !table.mentions("gb7654321"));
    }

    #[test]
    fn what_is_cut_off_stops_nothing() {
        let mut whole = table(Family::Ipv6, &[], -1);
        for length in (0..=whole.entries.len()).rev() {
            whole.entries.truncate(length);
            whole.stops();
            whole.has_chain("x");
        }
        assert!(!whole.stops());
    }
}
