//! Waiting for descriptors (epoll(7), level-triggered).

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::io::Errno;

/// What became ready. Connections and clients are numbered for the life of the shim, so that an
/// event that was fetched before its owner went away finds nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Listener,
    Signals,
    /// The container's first process is over.
    Exit,
    OutOfMemory,
    /// A check of the container's health tells how its start goes.
    ProbeStart,
    /// It is over.
    ProbeExit,
    ProbeOutput,
    Stdin,
    Stdout,
    Stderr,
    Connection(u32),
    Client(u32),
}

impl Source {
    fn to_data(self) -> EventData {
        let (kind, number) = match self {
            Self::Listener => (0, 0),
            Self::Signals => (1, 0),
            Self::Exit => (2, 0),
            Self::OutOfMemory => (3, 0),
            Self::Stdin => (4, 0),
            Self::Stdout => (5, 0),
            Self::Stderr => (6, 0),
            Self::Connection(number) => (7, number),
            Self::Client(number) => (8, number),
            Self::ProbeExit => (9, 0),
            Self::ProbeOutput => (10, 0),
            Self::ProbeStart => (11, 0),
        };
        EventData::new_u64(kind << 32 | u64::from(number))
    }

    fn from_data(data: EventData) -> Option<Self> {
        let number = data.u64() as u32;
        Some(match data.u64() >> 32 {
            0 => Self::Listener,
            1 => Self::Signals,
            2 => Self::Exit,
            3 => Self::OutOfMemory,
            4 => Self::Stdin,
            5 => Self::Stdout,
            6 => Self::Stderr,
            7 => Self::Connection(number),
            8 => Self::Client(number),
            9 => Self::ProbeExit,
            10 => Self::ProbeOutput,
            11 => Self::ProbeStart,
            _ => return None,
        })
    }
}

/// Something that became ready.
#[derive(Clone, Copy, Debug)]
pub struct Ready {
    pub source: Source,
    pub readable: bool,
    pub writable: bool,
    /// The other side is gone in both directions.
    pub hung_up: bool,
}

/// What is waited for on one descriptor. A descriptor of which nothing is wanted is taken out, for
/// the kernel reports a hang-up whether it is wanted or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    pub read: bool,
    pub write: bool,
    /// Wait for the hang-up alone.
    pub hang_up: bool,
}

impl Interest {
    fn flags(self) -> Option<EventFlags> {
        let mut flags = EventFlags::empty();
        flags.set(EventFlags::IN, self.read);
        flags.set(EventFlags::OUT, self.write);
        (self != Self::default()).then_some(flags)
    }
}

/// The registration of one descriptor, remembered so that only changes reach the kernel.
#[derive(Debug, Default)]
pub struct Registration {
    current: Interest,
}

pub struct Poll {
    epoll: OwnedFd,
    events: Vec<epoll::Event>,
}

impl Poll {
    pub fn new() -> io::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        Ok(Self {
            epoll,
            events: Vec::with_capacity(32),
        })
    }

    /// Waits for as long as `descriptor` lives.
    pub fn watch(&self, descriptor: impl AsFd, source: Source) -> io::Result<()> {
        epoll::add(&self.epoll, descriptor, source.to_data(), EventFlags::IN)?;
        Ok(())
    }

    /// Waits no longer for one that is watched.
    pub fn forget(&self, descriptor: impl AsFd) -> io::Result<()> {
        Ok(epoll::delete(&self.epoll, descriptor)?)
    }

    /// Brings a registration to what is wanted now.
    pub fn update(
        &self,
        registration: &mut Registration,
        descriptor: impl AsFd,
        source: Source,
        wanted: Interest,
    ) -> io::Result<()> {
        if registration.current == wanted {
            return Ok(());
        }
        let data = source.to_data();
        match (registration.current.flags(), wanted.flags()) {
            (None, Some(flags)) => epoll::add(&self.epoll, descriptor, data, flags)?,
            (Some(_), Some(flags)) => epoll::modify(&self.epoll, descriptor, data, flags)?,
            (Some(_), None) => epoll::delete(&self.epoll, descriptor)?,
            (None, None) => {}
        }
        registration.current = wanted;
        Ok(())
    }

    /// Waits until something is ready or the time is over.
    pub fn wait(&mut self, timeout: Option<Duration>) -> io::Result<Vec<Ready>> {
        self.events.clear();
        let timeout = timeout.map(|timeout| Timespec {
            tv_sec: timeout.as_secs() as i64,
            tv_nsec: timeout.subsec_nanos().into(),
        });
        match epoll::wait(
            &self.epoll,
            spare_capacity(&mut self.events),
            timeout.as_ref(),
        ) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let ready = self.events.iter().filter_map(|event| {
            let (flags, data) = (event.flags, event.data);
            let hung_up = flags.intersects(EventFlags::HUP | EventFlags::ERR);
            Some(Ready {
                source: Source::from_data(data)?,
                readable: flags.contains(EventFlags::IN) || hung_up,
                writable: flags.contains(EventFlags::OUT),
                hung_up,
            })
        });
        Ok(ready.collect())
    }
}
