//! News of packet filters: that somebody has changed one.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recv, socket_with};

/// NFNLGRP_NFTABLES, as a bit.
const FILTERS: u32 = 1 << 6;

/// A socket that becomes readable when somebody changes a filter of nf_tables.
#[derive(Debug)]
pub struct News(OwnedFd);

impl News {
    /// Those of this thread's network namespace.
    pub fn of_filters() -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let protocol = Some(netlink::NETFILTER);
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, protocol)?;
        bind(&socket, &SocketAddrNetlink::new(0, FILTERS))?;
        Ok(Self(socket))
    }

    /// Whether there were any since the last time. What they say is not looked at: it may not be
    /// all, and what counts is how things are now.
    pub fn take(&self) -> bool {
        // A datagram is cut, and goes as a whole.
        let mut buffer = [0; 16];
        let mut any = false;
        loop {
            match recv(&self.0, &mut buffer, RecvFlags::empty()) {
                // More came than the kernel kept.
                Ok(_) | Err(Errno::NOBUFS) => any = true,
                Err(Errno::INTR) => {}
                Err(_) => return any,
            }
        }
    }
}

impl AsFd for News {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
