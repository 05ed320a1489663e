//! A container under its supervisor, and this side's connections to it.

use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;

use gantry_log::{Reader, Stream};
use gantry_runtime::Bundle;
use gantry_shim::protocol::{
    self, Attach, Event, FromShim, Hello, PacketError, Refusal, Reply, Request, ToShim, VERSION,
};
use gantry_shim::{ExitRecord, Started};
use rustix::event::{PollFd, PollFlags, poll};
use tempfile::TempDir;

use super::{PATIENCE, wait_until};

/// A shim and this side's connection to it.
pub struct Supervised {
    pub directory: Option<TempDir>,
    pub bundle: Bundle,
    pub shim: Started,
    pub connection: Connection,
}

/// One connection to a shim.
pub struct Connection {
    socket: OwnedFd,
    events: Vec<Event>,
    next: u64,
    pub status: protocol::Status,
}

impl Connection {
    pub fn new(socket: OwnedFd) -> Self {
        let hello = ToShim::Hello(Hello { version: VERSION });
        protocol::send(&socket, &hello, &[]).unwrap();
        match receive(&socket) {
            FromShim::Hello { hello, status } => {
                assert_eq!(hello.version, VERSION);
                Self {
                    socket,
                    events: Vec::new(),
                    next: 0,
                    status,
                }
            }
            other => panic!("expected a hello, not {other:?}"),
        }
    }

    pub fn request(
        &mut self,
        request: Request,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<Reply, Refusal> {
        self.next += 1;
        let message = ToShim::Request {
            number: self.next,
            request,
        };
        protocol::send(&self.socket, &message, descriptors).unwrap();
        loop {
            match receive(&self.socket) {
                FromShim::Reply { number, reply } if number == self.next => return reply,
                FromShim::Event(event) => self.events.push(event),
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    /// Waits for an event and forgets those before it.
    pub fn event<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> T {
        loop {
            while !self.events.is_empty() {
                if let Some(found) = wanted(&self.events.remove(0)) {
                    return found;
                }
            }
            match receive(&self.socket) {
                FromShim::Event(event) => self.events.push(event),
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    pub fn exited(&mut self) -> ExitRecord {
        self.event(|event| match event {
            Event::Exited { record } => Some(record.clone()),
            _ => None,
        })
    }
}

fn receive(socket: &OwnedFd) -> FromShim {
    loop {
        match protocol::recv(socket) {
            Ok((message, _)) => return message,
            Err(PacketError::WouldBlock) => wait_readable(socket.as_fd()),
            Err(error) => panic!("the shim: {error}"),
        }
    }
}

fn wait_readable(descriptor: BorrowedFd<'_>) {
    let timeout = rustix::event::Timespec {
        tv_sec: PATIENCE.as_secs() as i64,
        tv_nsec: 0,
    };
    let mut descriptors = [PollFd::new(&descriptor, PollFlags::IN)];
    assert_ne!(
        poll(&mut descriptors, Some(&timeout)).unwrap(),
        0,
        "nothing came"
    );
}

impl Supervised {
    pub fn new(directory: TempDir, bundle: Bundle, shim: Started) -> Self {
        let socket = shim.connection.as_fd().try_clone_to_owned().unwrap();
        let connection = Connection::new(socket);
        Self {
            directory: Some(directory),
            bundle,
            shim,
            connection,
        }
    }

    pub fn path(&self) -> &Path {
        self.directory.as_ref().unwrap().path()
    }

    pub fn request(&mut self, request: Request, fds: &[BorrowedFd<'_>]) -> Result<Reply, Refusal> {
        self.connection.request(request, fds)
    }

    pub fn start(&mut self) -> Result<Reply, Refusal> {
        self.request(Request::Start, &[])
    }

    pub fn exited(&mut self) -> ExitRecord {
        self.connection.exited()
    }

    /// Attaches a client and returns its own end.
    pub fn attach(&mut self, change: impl FnOnce(&mut Attach)) -> UnixStream {
        self.attach_after(b"", change)
    }

    pub fn attach_after(
        &mut self,
        leftover: &[u8],
        change: impl FnOnce(&mut Attach),
    ) -> UnixStream {
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut attach = Attach {
            client: 1,
            stdin: true,
            stdout: true,
            stderr: true,
            framed: true,
            detach_keys: protocol::DEFAULT_DETACH_KEYS.to_vec(),
            leftover: !leftover.is_empty(),
            held: false,
            hang_up: false,
        };
        change(&mut attach);
        let stash = protocol::stash(leftover).unwrap();
        let mut descriptors = vec![theirs.as_fd()];
        if attach.leftover {
            descriptors.push(stash.as_fd());
        }
        self.request(Request::Attach(attach), &descriptors).unwrap();
        ours
    }

    /// The log so far, as text of both streams.
    pub fn output(&self) -> (String, String) {
        let mut texts = [String::new(), String::new()];
        let mut reader = Reader::open(&self.path().join("log")).unwrap();
        while let Some(entry) = reader.next_entry().unwrap() {
            let text = &mut texts[usize::from(entry.stream == Stream::Stderr)];
            text.push_str(&String::from_utf8_lossy(&entry.bytes));
            if !entry.partial {
                text.push('\n');
            }
        }
        let [stdout, stderr] = texts;
        (stdout, stderr)
    }

    /// Waits until the container has written something.
    pub fn wait_for_output(&self, wanted: &str) {
        wait_until(wanted, || self.output().0.contains(wanted));
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        // The container dies with its shim.
        let _ = self.shim.child.kill();
        let _ = self.shim.child.wait();
    }
}

/// Reads frames until the shim closes: stdout and stderr.
pub fn read_frames(mut client: &UnixStream) -> (Vec<u8>, Vec<u8>) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut header = [0; 8];
    while client.read_exact(&mut header).is_ok() {
        let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
        let mut body = vec![0; length as usize];
        client.read_exact(&mut body).unwrap();
        match header[0] {
            1 => stdout.extend(body),
            2 => stderr.extend(body),
            other => panic!("stream {other}"),
        }
    }
    (stdout, stderr)
}

/// Reads a raw stream until it has `wanted` in it.
pub fn read_until(mut client: &UnixStream, wanted: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 1024];
    while !text.contains(wanted) {
        let count = client.read(&mut buffer).unwrap();
        assert_ne!(count, 0, "ended after {text:?}");
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    text
}
