//! The thread that carries TCP connections.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData};
use rustix::io::Errno;
use rustix::net::sockopt::{ip_original_dst, ipv6_original_dst};
use rustix::net::{SocketFlags, accept_with, getpeername};

use super::end::End;
use super::flow::{Flow, Next, Side, refuse};
use super::registry::{Lead, Registry};
use super::waiting::Waiting;
use crate::sys::wait_for_descriptors;

/// Connections that are accepted before those that are open have a turn.
const ACCEPTED_AT_ONCE: usize = 64;
const SCRATCH: usize = 64 * 1024;

pub struct Carrier {
    poll: Arc<OwnedFd>,
    listeners: Arc<Registry>,
    flows: HashMap<u64, Flow>,
    last: u64,
    /// Flows that have more to do.
    again: VecDeque<u64>,
    scratch: Vec<u8>,
}

impl Carrier {
    pub fn new(poll: Arc<OwnedFd>, listeners: Arc<Registry>) -> Self {
        Self {
            poll,
            listeners,
            flows: HashMap::new(),
            last: 0,
            again: VecDeque::new(),
            scratch: vec![0; SCRATCH],
        }
    }

    /// Carries for ever.
    pub fn run(mut self) {
        let mut events = Vec::with_capacity(256);
        loop {
            events.clear();
            let now = Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            };
            let timeout = (!self.again.is_empty()).then_some(&now);
            match epoll::wait(&*self.poll, spare_capacity(&mut events), timeout) {
                Ok(_) | Err(Errno::INTR) => {}
                // Only a descriptor that is none does this; there is no way on.
                Err(_) => return,
            }
            for event in &events {
                let token = event.data.u64();
                if Registry::is_listener(token) {
                    self.accept(token);
                } else {
                    let side = if token & 1 == 0 {
                        Side::Client
                    } else {
                        Side::Server
                    };
                    let number = token >> 1;
                    if let Some(flow) = self.flows.get_mut(&number) {
                        let next = flow.on(side, event.flags, &mut self.scratch);
                        self.then(number, next);
                    }
                }
            }
            for _ in 0..self.again.len() {
                let Some(number) = self.again.pop_front() else {
                    break;
                };
                if let Some(flow) = self.flows.get_mut(&number) {
                    flow.queued = false;
                    let next = flow.run(&mut self.scratch);
                    self.then(number, next);
                }
            }
        }
    }

    fn accept(&mut self, token: u64) {
        let Some(listener) = self.listeners.get(token) else {
            return;
        };
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        for _ in 0..ACCEPTED_AT_ONCE {
            match accept_with(listener.socket(), flags) {
                Ok(client) => self.open(client, &listener.lead),
                Err(Errno::INTR | Errno::CONNABORTED) => {}
                Err(errno) => return wait_for_descriptors(errno),
            }
        }
    }

    fn open(&mut self, client: OwnedFd, lead: &Lead) {
        let flow = match lead {
            Lead::To(target) => Flow::open(client, *target),
            Lead::Wherever(waiting) => join(client, waiting),
        };
        // Nobody listens there, or there is no way: the client sees a reset.
        let Ok(flow) = flow else {
            return;
        };
        self.last += 1;
        let number = self.last;
        for (side, bit) in [(Side::Client, 0), (Side::Server, 1)] {
            let data = EventData::new_u64(number << 1 | bit);
            if epoll::add(&*self.poll, flow.socket(side), data, End::EVENTS).is_err() {
                return;
            }
        }
        self.flows.insert(number, flow);
    }

    fn then(&mut self, number: u64, next: Next) {
        match next {
            Next::Wait => {}
            Next::Again => {
                let flow = self.flows.get_mut(&number);
                if let Some(flow) = flow.filter(|flow| !flow.queued) {
                    flow.queued = true;
                    self.again.push_back(number);
                }
            }
            // Closing the sockets takes them out of the epoll.
            Next::Close => drop(self.flows.remove(&number)),
        }
    }
}

/// Joins a client whose packets were led here to the connection that waits for it.
fn join(client: OwnedFd, waiting: &Waiting) -> io::Result<Flow> {
    let from = getpeername(&client)?.ok_or(io::ErrorKind::NotConnected)?;
    let from = SocketAddr::try_from(from)?;
    let to: io::Result<SocketAddr> = match from {
        SocketAddr::V4(_) => ip_original_dst(&client).map(Into::into).map_err(Into::into),
        SocketAddr::V6(_) => ipv6_original_dst(&client)
            .map(|to| SocketAddr::new((*to.ip()).into(), to.port()))
            .map_err(Into::into),
    };
    let Some(server) = to.ok().and_then(|to| waiting.take(from, to)) else {
        // One that found this port by itself.
        refuse(&client);
        return Err(io::ErrorKind::NotFound.into());
    };
    Flow::join(client, server)
}
