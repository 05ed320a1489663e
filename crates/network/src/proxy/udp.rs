//! The thread that carries UDP: each client of a port has a socket of its own towards the
//! container, so that answers find their way back.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, connect, ipproto, recv, send,
    socket_with,
};

use super::registry::{Lead, Registry};
use crate::datagram;

/// How long a client is remembered that says nothing and is told nothing.
const QUIET: Duration = Duration::from_secs(90);
/// Clients that are remembered at most; the quietest gives way.
const MOST_CLIENTS: usize = 4096;
/// Datagrams of one socket before others have a turn.
const TURNS: usize = 64;
const LARGEST: usize = 65536;

/// A client of a port, by listener, its address, and the address of ours that it speaks to.
type Key = (u64, SocketAddr, IpAddr);

struct Client {
    key: Key,
    socket: OwnedFd,
    heard: Instant,
}

pub struct Carrier {
    poll: Arc<OwnedFd>,
    listeners: Arc<Registry>,
    clients: HashMap<u64, Client>,
    numbers: HashMap<Key, u64>,
    last: u64,
    scratch: Vec<u8>,
}

impl Carrier {
    pub fn new(poll: Arc<OwnedFd>, listeners: Arc<Registry>) -> Self {
        Self {
            poll,
            listeners,
            clients: HashMap::new(),
            numbers: HashMap::new(),
            last: 0,
            scratch: vec![0; LARGEST],
        }
    }

    /// Carries for ever.
    pub fn run(mut self) {
        let mut events = Vec::with_capacity(64);
        let mut swept = Instant::now();
        loop {
            events.clear();
            let quarter = QUIET / 4;
            let timeout = (!self.clients.is_empty()).then_some(Timespec {
                tv_sec: quarter.as_secs().cast_signed(),
                tv_nsec: 0,
            });
            let room = spare_capacity(&mut events);
            match epoll::wait(&*self.poll, room, timeout.as_ref()) {
                Ok(_) | Err(Errno::INTR) => {}
                // Only a descriptor that is none does this; there is no way on.
                Err(_) => return,
            }
            for event in &events {
                let token = event.data.u64();
                if Registry::is_listener(token) {
                    self.inward(token);
                } else {
                    self.outward(token);
                }
            }
            if swept.elapsed() >= quarter {
                swept = Instant::now();
                self.sweep(|client| client.heard.elapsed() >= QUIET);
            }
        }
    }

    /// From clients to the container.
    fn inward(&mut self, token: u64) {
        let Some(listener) = self.listeners.get(token) else {
            return;
        };
        let Lead::To(target) = listener.lead else {
            return;
        };
        for _ in 0..TURNS {
            let arrival = match datagram::receive(listener.socket(), &mut self.scratch) {
                Ok(arrival) => arrival,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return,
            };
            let Some(number) = self.client((token, arrival.from, arrival.to), target) else {
                continue;
            };
            if let Some(client) = self.clients.get_mut(&number) {
                client.heard = Instant::now();
                // Datagrams may be lost; the container may listen later.
                let said = &self.scratch[..arrival.length];
                let _ = send(&client.socket, said, SendFlags::DONTWAIT);
            }
        }
    }

    /// From the container back to a client.
    fn outward(&mut self, number: u64) {
        let Some(client) = self.clients.get_mut(&number) else {
            return;
        };
        let Some(listener) = self.listeners.get(client.key.0) else {
            return self.forget(number);
        };
        for _ in 0..TURNS {
            match recv(&client.socket, &mut *self.scratch, RecvFlags::DONTWAIT) {
                Ok((length, _)) => {
                    client.heard = Instant::now();
                    let (_, client, own) = client.key;
                    let answer = &self.scratch[..length];
                    let _ = datagram::send(listener.socket(), answer, own, client);
                }
                // Nobody listens in the container: asked once, the socket is well again.
                Err(Errno::CONNREFUSED | Errno::INTR) => {}
                Err(_) => return,
            }
        }
    }

    /// The number of a client, who may be new.
    fn client(&mut self, key: Key, target: SocketAddr) -> Option<u64> {
        if let Some(number) = self.numbers.get(&key) {
            return Some(*number);
        }
        if self.clients.len() >= MOST_CLIENTS {
            let mut times: Vec<_> = self.clients.values().map(|client| client.heard).collect();
            times.sort_unstable();
            let quietest = times[times.len() / 8];
            self.sweep(|client| client.heard <= quietest);
        }
        let family = match target {
            SocketAddr::V4(_) => AddressFamily::INET,
            SocketAddr::V6(_) => AddressFamily::INET6,
        };
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(family, SocketType::DGRAM, flags, Some(ipproto::UDP)).ok()?;
        connect(&socket, &target).ok()?;
        self.last += 1;
        let number = self.last;
        let data = EventData::new_u64(number);
        epoll::add(&*self.poll, &socket, data, EventFlags::IN).ok()?;
        self.numbers.insert(key, number);
        let heard = Instant::now();
        self.clients.insert(number, Client { key, socket, heard });
        Some(number)
    }

    fn forget(&mut self, number: u64) {
        if let Some(client) = self.clients.remove(&number) {
            self.numbers.remove(&client.key);
        }
    }

    fn sweep(&mut self, is_quiet: impl Fn(&Client) -> bool) {
        let quiet: Vec<_> = self
            .clients
            .iter()
            .filter(|(_, client)| is_quiet(client))
            .map(|(number, _)| *number)
            .collect();
        for number in quiet {
            self.forget(number);
        }
    }
}
