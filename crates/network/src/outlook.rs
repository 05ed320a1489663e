//! A process that stays outside of the engine's user namespace, for what cannot be seen from within:
//! whose a socket is, and which of the user's processes has it open (ptrace(2), "Ptrace access mode
//! checking").

use std::fs::File;
use std::io;
use std::net::IpAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::Child;
use std::sync::{Mutex, PoisonError};

use gantry_packet::{PacketError, recv, send};
use serde::{Deserialize, Serialize};

use crate::holder::{self, Holder};
use crate::types::Protocol;

/// Who has this port?
#[derive(Debug, Serialize, Deserialize)]
struct Question {
    protocol: Protocol,
    host: IpAddr,
    port: u16,
}

/// The engine's way to that process, which ends with this value.
#[derive(Debug)]
pub struct Outlook {
    connection: Mutex<OwnedFd>,
    /// Not waited for: both end together.
    _child: Child,
}

impl Outlook {
    /// Starts `gantry-shim outlook DIRECTORY` from its binary, where this process is now.
    pub fn start(binary: impl AsFd, directory: &Path) -> io::Result<Self> {
        let log = File::options().write(true).open("/dev/null")?;
        let started = gantry_packet::start(binary, "outlook", directory, log)?;
        rustix::io::ioctl_fionbio(&started.connection, false)?;
        Ok(Self {
            connection: Mutex::new(started.connection),
            _child: started.child,
        })
    }

    /// Who has a port of the host. Waits for the answer.
    pub fn holder(&self, protocol: Protocol, host: IpAddr, port: u16) -> Holder {
        let question = Question {
            protocol,
            host,
            port,
        };
        // An answer follows its question.
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        send(&*connection, &question, &[])
            .and_then(|()| recv(&*connection))
            .map_or(Holder::Unknown, |(holder, _)| holder)
    }
}

/// Answers on the standard input until the engine is gone.
pub fn look_out() -> Result<(), PacketError> {
    let connection = io::stdin();
    loop {
        let Question {
            protocol,
            host,
            port,
        } = match recv(&connection) {
            Ok((question, _)) => question,
            Err(PacketError::Closed) => return Ok(()),
            Err(error) => return Err(error),
        };
        send(&connection, &holder::of(protocol, host, port), &[])?;
    }
}
