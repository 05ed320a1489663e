//! Who has a port of the host.

use std::fs;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::types::Protocol;

/// The holder of a port that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holder {
    /// A container of the engine, by its name.
    Container(String),
    /// A process that /proc shows.
    Process { pid: u32, name: String },
    /// A process of another user, which /proc hides.
    User(String),
    /// Nobody who can be found.
    Unknown,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Container(name) => write!(formatter, "container \"{name}\" has it"),
            Self::Process { pid, name } => write!(formatter, "process {pid} ({name}) has it"),
            Self::User(name) => write!(formatter, "a process of user {name} has it"),
            Self::Unknown => formatter.write_str("somebody has it"),
        }
    }
}

/// The process that has a port.
pub fn of(protocol: Protocol, host: IpAddr, port: u16) -> Holder {
    for family in ["", "6"] {
        let table = format!("/proc/net/{protocol}{family}");
        let text = fs::read_to_string(table).unwrap_or_default();
        let entries = text.lines().skip(1).filter_map(Entry::read);
        let found = entries
            .filter(|entry| entry.listens(protocol))
            .find(|entry| entry.address.port() == port && meet(entry.address.ip(), host));
        if let Some(entry) = found {
            return owner(&entry);
        }
    }
    Holder::Unknown
}

/// The first port behind one that nobody has on that address.
pub fn next_free(protocol: Protocol, host: IpAddr, port: u16) -> Option<u16> {
    (port.saturating_add(1)..=u16::MAX).take(200).find(|port| {
        let address = SocketAddr::new(host, *port);
        match protocol {
            Protocol::Tcp => std::net::TcpListener::bind(address).is_ok(),
            Protocol::Udp => std::net::UdpSocket::bind(address).is_ok(),
        }
    })
}

/// Whether sockets of both addresses may be in each other's way.
fn meet(one: IpAddr, other: IpAddr) -> bool {
    one == other || one.is_unspecified() || other.is_unspecified()
}

/// A line of /proc/net/tcp and its like.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    address: SocketAddr,
    state: u8,
    user: u32,
    inode: u64,
}

impl Entry {
    fn read(line: &str) -> Option<Self> {
        let fields: Vec<_> = line.split_whitespace().collect();
        let (address, port) = fields.get(1)?.split_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        let words: Option<Vec<[u8; 4]>> = address
            .as_bytes()
            .chunks(8)
            .map(|word| {
                let word = (word.len() == 8).then_some(word)?;
                let word = u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?;
                Some(word.to_ne_bytes())
            })
            .collect();
        let bytes = words?.concat();
        let address = match bytes.len() {
            4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?),
            16 => IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?),
            _ => return None,
        };
        Some(Self {
            address: SocketAddr::new(address, port),
            state: u8::from_str_radix(fields.get(3)?, 16).ok()?,
            user: fields.get(7)?.parse().ok()?,
            inode: fields.get(9)?.parse().ok()?,
        })
    }

    /// TCP_LISTEN, or any socket of UDP.
    fn listens(&self, protocol: Protocol) -> bool {
        protocol == Protocol::Udp || self.state == 0x0a
    }
}

/// The process that has the socket open, else the user that it belongs to.
fn owner(entry: &Entry) -> Holder {
    let link = format!("socket:[{}]", entry.inode);
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    for process in processes {
        let Some(pid) = process
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let open = fs::read_dir(process.path().join("fd"));
        let has = open.into_iter().flatten().flatten().any(|fd| {
            let target = fs::read_link(fd.path());
            target.is_ok_and(|target| target.as_os_str() == link.as_str())
        });
        if has {
            let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return Holder::Process {
                pid,
                name: name.trim().to_owned(),
            };
        }
    }
    Holder::User(user(entry.user))
}

/// The name of a user; the number that /proc shows is that of the reader's user namespace.
fn user(id: u32) -> String {
    let name = nix::unistd::User::from_uid(id.into()).ok().flatten();
    name.map_or_else(|| id.to_string(), |user| user.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_found_by_its_port() {
        for address in ["127.0.0.1:0", "0.0.0.0:0"] {
            let listener = std::net::TcpListener::bind(address).unwrap();
            let port = listener.local_addr().unwrap().port();
            let found = of(Protocol::Tcp, "127.0.0.1".parse().unwrap(), port);
            assert!(
                matches!(found, Holder::Process { pid, .. } if pid == std::process::id()),
                "{found:?}"
            );
        }
    }

    #[test]
    fn nonsense_is_nobody() {
        for line in [
            "",
            "0: zz:1",
            "0: 0100007F:1F90 0 0A",
            "0: 01:1F90 0 0A 0 0 0 0 0 1",
        ] {
            assert_eq!(Entry::read(line), None, "{line}");
        }
    }
}
