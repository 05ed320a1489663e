//! What users ask of a container, against its state.

use std::time::Duration;

use gantry_runtime::TerminalSize;
use gantry_shim::protocol::Request;
use gantry_wire::ContainerState;

use super::end::AtEnd;
use super::starting::Starter;
use super::{Asked, Command, Owner, Reply, answer};
use crate::container::ending::{Verb, Wish};
use crate::container::record::View;
use crate::container::registry::ReservedName;
use crate::container::signal;
use crate::container::state::Step;
use crate::request::Outcome;
use crate::{Error, Result};

impl Owner {
    pub(super) async fn obey(&mut self, command: Command) {
        match command {
            Command::Start(reply) => self.start(Starter::User(reply)).await,
            Command::Stop {
                signal,
                grace,
                reply,
            } => {
                self.stop(signal, grace, AtEnd::Stopped(reply)).await;
            }
            Command::Restart {
                signal,
                grace,
                reply,
            } => {
                if self.now().state.is_running() {
                    self.stop(signal, grace, AtEnd::Restart(reply)).await;
                } else {
                    self.start(Starter::Restart(reply)).await;
                }
            }
            Command::Kill { signal, reply } => self.kill(signal, reply).await,
            Command::Pause(reply) => self.pause(Request::Pause, reply).await,
            Command::Unpause(reply) => self.unpause(reply).await,
            Command::Hold(reply) => self.pause(Request::Hold, reply).await,
            // When the container goes on, the shim says so before it answers.
            Command::Release(reply) => {
                self.ask(Request::Release, Asked::Done(reply)).await;
            }
            Command::Update { change, reply } => {
                let result = self.update(*change).await;
                answer(reply, result);
            }
            Command::Rename { name, reply } => {
                let result = self.rename(name).await;
                answer(reply, result);
            }
            Command::Expect {
                options,
                keys,
                reply,
            } => {
                let place = self.expect(&options, &keys);
                answer(reply, place);
            }
            Command::Attach {
                options,
                keys,
                socket,
                reply,
            } => self.attach(&options, &keys, socket, reply).await,
            Command::Serve { client } => self.serve(client).await,
            Command::Resize {
                rows,
                columns,
                reply,
            } => self.resize(rows, columns, reply).await,
            Command::Connect {
                network,
                settings,
                reply,
            } => {
                let result = self.connect(&network, *settings).await;
                answer(reply, result);
            }
            Command::Disconnect { network, reply } => {
                let result = self.disconnect(&network).await;
                answer(reply, result);
            }
            Command::Ports { change, reply } => {
                let result = self.change_ports(change).await;
                answer(reply, result);
            }
            Command::Served(published) => self.served(published).await,
            Command::Remove { options, reply } => self.remove(options, reply).await,
            Command::Hide { options, reply } => self.hide(options, reply).await,
            Command::Show { name, reply } => {
                let result = self.show(name).await;
                answer(reply, result);
            }
        }
    }

    async fn start(&mut self, starter: Starter) {
        if let Some(answered) = self.needs_no_start() {
            return match starter {
                Starter::User(reply) => answer(reply, answered),
                Starter::Restart(reply) => {
                    answer(reply, answered.map(|_| self.event("restart", &[])));
                }
                Starter::Policy => {}
            };
        }
        self.change(|view| {
            view.state.stopped_by_user = false;
            view.state.restarts = 0;
        });
        self.backoff.reset();
        self.begin(vec![starter]).await;
    }

    /// What a start is answered with where nothing is to be started.
    fn needs_no_start(&self) -> Option<Result<Outcome>> {
        match self.now().state.status {
            ContainerState::Created | ContainerState::Exited => None,
            ContainerState::Running | ContainerState::Restarting => Some(Ok(Outcome::Unchanged)),
            ContainerState::Paused => {
                let message = "cannot start a paused container, try unpause instead";
                Some(Err(Error::state("container-paused", message)))
            }
            ContainerState::Removing | ContainerState::Dead => {
                let message = "container is marked for removal and cannot be started";
                Some(Err(Error::state("container-dead", message)))
            }
        }
    }

    /// Sends the stop signal; whatever `then` says follows when the container has ended.
    async fn stop(&mut self, signal: Option<i32>, grace: Option<Duration>, then: AtEnd) {
        let view = self.now();
        if !view.state.is_running() {
            self.next_start = None;
            self.give_up_start().await;
            then.nothing_to_do();
            return;
        }
        let signal = signal.unwrap_or_else(|| stop_signal(&view));
        self.change(|view| {
            view.state.stopped_by_user = !matches!(then, AtEnd::Restart(_));
            view.state.asked = Some(Wish {
                verb: Verb::Stop,
                signal,
            });
        });
        self.at_end.push(then);
        if view.state.status == ContainerState::Restarting {
            self.give_up_restarting().await;
            return;
        }
        self.event("kill", &[("signal", signal.to_string())]);
        self.ask_to_end(signal, grace).await;
    }

    async fn kill(&mut self, signal: i32, reply: Reply<()>) {
        let view = self.now();
        if !view.state.is_running() {
            return answer(reply, Err(not_running(&view)));
        }
        let ends = signal == signal::SIGKILL || signal == stop_signal(&view);
        self.change(|view| {
            view.state.stopped_by_user |= ends;
            view.state.asked = Some(Wish {
                verb: Verb::Kill,
                signal,
            });
        });
        if view.state.status == ContainerState::Restarting {
            self.at_end.push(AtEnd::Killed(reply));
            return self.give_up_restarting().await;
        }
        self.event("kill", &[("signal", signal.to_string())]);
        if signal == signal::SIGKILL {
            // Docker answers when the container is really gone.
            self.at_end.push(AtEnd::Killed(reply));
            self.ask_to_end(signal, None).await;
        } else {
            self.ask(Request::Signal { signal }, Asked::Done(reply))
                .await;
        }
    }

    async fn pause(&mut self, request: Request, reply: Reply<()>) {
        let view = self.now();
        let id = view.id();
        let conflict = match view.state.status {
            ContainerState::Running => {
                return self.ask(request, Asked::Pause(reply)).await;
            }
            ContainerState::Paused => Error::state(
                "container-paused",
                format!("Container {id} is already paused"),
            ),
            ContainerState::Restarting => Error::state(
                "container-restarting",
                format!("Container {id} is restarting, wait until the container is running"),
            ),
            _ => not_running(&view),
        };
        answer(reply, Err(conflict));
    }

    async fn unpause(&mut self, reply: Reply<()>) {
        let view = self.now();
        if view.state.status == ContainerState::Paused {
            return self.ask(Request::Resume, Asked::Unpause(reply)).await;
        }
        let message = format!("Container {} is not paused", view.id());
        answer(reply, Err(Error::state("container-not-paused", message)));
    }

    pub(super) async fn paused(&mut self) {
        if self.now().state.status == ContainerState::Running {
            self.step(Step::Paused);
            self.event("pause", &[]);
            self.save_or_log().await;
        }
    }

    pub(super) async fn resumed(&mut self) {
        if self.now().state.status == ContainerState::Paused {
            self.step(Step::Resumed);
            self.event("unpause", &[]);
            self.save_or_log().await;
        }
    }

    async fn rename(&mut self, name: ReservedName) -> Result<()> {
        let before = self.now();
        self.change(|view| view.name = name.name().clone());
        self.rename_ends().await;
        if let Err(error) = self.save().await {
            self.change(|view| view.name = before.name.clone());
            self.rename_ends().await;
            return Err(error);
        }
        name.keep();
        self.core.registry.release(&before.name, before.id());
        self.event("rename", &[("oldName", format!("/{}", before.name))]);
        Ok(())
    }

    async fn resize(&mut self, rows: u16, columns: u16, reply: Reply<()>) {
        let view = self.now();
        if !view.state.is_up() {
            return answer(reply, Err(not_running(&view)));
        }
        self.event(
            "resize",
            &[("height", rows.to_string()), ("width", columns.to_string())],
        );
        let size = TerminalSize { rows, columns };
        self.ask(Request::Resize(size), Asked::Done(reply)).await;
    }
}

fn not_running(view: &View) -> Error {
    Error::state(
        "container-not-running",
        format!("container {} is not running", view.id()),
    )
}

/// The signal that asks this container to end. A name that does not parse was refused at creation.
pub(crate) fn stop_signal(view: &View) -> i32 {
    match view.definition.config.stop_signal.as_str() {
        "" => signal::SIGTERM,
        name => signal::parse(name).unwrap_or(signal::SIGTERM),
    }
}
