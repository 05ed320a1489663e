//! The thread that opens connections from the host before the containers have them.

use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gantry_packet::complain;
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use rustix::net::connect;
use rustix::net::sockopt::{set_ipv6_v6only, socket_error};

use super::syn::Wish;
use super::{JOINED, REFUSED, UNREACHABLE};
use crate::netlink::{Packet, Queue, Verdict};
use crate::proxy::{Waiting, stream};

/// How long a connection waits for a client who gave up.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections that are being opened at most; further ones take the other way out.
const MOST: usize = 4096;
/// The number of the queue among those of connections.
const QUEUE: u64 = 0;

pub struct Dialler {
    poll: OwnedFd,
    queue: Queue,
    waiting: Arc<Waiting>,
    calls: HashMap<u64, Call>,
    wishes: HashMap<Wish, u64>,
    last: u64,
}

/// A connection that is being opened.
struct Call {
    wish: Wish,
    /// The packet that waits for it.
    packet: u32,
    socket: OwnedFd,
}

impl Dialler {
    pub fn new(queue: Queue, waiting: Arc<Waiting>) -> io::Result<Self> {
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&poll, &queue, EventData::new_u64(QUEUE), EventFlags::IN)?;
        Ok(Self {
            poll,
            queue,
            waiting,
            calls: HashMap::new(),
            wishes: HashMap::new(),
            last: QUEUE,
        })
    }

    /// Dials for ever.
    pub fn run(mut self) {
        let mut events = Vec::with_capacity(64);
        let mut swept = Instant::now();
        loop {
            events.clear();
            let second = Timespec {
                tv_sec: 1,
                tv_nsec: 0,
            };
            let timeout = (!self.waiting.is_empty()).then_some(&second);
            match epoll::wait(&self.poll, spare_capacity(&mut events), timeout) {
                Ok(_) | Err(Errno::INTR) => {}
                // Only a descriptor that is none does this; there is no way on.
                Err(_) => return,
            }
            for event in &events {
                match event.data.u64() {
                    QUEUE => self.hear(),
                    number => self.finish(number),
                }
            }
            if swept.elapsed() >= PATIENCE {
                swept = Instant::now();
                self.waiting.sweep(PATIENCE);
            }
        }
    }

    /// Looks at packets that wait.
    fn hear(&mut self) {
        match self.queue.next() {
            Ok(packets) => packets.into_iter().for_each(|packet| self.dial(&packet)),
            Err(error) => complain("packets wait in vain", error),
        }
    }

    fn dial(&mut self, packet: &Packet) {
        let wish = Wish::read(&packet.bytes).filter(Wish::is_for_the_world);
        let verdict = match wish {
            // Sent again, as there was no answer yet.
            Some(wish) if self.wishes.contains_key(&wish) => Some(Verdict::Drop),
            Some(wish) if self.calls.len() < MOST => self.begin(wish, packet.number),
            _ => Some(Verdict::Accept(0)),
        };
        if let Some(verdict) = verdict {
            self.queue.decide(packet.number, verdict);
        }
    }

    /// Begins to connect. What is decided at once about the packet.
    fn begin(&mut self, wish: Wish, packet: u32) -> Option<Verdict> {
        // Without descriptors or memory the other way out may do better.
        let Ok(socket) = stream(wish.to) else {
            return Some(Verdict::Accept(0));
        };
        if wish.to.is_ipv6() && set_ipv6_v6only(&socket, true).is_err() {
            return Some(Verdict::Accept(0));
        }
        match connect(&socket, &wish.to) {
            Ok(()) => {
                self.waiting.put(wish.from, wish.to, socket);
                return Some(Verdict::Accept(JOINED));
            }
            Err(Errno::INPROGRESS) => {}
            Err(errno) => return Some(failed(errno)),
        }
        self.last += 1;
        let number = self.last;
        let data = EventData::new_u64(number);
        if epoll::add(&self.poll, &socket, data, EventFlags::OUT).is_err() {
            return Some(Verdict::Accept(0));
        }
        self.wishes.insert(wish, number);
        let call = Call {
            wish,
            packet,
            socket,
        };
        self.calls.insert(number, call);
        None
    }

    /// A connection is there, or has failed.
    fn finish(&mut self, number: u64) {
        let Some(call) = self.calls.remove(&number) else {
            return;
        };
        self.wishes.remove(&call.wish);
        // Whoever carries it has an epoll(7) of its own.
        let _ = epoll::delete(&self.poll, &call.socket);
        let verdict = match socket_error(&call.socket) {
            Ok(Ok(())) => {
                self.waiting.put(call.wish.from, call.wish.to, call.socket);
                Verdict::Accept(JOINED)
            }
            Ok(Err(errno)) | Err(errno) => failed(errno),
        };
        self.queue.decide(call.packet, verdict);
    }
}

/// What a container sees of an attempt that failed.
fn failed(errno: Errno) -> Verdict {
    match errno {
        Errno::CONNREFUSED | Errno::CONNRESET => Verdict::Accept(REFUSED),
        Errno::HOSTUNREACH | Errno::NETUNREACH | Errno::HOSTDOWN | Errno::ACCESS | Errno::PERM => {
            Verdict::Accept(UNREACHABLE)
        }
        // It will notice by itself that nobody answers.
        Errno::TIMEDOUT => Verdict::Drop,
        _ => Verdict::Accept(0),
    }
}
