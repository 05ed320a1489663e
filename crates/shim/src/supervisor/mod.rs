//! The shim's work: one loop over everything that can happen to a container.
//!
//! [`Supervisor::run`] waits, dispatches what is ready, and then brings every registration to what
//! is wanted now (`settle`), which is where back-pressure is decided: output is read only while no
//! client is slow, input only while the container takes it. The container's life is in `lifecycle`
//! and `ending`, the engine's requests in `requests`, the checks of its health in `check`.

mod backlog;
mod check;
mod client;
mod clock;
mod connection;
mod detach;
mod ending;
mod lifecycle;
mod poll;
mod requests;
mod settle;
mod setup;
mod splice;
mod streams;

use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use gantry_log::Writer;
use gantry_runtime::{Bundle, Container, ProcessIdentity, TerminalSize};
use gantry_shim::ExitRecord;
use gantry_shim::protocol::{Event, FromShim, Hello, Phase, Status, VERSION};
use nix::sys::signalfd::SignalFd;
use rustix::io::Errno;

use check::Check;
use client::{Client, Typing};
use connection::Connection;
use poll::{Poll, Ready, Source};
use streams::{Input, Output, Piece};

pub use setup::supervise;

/// One read of output.
const PIECE: usize = 64 * 1024;

/// How long nobody is let in where descriptors have run out.
const BREATHER: Duration = Duration::from_millis(100);

/// How many pieces of one stream are read before the others have their turn.
const TURN: usize = 8;

/// Everything a shim knows.
struct Supervisor {
    directory: PathBuf,
    bundle: Bundle,
    me: ProcessIdentity,
    poll: Poll,
    listener: Option<OwnedFd>,
    /// Nobody is let in until then, for lack of descriptors.
    deaf_until: Option<Instant>,
    signals: SignalFd,
    connections: Vec<Connection>,
    clients: Vec<Client>,
    next_number: u32,
    buffer: Vec<u8>,
    life: Life,
    terminal_size: Option<TerminalSize>,
    oom_killed: bool,
    /// Every stream is waited for as it should be.
    settled: bool,
}

/// Where the container is. Transitions are in `lifecycle`.
enum Life {
    Ready,
    Running(Box<Running>),
    Over(ExitRecord),
}

/// A container that was started.
struct Running {
    container: Container,
    input: Option<Input>,
    outputs: Vec<Output>,
    log: Option<Writer>,
    started_at: u64,
    paused: bool,
    /// It stands still for as long as this connection wants.
    held_by: Option<u32>,
    /// A failure of the log was told.
    log_failed: bool,
    /// When grace ends and SIGKILL follows.
    kill_at: Option<Instant>,
    /// Becomes readable when the kernel kills for want of memory.
    oom_watch: Option<OwnedFd>,
    check: Option<Check>,
}

impl Supervisor {
    /// Runs until the container is over and everybody was told, or until nobody is left who could
    /// start it.
    fn run(&mut self) -> io::Result<()> {
        self.settle();
        while !self.is_done() {
            let timeout = self.time_to_act();
            for ready in self.poll.wait(timeout)? {
                self.dispatch(ready);
            }
            self.kill_when_due();
            self.check_when_due();
            self.listen_when_due();
            self.settle();
        }
        self.withdraw();
        Ok(())
    }

    fn is_done(&self) -> bool {
        match self.life {
            Life::Ready => self.connections.is_empty(),
            Life::Running(_) => false,
            Life::Over(_) => self.clients.is_empty() && self.connections.is_empty(),
        }
    }

    fn dispatch(&mut self, ready: Ready) {
        match ready.source {
            Source::Listener => self.accept(),
            Source::Signals => self.take_signal(),
            Source::Exit => self.container_ended(),
            Source::OutOfMemory => self.memory_ran_out(),
            Source::ProbeStart => self.probe_starts(),
            Source::ProbeExit => self.probe_ended(),
            Source::ProbeOutput => self.probe_wrote(),
            Source::Stdin => self.flush_input(),
            Source::Stdout => self.read_output(0),
            Source::Stderr => self.read_output(1),
            Source::Connection(number) => self.serve_connection(number, ready),
            Source::Client(number) => self.serve_client(number, ready),
        }
    }

    fn number(&mut self) -> u32 {
        self.next_number += 1;
        self.next_number
    }

    /// An engine connects; it is told at once where things stand.
    fn accept(&mut self) {
        let Some(listener) = &self.listener else {
            return;
        };
        let flags = rustix::net::SocketFlags::CLOEXEC | rustix::net::SocketFlags::NONBLOCK;
        match rustix::net::accept_with(listener, flags) {
            Ok(socket) => self.add_connection(socket),
            // Whoever wants to come in waits in the queue, and nothing is asked of it until then.
            Err(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => {
                if self.poll.forget(listener).is_ok() {
                    self.deaf_until = Some(Instant::now() + BREATHER);
                }
            }
            Err(_) => {}
        }
    }

    /// Listens again after a lack of descriptors.
    fn listen_when_due(&mut self) {
        if self.deaf_until.is_none_or(|until| until > Instant::now()) {
            return;
        }
        self.deaf_until = None;
        if let Some(listener) = &self.listener
            && self.poll.watch(listener, Source::Listener).is_err()
        {
            self.deaf_until = Some(Instant::now() + BREATHER);
        }
    }

    fn add_connection(&mut self, socket: OwnedFd) {
        let mut connection = Connection::new(self.number(), socket);
        let hello = Hello { version: VERSION };
        connection.send(FromShim::Hello {
            hello,
            status: self.status(),
        });
        self.connections.push(connection);
    }

    fn serve_connection(&mut self, number: u32, ready: Ready) {
        let Some(at) = self.connections.iter().position(|c| c.number == number) else {
            return;
        };
        self.connections[at].flush();
        if !ready.readable {
            return;
        }
        while let Some((message, descriptors)) = self.connections[at].receive() {
            if let Some(answer) = self.answer(number, message, descriptors) {
                self.connections[at].send(answer);
            }
        }
    }

    fn serve_client(&mut self, number: u32, ready: Ready) {
        let Some(at) = self.clients.iter().position(|c| c.number == number) else {
            return;
        };
        if ready.writable {
            self.clients[at].flush();
        }
        if ready.readable {
            self.read_client(at);
        }
        if ready.hung_up {
            self.clients[at].hung_up();
        }
    }

    /// Passes on what a client types.
    fn read_client(&mut self, at: usize) {
        let Life::Running(running) = &mut self.life else {
            return;
        };
        let client = &mut self.clients[at];
        // What no event will announce is read to its end, other typing for one turn.
        let turns = if client.has_leftover() {
            usize::MAX
        } else {
            TURN
        };
        for _ in 0..turns {
            if let Some(input) = &mut running.input
                && client.pass_to(input)
            {
                continue;
            }
            let typing = client.read(&mut self.buffer);
            let Some(input) = &mut running.input else {
                // Nobody listens; what is typed is dropped.
                match typing {
                    Typing::Bytes(_) => continue,
                    Typing::Nothing | Typing::End => return,
                }
            };
            match typing {
                Typing::Bytes(bytes) => input.take(&bytes),
                Typing::End => return input.client_ended(),
                Typing::Nothing => return,
            }
            if !input.has_room() {
                return;
            }
        }
    }

    fn flush_input(&mut self) {
        if let Life::Running(running) = &mut self.life
            && let Some(input) = &mut running.input
        {
            input.flush();
        }
        self.read_leftovers();
    }

    /// Reads a stream for one turn, unless a client is slow.
    fn read_output(&mut self, index: usize) {
        for _ in 0..TURN {
            if self.clients.iter().any(Client::is_slow) || self.read_piece(index) == 0 {
                break;
            }
        }
        self.flush_log();
    }

    /// Reads one piece and hands it to the log and to every client; how many bytes it had.
    fn read_piece(&mut self, index: usize) -> usize {
        let Life::Running(running) = &mut self.life else {
            return 0;
        };
        let Some(output) = running.outputs.get_mut(index) else {
            return 0;
        };
        // Nobody else wants it: then it need not be looked at.
        if let (None, [client]) = (&running.log, &mut self.clients[..]) {
            let passed = client.pass_from(output, &mut self.buffer);
            if passed > 0 {
                return passed;
            }
        }
        let Piece::Bytes(count) = output.read(&mut self.buffer) else {
            return 0;
        };
        let (stream, bytes) = (output.stream, &self.buffer[..count]);
        running.log_with(|log| log.write(stream, clock::now(), bytes));
        for client in &mut self.clients {
            client.send(stream, bytes);
        }
        count
    }

    fn flush_log(&mut self) {
        if let Life::Running(running) = &mut self.life {
            running.log_with(Writer::flush);
        }
    }

    fn tell(&mut self, event: Event) {
        for connection in &mut self.connections {
            connection.send(FromShim::Event(event.clone()));
        }
    }

    fn status(&self) -> Status {
        let running = match &self.life {
            Life::Running(running) => Some(running),
            _ => None,
        };
        let exit = match &self.life {
            Life::Over(record) => Some(record.clone()),
            _ => None,
        };
        let phase = match &self.life {
            Life::Ready => Phase::Ready,
            Life::Running(running) if running.paused => Phase::Paused,
            Life::Running(_) => Phase::Running,
            Life::Over(_) => Phase::Exited,
        };
        Status {
            phase,
            process: running.map(|running| running.container.process.clone()),
            started_at: running.map(|running| running.started_at),
            oom_killed: self.oom_killed,
            clients: self.clients.len() as u32,
            pause_by_signals: running.is_some_and(|running| running.pauses_by_signals()),
            exit,
        }
    }
}
