//! Who is let go, and what is waited for next.

use std::io;

use gantry_packet::complain;
use gantry_shim::protocol::Event;

use super::client::{Client, Departure};
use super::poll::{Interest, Poll, Source};
use super::streams::Input;
use super::{Life, Running, Supervisor};

impl Supervisor {
    /// Lets go of who is gone and brings every registration to what is wanted now. Whatever does
    /// not work costs a client or a connection at most; the container goes on.
    pub(super) fn settle(&mut self) {
        let over = matches!(self.life, Life::Over(_));
        self.connections
            .retain(|connection| !connection.is_closed());
        if self.connections.is_empty() {
            // Whoever held clients is gone.
            self.clients.iter_mut().for_each(Client::release);
        }
        self.dismiss_clients(over);
        // An engine that still sends a client the log will say when it is done.
        let awaited = self.clients.iter().any(Client::is_held);
        self.connections.retain(|connection| {
            let finished = over && !awaited && connection.is_flushed();
            !finished && !connection.is_closed()
        });
        self.release_for_the_gone();
        let slow = self.clients.iter().any(Client::is_slow);
        let mut may_type = false;
        if let Life::Running(running) = &mut self.life {
            may_type = running.input.as_ref().is_none_or(Input::has_room);
            let settled = running.settle(&self.poll, slow);
            if let (Err(error), true) = (&settled, self.settled) {
                complain("waiting for the container's streams", error);
            }
            self.settled = settled.is_ok();
        }
        self.register_clients(may_type, over);
        self.register_connections();
    }

    fn register_clients(&mut self, may_type: bool, over: bool) {
        let mut lost = false;
        for client in &mut self.clients {
            let wanted = client.interest(may_type);
            let source = Source::Client(client.number);
            let mut registration = std::mem::take(&mut client.registration);
            let updated = self
                .poll
                .update(&mut registration, &*client, source, wanted);
            client.registration = registration;
            if let Err(error) = updated {
                complain("a client", error);
                client.departure = Some(Departure::Left);
                lost = true;
            }
        }
        if lost {
            self.dismiss_clients(over);
        }
    }

    fn register_connections(&mut self) {
        for connection in &mut self.connections {
            let wanted = connection.interest();
            let source = Source::Connection(connection.number);
            let mut registration = std::mem::take(&mut connection.registration);
            let updated = self
                .poll
                .update(&mut registration, &*connection, source, wanted);
            connection.registration = registration;
            if let Err(error) = updated {
                complain("a connection", error);
                connection.close();
            }
        }
        self.connections
            .retain(|connection| !connection.is_closed());
    }

    /// Says good-bye to clients that left, and once the container is over to those that have read
    /// everything.
    fn dismiss_clients(&mut self, over: bool) {
        let mut at = 0;
        while at < self.clients.len() {
            let client = &self.clients[at];
            let departure = client
                .departure
                .or_else(|| (over && client.is_flushed()).then_some(Departure::Left));
            let Some(departure) = departure else {
                at += 1;
                continue;
            };
            let client = self.clients.swap_remove(at);
            let event = Event::Detached {
                client: client.id(),
                by_keys: departure == Departure::ByKeys,
            };
            if client.hangs_up() && departure == Departure::Left && !over {
                self.hang_up();
            }
            client.close();
            self.tell(event);
        }
    }
}

impl Running {
    fn settle(&mut self, poll: &Poll, slow: bool) -> io::Result<()> {
        if let Some(input) = &mut self.input {
            let wanted = Interest {
                write: input.is_waiting(),
                ..Interest::default()
            };
            let mut registration = std::mem::take(&mut input.registration);
            let updated = poll.update(&mut registration, input.descriptor(), Source::Stdin, wanted);
            input.registration = registration;
            updated?;
        }
        // Its descriptor closes here, which is how the container learns of the end.
        self.input.take_if(|input| input.is_closed());
        for (output, source) in self
            .outputs
            .iter_mut()
            .zip([Source::Stdout, Source::Stderr])
        {
            let read = !output.has_ended() && !slow;
            let wanted = Interest {
                read,
                ..Interest::default()
            };
            let mut registration = std::mem::take(&mut output.registration);
            let updated = poll.update(&mut registration, output.descriptor(), source, wanted);
            output.registration = registration;
            updated?;
        }
        Ok(())
    }
}
