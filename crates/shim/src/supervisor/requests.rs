//! The engine's requests.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use gantry_log::Stream;
use gantry_shim::protocol::{Attach, FromShim, Refusal, RefusalKind, Reply, Request, ToShim};

use super::client::Client;
use super::{Life, Supervisor};

impl Supervisor {
    /// Carries out a message of a connection; a request is answered.
    pub(super) fn answer(
        &mut self,
        from: u32,
        message: ToShim,
        descriptors: Vec<OwnedFd>,
    ) -> Option<FromShim> {
        match message {
            // Later versions of the engine speak this version to a shim that says so.
            ToShim::Hello(_) => None,
            ToShim::Request { number, request } => {
                let reply = self.carry_out(from, request, descriptors);
                Some(FromShim::Reply { number, reply })
            }
        }
    }

    fn carry_out(
        &mut self,
        from: u32,
        request: Request,
        descriptors: Vec<OwnedFd>,
    ) -> Result<Reply, Refusal> {
        match request {
            Request::Start => self.start_once(),
            Request::Status => Ok(Reply::Status(self.status())),
            Request::Attach(attach) => self.attach(attach, descriptors),
            Request::Serve { client } => {
                self.serve(client);
                Ok(Reply::Done)
            }
            Request::Resize(size) => done(self.resize(size)),
            Request::Signal { signal } => {
                self.must_run()?;
                done(self.signal(signal))
            }
            Request::Stop { signal, grace_ms } => {
                self.must_run()?;
                done(self.stop(signal, grace_ms.map(Duration::from_millis)))
            }
            Request::Pause => {
                self.must_run()?;
                done(self.pause())
            }
            Request::Resume => {
                self.must_run()?;
                done(self.resume())
            }
            Request::Hold => {
                self.must_run()?;
                done(self.hold(from))
            }
            Request::Release => {
                self.must_run()?;
                done(self.release(from))
            }
        }
    }

    fn start_once(&mut self) -> Result<Reply, Refusal> {
        if !matches!(self.life, Life::Ready) {
            return Err(refuse(
                RefusalKind::State,
                "the container was started before",
            ));
        }
        self.start().map_err(|failure| Refusal {
            kind: RefusalKind::Start,
            message: failure.to_string(),
            failure: Some(failure),
        })?;
        match &self.life {
            Life::Running(running) => Ok(Reply::Started {
                process: running.container.process.clone(),
            }),
            _ => Err(refuse(RefusalKind::State, "the container is over")),
        }
    }

    fn must_run(&self) -> Result<(), Refusal> {
        match self.life {
            Life::Ready => Err(refuse(
                RefusalKind::State,
                "the container is not running yet",
            )),
            Life::Running(_) => Ok(()),
            Life::Over(_) => Err(refuse(RefusalKind::State, "the container is over")),
        }
    }

    fn attach(&mut self, attach: Attach, descriptors: Vec<OwnedFd>) -> Result<Reply, Refusal> {
        if matches!(self.life, Life::Over(_)) {
            return Err(refuse(RefusalKind::State, "the container is over"));
        }
        let mut descriptors = descriptors.into_iter();
        let socket = descriptors
            .next()
            .ok_or_else(|| refuse(RefusalKind::Unknown, "attach needs the client's socket"))?;
        let leftover = if attach.leftover {
            descriptors.next()
        } else {
            None
        };
        rustix::io::ioctl_fionbio(&socket, true).map_err(|errno| system(errno.into()))?;
        let process = self.bundle.spec.process().as_ref();
        let terminal = process.is_some_and(|process| process.terminal() == Some(true));
        let number = self.number();
        let held = attach.held;
        let mut client = Client::new(number, socket, attach, leftover, terminal);
        if held {
            self.begin_with_unfinished(&mut client);
        }
        self.clients.push(client);
        self.read_leftovers();
        Ok(Reply::Attached {
            next_line: self.next_line(),
        })
    }

    /// What a line has so far is in no row of the log: a client that is sent the log first gets it
    /// from here.
    fn begin_with_unfinished(&self, client: &mut Client) {
        if let Life::Running(running) = &self.life
            && let Some(log) = &running.log
        {
            for stream in [Stream::Stdout, Stream::Stderr] {
                let bytes = log.unfinished(stream);
                if !bytes.is_empty() {
                    client.send(stream, bytes);
                }
            }
        }
    }

    fn serve(&mut self, id: u64) {
        // One that left meanwhile needs nothing.
        if let Some(client) = self.clients.iter_mut().find(|client| client.id() == id) {
            client.release();
        }
    }

    /// Input that came along with a client is passed on at once if the container runs, for no
    /// event will announce it.
    pub(super) fn read_leftovers(&mut self) {
        for at in 0..self.clients.len() {
            if self.clients[at].has_leftover() {
                self.read_client(at);
            }
        }
    }

    fn next_line(&self) -> u64 {
        match &self.life {
            Life::Running(running) => running
                .log
                .as_ref()
                .map_or(0, gantry_log::Writer::next_line),
            _ => 0,
        }
    }
}

fn done(result: io::Result<()>) -> Result<Reply, Refusal> {
    result.map(|()| Reply::Done).map_err(system)
}

fn system(error: io::Error) -> Refusal {
    refuse(RefusalKind::System, &error.to_string())
}

fn refuse(kind: RefusalKind, message: &str) -> Refusal {
    Refusal {
        kind,
        message: message.to_owned(),
        failure: None,
    }
}
