//! Connections to the world that were made for clients who are about to arrive.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// By the client's address and where it wants to go.
type Key = (IpAddr, SocketAddr);

#[derive(Debug, Default)]
pub struct Waiting(Mutex<HashMap<Key, VecDeque<Connected>>>);

#[derive(Debug)]
struct Connected {
    /// The port that its client came from.
    port: u16,
    socket: OwnedFd,
    since: Instant,
}

impl Waiting {
    pub fn put(&self, client: SocketAddr, to: SocketAddr, socket: OwnedFd) {
        let connected = Connected {
            port: client.port(),
            socket,
            since: Instant::now(),
        };
        let mut all = self.all();
        all.entry((client.ip(), to))
            .or_default()
            .push_back(connected);
    }

    /// The connection for a client who has arrived. Where two of its connections would look alike
    /// here, the kernel gives one another port: then it is the one that nobody came for yet.
    pub fn take(&self, client: SocketAddr, to: SocketAddr) -> Option<OwnedFd> {
        let mut all = self.all();
        let key = (client.ip(), to);
        let queue = all.get_mut(&key)?;
        let own = queue.iter().position(|one| one.port == client.port());
        let found = queue.remove(own.unwrap_or(0));
        if queue.is_empty() {
            all.remove(&key);
        }
        found.map(|one| one.socket)
    }

    pub fn is_empty(&self) -> bool {
        self.all().is_empty()
    }

    /// Closes those whose clients did not come.
    pub fn sweep(&self, patience: Duration) {
        self.all().retain(|_, queue| {
            queue.retain(|one| one.since.elapsed() < patience);
            !queue.is_empty()
        });
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Key, VecDeque<Connected>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_get_their_own_and_nobody_elses() {
        let waiting = Waiting::default();
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        let file = || OwnedFd::from(std::fs::File::open("/dev/null").unwrap());
        let to = at("192.0.2.7:443");
        for port in ["172.17.0.2:1", "172.17.0.2:2"] {
            waiting.put(at(port), to, file());
        }
        assert!(
            waiting
                .take(at("172.17.0.2:2"), at("192.0.2.7:80"))
                .is_none()
        );
        assert!(waiting.take(at("172.17.0.3:2"), to).is_none());
        assert!(waiting.take(at("172.17.0.2:2"), to).is_some());
        assert!(waiting.take(at("172.17.0.2:9"), to).is_some());
        assert!(waiting.is_empty());
        waiting.put(at("172.17.0.2:1"), to, file());
        waiting.sweep(Duration::from_mins(1));
        assert!(!waiting.is_empty());
        waiting.sweep(Duration::ZERO);
        assert!(waiting.is_empty());
    }
}
