//! A client that is attached to the container's streams, over its own socket.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use gantry_log::Stream;
use gantry_shim::protocol::Attach;
use rustix::io::Errno;
use rustix::net::{Shutdown, shutdown};

use super::backlog::{Backlog, Gone};
use super::detach::{DetachKeys, Typed};
use super::poll::{Interest, Registration};
use super::splice::Moved;
use super::streams::{Input, Output, Piece};

/// Above this a client is slow, and the container's output waits for it.
const SLOW: usize = 64 * 1024;

/// Why a client is no longer attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    Left,
    ByKeys,
}

/// What a client typed.
#[derive(Debug)]
pub enum Typing {
    Bytes(Vec<u8>),
    /// Nothing for now.
    Nothing,
    /// It will type no more; it may still read.
    End,
}

#[derive(Debug)]
pub struct Client {
    pub number: u32,
    pub registration: Registration,
    pub departure: Option<Departure>,
    socket: OwnedFd,
    attach: Attach,
    backlog: Backlog,
    /// What the engine had read of the client's input before it handed the socket over.
    leftover: Option<File>,
    typing: bool,
    /// The other end is closed. What it typed before may still be read.
    hung_up: bool,
    detach_keys: Option<DetachKeys>,
    /// The engine sends the log first.
    held: bool,
}

impl Client {
    pub fn new(
        number: u32,
        socket: OwnedFd,
        attach: Attach,
        leftover: Option<OwnedFd>,
        terminal: bool,
    ) -> Self {
        let detach_keys = if terminal {
            DetachKeys::new(&attach.detach_keys)
        } else {
            None
        };
        Self {
            number,
            registration: Registration::default(),
            departure: None,
            socket,
            typing: attach.stdin,
            hung_up: false,
            held: attach.held,
            attach,
            backlog: Backlog::default(),
            leftover: leftover.map(File::from),
            detach_keys,
        }
    }

    /// The engine's number for this client.
    pub fn id(&self) -> u64 {
        self.attach.client
    }

    /// Whether the process ends with it.
    pub fn hangs_up(&self) -> bool {
        self.attach.hang_up
    }

    /// Whether it still may type.
    pub fn is_typing(&self) -> bool {
        self.typing && self.departure.is_none()
    }

    pub fn is_slow(&self) -> bool {
        self.departure.is_none() && self.backlog.len() > SLOW
    }

    /// Its output waits for the engine's word.
    pub fn is_held(&self) -> bool {
        self.held && self.departure.is_none()
    }

    /// Nothing is left to be sent.
    pub fn is_flushed(&self) -> bool {
        self.backlog.is_empty() && !self.held
    }

    /// The engine is done, or gone: the client has its output from here.
    pub fn release(&mut self) {
        self.held = false;
        self.flush();
    }

    /// Sends a piece of output, or keeps it until the client takes it.
    pub fn send(&mut self, stream: Stream, bytes: &[u8]) {
        if !self.wants(stream) {
            return;
        }
        let header = header(stream, bytes.len());
        let head: &[u8] = if self.attach.framed { &header } else { &[] };
        if self.held {
            self.backlog.keep(head, bytes);
            return;
        }
        let sent = self.backlog.write(&self.socket, head, bytes);
        self.note(sent);
    }

    /// Sends a large piece of output as the pages that it is in; how many bytes were taken of it. None
    /// are where copying is the way: few bytes, a terminal, or a client that others are ahead of.
    pub fn pass_from(&mut self, output: &mut Output, buffer: &mut [u8]) -> usize {
        let wanted = self.wants(output.stream) && !self.held && self.backlog.is_empty();
        let Some(whole) = output.waiting().filter(|_| wanted) else {
            return 0;
        };
        if self.attach.framed {
            let sent = self
                .backlog
                .write(&self.socket, &header(output.stream, whole), &[]);
            self.note(sent);
        }
        let mut left = whole;
        while left > 0 && self.backlog.is_empty() && !self.hung_up {
            match output.pass_to(&self.socket, left) {
                Moved::Bytes(count) => left -= count,
                Moved::Nothing | Moved::End => break,
            }
        }
        // The header has promised it.
        while left > 0 {
            let room = left.min(buffer.len());
            let Piece::Bytes(count) = output.read(&mut buffer[..room]) else {
                break;
            };
            left -= count;
            if !self.hung_up {
                self.backlog.keep(&buffer[..count], &[]);
            }
        }
        whole - left
    }

    /// Moves what was typed to the container without looking at it. Not where detach keys may be in
    /// it, and not past what waits.
    pub fn pass_to(&mut self, input: &mut Input) -> bool {
        if !self.is_typing() || self.detach_keys.is_some() || self.leftover.is_some() {
            return false;
        }
        // The end of it is told by reading.
        matches!(input.take_from(&self.socket), Moved::Bytes(_))
    }

    fn wants(&self, stream: Stream) -> bool {
        let wanted = match stream {
            Stream::Stdout => self.attach.stdout,
            Stream::Stderr => self.attach.stderr,
        };
        wanted && !self.hung_up && self.departure.is_none()
    }

    pub fn flush(&mut self) {
        if self.held {
            return;
        }
        let flushed = self.backlog.flush(&self.socket);
        self.note(flushed);
    }

    /// The other end is closed: nobody reads any more, but what was typed before still counts.
    pub fn hung_up(&mut self) {
        self.hung_up = true;
        self.held = false;
        self.backlog = Backlog::default();
        if !self.typing {
            self.leave();
        }
    }

    fn stop_typing(&mut self) {
        self.typing = false;
        if self.hung_up {
            self.leave();
        }
    }

    fn leave(&mut self) {
        self.departure.get_or_insert(Departure::Left);
    }

    fn note(&mut self, result: Result<(), Gone>) {
        if result.is_err() {
            self.hung_up();
        }
    }

    /// Reads what the client types.
    pub fn read(&mut self, buffer: &mut [u8]) -> Typing {
        if !self.is_typing() {
            return Typing::Nothing;
        }
        let count = match self.read_raw(buffer) {
            Ok(0) => {
                self.stop_typing();
                return Typing::End;
            }
            Ok(count) => count,
            Err(Errno::AGAIN | Errno::INTR) => return Typing::Nothing,
            Err(_) => {
                self.stop_typing();
                return Typing::End;
            }
        };
        match self
            .detach_keys
            .as_mut()
            .map(|keys| keys.take(&buffer[..count]))
        {
            None => Typing::Bytes(buffer[..count].to_owned()),
            Some(Typed::Pass(bytes)) => Typing::Bytes(bytes),
            Some(Typed::Detach(bytes)) => {
                self.departure = Some(Departure::ByKeys);
                Typing::Bytes(bytes)
            }
        }
    }

    fn read_raw(&mut self, buffer: &mut [u8]) -> rustix::io::Result<usize> {
        if let Some(leftover) = &mut self.leftover {
            match leftover.read(buffer) {
                Ok(count @ 1..) => return Ok(count),
                _ => self.leftover = None,
            }
        }
        rustix::io::read(&self.socket, buffer)
    }

    /// Whether input waits that no event will announce.
    pub fn has_leftover(&self) -> bool {
        (self.leftover.is_some() || self.hung_up) && self.is_typing()
    }

    /// What to wait for; `may_type` says whether the container takes input now.
    pub fn interest(&self, may_type: bool) -> Interest {
        if self.hung_up {
            // It would be reported again and again; `has_leftover` stands for it.
            return Interest::default();
        }
        Interest {
            read: self.is_typing() && may_type,
            write: !self.backlog.is_empty() && !self.held,
            hang_up: true,
        }
    }

    /// Ends the conversation: the client reads to the end of what was sent.
    pub fn close(self) {
        let _ = shutdown(&self.socket, Shutdown::Both);
    }
}

impl AsFd for Client {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Docker's header before each piece of output where both streams share a connection: the stream,
/// three zeros and the length, big-endian (Docker Engine API, "Attach to a container").
fn header(stream: Stream, length: usize) -> [u8; 8] {
    let stream = match stream {
        Stream::Stdout => 1,
        Stream::Stderr => 2,
    };
    let [a, b, c, d] = (length as u32).to_be_bytes();
    [stream, 0, 0, 0, a, b, c, d]
}
