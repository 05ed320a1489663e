//! Starting a container: bundle, supervisor, clients, go.

use std::io;
use std::time::Duration;

use gantry_runtime::{ProcessIdentity, StartFailure as Failure, TerminalSize};
use gantry_shim::protocol::{Event, PacketError, Refusal, Request, Status};
use gantry_shim::{ExitRecord, Health, SHIM_LOG};
use gantry_wire::{ContainerState, Timestamp};

use super::Owner;
use crate::container::link::Link;
use crate::container::state::Step;
use crate::container::{ending, failure, health, prepare, sweep};
use crate::core::with_core;
use crate::stats::Since;
use crate::{Error, Result, shim};

impl Owner {
    /// Starts the container, or leaves in its record why it did not start. Nobody is at its files.
    pub(super) async fn launch(&mut self) -> Result<()> {
        match self.try_launch().await {
            Ok(process) => {
                self.change(|view| {
                    view.state.process = Some(process);
                    view.state.started_at = Timestamp::now();
                    view.state.oom_killed = false;
                    view.state.lost = false;
                    view.state.error.clear();
                    view.state.exit_code = 0;
                    view.state.signal = None;
                    view.state.asked = None;
                    view.state.ending = None;
                    view.state.health = health::plan(&view.definition.config).map(|_| {
                        // What earlier runs found can still be read.
                        let log = view.state.health.take().map(|health| health.log);
                        Health {
                            log: log.unwrap_or_default(),
                            ..Health::default()
                        }
                    });
                });
                self.step(Step::Started);
                self.goes_on(Since::Now);
                self.save_or_log().await;
                self.event("start", &[]);
                Ok(())
            }
            Err(error) => {
                self.unwire().await;
                self.tell_unmounted();
                self.link = None;
                self.asked.clear();
                let _ = self.clients.clear();
                let code = match &error {
                    Error::StartFailed(failure) if failure.exit_code != 125 => failure.exit_code,
                    // What Docker shows for a container that its runtime did not start.
                    _ => 128,
                };
                self.change(|view| {
                    view.state.error = error.to_string();
                    view.state.exit_code = code;
                    view.state.ending = Some(ending::not_started(&view.state.error, code));
                });
                self.save_or_log().await;
                Err(error)
            }
        }
    }

    async fn try_launch(&mut self) -> Result<ProcessIdentity> {
        self.tell_mounted();
        let namespace = self.wire().await?;
        let (view, folder) = (self.now(), self.folder.clone());
        let shim = with_core(&self.core, move |core| {
            prepare::write(core, &view, &folder, namespace)?;
            shim::spawn(core, folder.path())
        });
        let mut link = match Link::to_new(shim.await?).await {
            Ok(link) => link,
            Err(error) => return Err(self.start_broke(&error).await),
        };
        match self.go(&mut link).await {
            Ok(Ok(process)) => {
                self.link = Some(link);
                Ok(process)
            }
            Ok(Err(refusal)) => Err(match refusal.failure {
                Some(found) => failure::start_failed(&found, &self.now()),
                None => self.supervisor(refusal.message),
            }),
            Err(error) => Err(self.start_broke(&error).await),
        }
    }

    /// Attaches who waits, sets the terminal's size, and starts.
    async fn go(
        &mut self,
        link: &mut Link,
    ) -> Result<Result<ProcessIdentity, Refusal>, PacketError> {
        self.clients.hand_over(link).await?;
        let view = self.now();
        let [rows, columns] = view.definition.host_config.console_size;
        if view.definition.config.tty && rows > 0 && columns > 0 {
            let cells = |count: u32| u16::try_from(count).unwrap_or(u16::MAX);
            let size = TerminalSize {
                rows: cells(rows),
                columns: cells(columns),
            };
            link.request(Request::Resize(size), &[]).await?;
        }
        let clients = &mut self.clients;
        let happened = |event| {
            if let Event::Detached { client, .. } = event {
                clients.left(client);
            }
        };
        link.start(happened).await
    }

    /// Why a supervisor died before it said so: its exit record, else what it wrote last. What it
    /// had made goes.
    async fn start_broke(&self, error: &PacketError) -> Error {
        let folder = self.folder.clone();
        let told = tokio::task::spawn_blocking(move || {
            sweep::by_force(&folder, None);
            let record = ExitRecord::read(&folder.exit_record()).ok().flatten();
            let text = std::fs::read_to_string(folder.path().join(SHIM_LOG)).unwrap_or_default();
            let last = text
                .lines()
                .rev()
                .find(|line| !line.is_empty())
                .map(str::to_owned);
            (record.and_then(|record| record.error), last)
        });
        let told: (Option<Failure>, Option<String>) = told.await.unwrap_or_default();
        if let PacketError::Io(error) = error
            && error.kind() == io::ErrorKind::TimedOut
        {
            return self.supervisor("it did not greet in time, and was ended");
        }
        match told {
            (Some(found), _) => failure::start_failed(&found, &self.now()),
            (None, Some(last)) => self.supervisor(format!("it ended before the start: {last}")),
            (None, None) => self.supervisor(format!("it ended before the start: {error}")),
        }
    }

    /// After a restart of the engine.
    pub(super) async fn resume(&mut self, status: Option<Status>) {
        if let Some(status) = status {
            return self.take_over(status).await;
        }
        if self.search.is_some() {
            return;
        }
        let state = self.now().state.status;
        if state == ContainerState::Exited && self.wants_start_with_engine() {
            // Not saved: the next engine decides the same.
            self.step(Step::WillRestart);
        }
        if self.now().state.status == ContainerState::Restarting {
            self.start_after(Duration::ZERO);
        }
        self.remove_if_wanted().await;
    }

    /// Policies that start a container with the engine, as Docker does after a reboot.
    fn wants_start_with_engine(&self) -> bool {
        let view = self.now();
        let started_before = view.state.ends > 0;
        match view.definition.host_config.restart_policy.name.as_str() {
            "always" => started_before,
            "unless-stopped" => started_before && !view.state.stopped_by_user,
            // What failed while no engine was there, or went down with the computer.
            _ => started_before && self.policy_restarts(view.state.exit_code),
        }
    }
}
