//! A netlink socket. It belongs to the network namespace of the thread that opened it, for ever.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::sockopt::set_socket_send_buffer_size_force;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, connect, recv, send, socket_with,
};

use super::message::{Message, NLM_F_DUMP_INTR, Received, messages, number};

const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;

/// What one answer of the kernel fills at most: it never sends more at once.
const ANSWER: usize = 64 * 1024;

/// How often a list is asked for that changes while it is told.
const ATTEMPTS: usize = 10;

/// What is sent at once at most.
const LARGEST: usize = 8 << 20;

/// Whether a list is of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Whole,
    /// It was changed meanwhile: what it lacks and has twice is not known.
    Changed,
}

/// Asks and waits for the answer.
#[derive(Debug)]
pub struct Socket {
    fd: OwnedFd,
    number: u32,
}

impl Socket {
    /// For links, addresses and routes.
    pub fn route() -> io::Result<Self> {
        // NETLINK_ROUTE is protocol 0.
        Self::open(None)
    }

    /// For nf_tables.
    pub fn netfilter() -> io::Result<Self> {
        let socket = Self::open(Some(netlink::NETFILTER))?;
        // A transaction is one datagram, and may hold the rules of thousands of ports. It stays as
        // it is where that is refused.
        let _ = set_socket_send_buffer_size_force(&socket.fd, LARGEST);
        Ok(socket)
    }

    fn open(protocol: Option<rustix::net::Protocol>) -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC;
        let fd = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, protocol)?;
        connect(&fd, &SocketAddrNetlink::new(0, 0))?;
        Ok(Self { fd, number: 0 })
    }

    /// Has a request carried out.
    pub fn change(&mut self, message: Message) -> io::Result<()> {
        let number = self.send(message.acknowledged())?;
        self.answers(number, |_| {}).map(drop)
    }

    /// The single answer to a question.
    pub fn ask<T>(
        &mut self,
        message: Message,
        read: impl Fn(Received<'_>) -> Option<T>,
    ) -> io::Result<Option<T>> {
        let number = self.send(message.acknowledged())?;
        let mut found = None;
        self.answers(number, |answer| found = read(answer))?;
        Ok(found)
    }

    /// All answers to a question.
    pub fn list<T>(
        &mut self,
        message: Message,
        read: impl Fn(Received<'_>) -> Option<T>,
    ) -> io::Result<Vec<T>> {
        for _ in 0..ATTEMPTS {
            let number = self.send(message.clone())?;
            let mut found = Vec::new();
            let told = self.answers(number, |answer| found.extend(read(answer)))?;
            if told == Told::Whole {
                return Ok(found);
            }
        }
        Err(Errno::AGAIN.into())
    }

    /// Several requests that happen together or not at all.
    pub fn transaction(
        &mut self,
        begin: Message,
        middle: Vec<Message>,
        end: Message,
    ) -> io::Result<()> {
        let mut bytes = begin.finish(self.next());
        // One answer tells of all: that to the last, or the first that was refused.
        let count = middle.len();
        let mut last = 0;
        for (index, message) in middle.into_iter().enumerate() {
            last = self.next();
            let message = if index + 1 == count {
                message.acknowledged()
            } else {
                message
            };
            bytes.extend(message.finish(last));
        }
        bytes.extend(end.finish(self.next()));
        if count == 0 {
            return Ok(());
        }
        let first = self.number - count as u32 - 1;
        send(&self.fd, &bytes, SendFlags::empty())?;
        let mut buffer = vec![0; ANSWER];
        loop {
            let (length, _) = self.receive(&mut buffer)?;
            for answer in messages(&buffer[..length]) {
                if answer.kind != NLMSG_ERROR || !(first..=self.number).contains(&answer.number) {
                    continue;
                }
                match code(answer.body) {
                    0 if answer.number == last => return Ok(()),
                    0 => {}
                    code => return Err(io::Error::from_raw_os_error(code)),
                }
            }
        }
    }

    fn next(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    /// Sends a request without waiting for an answer. Returns its number.
    pub(super) fn send(&mut self, message: Message) -> io::Result<u32> {
        let number = self.next();
        let bytes = message.finish(number);
        send(&self.fd, &bytes, SendFlags::empty())?;
        Ok(number)
    }

    /// Reads answers to one request up to its end.
    fn answers(&mut self, wanted: u32, mut take: impl FnMut(Received<'_>)) -> io::Result<Told> {
        let mut buffer = vec![0; ANSWER];
        let mut told = Told::Whole;
        loop {
            let (length, _) = self.receive(&mut buffer)?;
            for answer in messages(&buffer[..length]) {
                if answer.number != wanted {
                    continue;
                }
                if answer.flags & NLM_F_DUMP_INTR != 0 {
                    told = Told::Changed;
                }
                match answer.kind {
                    // The end of a list carries what ended it as well.
                    NLMSG_DONE if answer.body.is_empty() => return Ok(told),
                    NLMSG_DONE | NLMSG_ERROR => {
                        return match code(answer.body) {
                            0 => Ok(told),
                            code => Err(io::Error::from_raw_os_error(code)),
                        };
                    }
                    _ => take(answer),
                }
            }
        }
    }

    fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, usize)> {
        loop {
            match recv(&self.fd, &mut *buffer, RecvFlags::empty()) {
                Ok(received) => return Ok(received),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// The positive error number of a `struct nlmsgerr`.
fn code(body: &[u8]) -> i32 {
    number(body, 0).map_or(libc::EBADMSG, |code| -code.cast_signed())
}

#[cfg(test)]
mod tests {
    use rustix::net::socketpair;

    use super::*;

    const ROW: u16 = 16;

    /// A socket, and what the kernel would be.
    fn pair() -> (Socket, OwnedFd) {
        let flags = SocketFlags::CLOEXEC;
        let pair = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None);
        let (fd, kernel) = pair.unwrap();
        (Socket { fd, number: 0 }, kernel)
    }

    fn tell(kernel: &OwnedFd, number: u32, kind: u16, flags: u16, body: i32) {
        let message = Message::new(kind, flags, &body.to_ne_bytes()).finish(number);
        send(kernel, &message, SendFlags::empty()).unwrap();
    }

    fn rows(socket: &mut Socket) -> io::Result<Vec<u32>> {
        socket.list(Message::new(ROW, 0, &[]), |row| super::number(row.body, 0))
    }

    #[test]
    fn a_list_that_ends_with_an_error_is_none() {
        let (mut socket, kernel) = pair();
        tell(&kernel, 1, ROW, 0, 7);
        tell(&kernel, 1, NLMSG_DONE, 0, -libc::EINVAL);
        let error = rows(&mut socket).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
    }

    #[test]
    fn a_list_that_changes_while_it_is_told_is_asked_for_again() {
        let (mut socket, kernel) = pair();
        tell(&kernel, 1, ROW, NLM_F_DUMP_INTR, 7);
        tell(&kernel, 1, NLMSG_DONE, NLM_F_DUMP_INTR, 0);
        tell(&kernel, 2, ROW, 0, 7);
        tell(&kernel, 2, ROW, 0, 8);
        tell(&kernel, 2, NLMSG_DONE, 0, 0);
        assert_eq!(rows(&mut socket).unwrap(), [7, 8]);
    }
}
