//! What changes a container: each operation finds the owner and asks it.

use std::sync::Arc;
use std::time::Duration;

use gantry_wire::EndpointSettings;
use gantry_wire::gantry::{ChangePorts, RemoveContainer, Removed};
use gantry_wire::{ContainerCreate, ContainerCreated, ContainerUpdate, ContainerUpdated};
use tokio::sync::oneshot;

use super::folder::Folder;
use super::name::ContainerName;
use super::owner::{Attached, Command, Place, Reply};
use super::record::View;
use super::registry::Handle;
use super::{Containers, create, detach, replay, signal};
use crate::core::to_the_end;
use crate::request::{AttachOptions, ClientSocket, Outcome, RemoveOptions, StopOptions};
use crate::{Error, Result};

/// Docker's default time between the stop signal and SIGKILL.
const STOP_SECONDS: i64 = 10;

impl Containers {
    pub(crate) async fn create(
        &self,
        name: Option<&str>,
        platform: Option<&str>,
        body: ContainerCreate,
    ) -> Result<ContainerCreated> {
        create::create(&self.core, name, platform, body).await
    }

    pub(crate) async fn start(&self, id: &str) -> Result<Outcome> {
        self.ask(id, Command::Start).await
    }

    pub(crate) async fn stop(&self, id: &str, options: StopOptions) -> Result<Outcome> {
        let handle = self.find(id)?;
        let signal = options.signal.as_deref().map(signal::parse).transpose()?;
        let grace = grace(&handle.now(), options.timeout);
        tell(&handle, id, |reply| Command::Stop {
            signal,
            grace,
            reply,
        })
        .await
    }

    pub(crate) async fn restart(&self, id: &str, options: StopOptions) -> Result<()> {
        let handle = self.find(id)?;
        let signal = options.signal.as_deref().map(signal::parse).transpose()?;
        let grace = grace(&handle.now(), options.timeout);
        tell(&handle, id, |reply| Command::Restart {
            signal,
            grace,
            reply,
        })
        .await
    }

    pub(crate) async fn kill(&self, id: &str, signal: Option<&str>) -> Result<()> {
        let signal = match signal.filter(|signal| !signal.is_empty()) {
            Some(text) => signal::parse(text)?,
            None => signal::SIGKILL,
        };
        self.ask(id, |reply| Command::Kill { signal, reply }).await
    }

    pub(crate) async fn pause(&self, id: &str) -> Result<()> {
        self.ask(id, Command::Pause).await
    }

    pub(crate) async fn unpause(&self, id: &str) -> Result<()> {
        self.ask(id, Command::Unpause).await
    }

    /// Pauses it for the engine's own work; should the engine end, the container goes on.
    pub(super) async fn hold(&self, id: &str) -> Result<()> {
        self.ask(id, Command::Hold).await
    }

    pub(super) async fn release(&self, id: &str) -> Result<()> {
        self.ask(id, Command::Release).await
    }

    pub(crate) async fn update(
        &self,
        id: &str,
        change: ContainerUpdate,
    ) -> Result<ContainerUpdated> {
        let change = Box::new(change);
        self.ask(id, |reply| Command::Update { change, reply })
            .await
    }

    pub(crate) async fn rename(&self, id: &str, name: &str) -> Result<()> {
        let handle = self.find(id)?;
        if name.is_empty() {
            return Err(Error::Invalid(
                "Neither old nor new names may be empty".to_owned(),
            ));
        }
        let name = ContainerName::parse(name)?;
        if name == handle.now().name {
            return Err(Error::Invalid(
                "Renaming a container with the same name as its current name".to_owned(),
            ));
        }
        let name = self.core.registry.reserve(name, handle.now().id())?;
        tell(&handle, id, |reply| Command::Rename { name, reply }).await
    }

    pub(crate) async fn connect(
        &self,
        id: &str,
        network: String,
        settings: EndpointSettings,
    ) -> Result<()> {
        self.ask(id, |reply| Command::Connect {
            network,
            settings: Box::new(settings),
            reply,
        })
        .await
    }

    pub(crate) async fn disconnect(&self, id: &str, network: String) -> Result<()> {
        self.ask(id, |reply| Command::Disconnect { network, reply })
            .await
    }

    pub(crate) async fn change_ports(&self, id: &str, change: ChangePorts) -> Result<()> {
        self.ask(id, |reply| Command::Ports { change, reply }).await
    }

    pub(crate) async fn remove(&self, id: &str, options: RemoveOptions) -> Result<()> {
        self.ask(id, |reply| Command::Remove { options, reply })
            .await
    }

    pub(crate) async fn resize(&self, id: &str, rows: u16, columns: u16) -> Result<()> {
        self.ask(id, |reply| Command::Resize {
            rows,
            columns,
            reply,
        })
        .await
    }

    /// Gives a client its place before the response head tells it that it is attached.
    pub(crate) async fn attach(&self, id: &str, options: AttachOptions) -> Result<Attachment> {
        let handle = self.find(id)?;
        let tty = handle.now().definition.config.tty;
        let keys = detach::parse(options.detach_keys.as_deref())?;
        let log = options
            .logs
            .then(|| replay::Log::open(&self.core, &self.folder(&handle.now()), &handle, &options))
            .transpose()?;
        let expect = |reply| Command::Expect {
            options: options.clone(),
            keys: keys.clone(),
            reply,
        };
        let place = tell(&handle, id, expect).await?;
        Ok(Attachment {
            tty,
            log,
            handle,
            options,
            keys,
            place,
        })
    }

    /// Puts a container out of sight and removes it later, unless that is taken back.
    pub(crate) async fn remove_later(&self, id: &str, request: RemoveContainer) -> Result<Removed> {
        let options = RemoveOptions {
            force: request.force,
            volumes: request.volumes,
        };
        let wait = match request.undo_ms {
            None | Some(0) => {
                self.remove(id, options).await?;
                return Ok(Removed::default());
            }
            Some(wait) => Duration::from_millis(wait),
        };
        let (this, handle, id) = (self.clone(), self.find(id)?, id.to_owned());
        let hide = async move { this.hide(handle, &id, options, wait).await };
        to_the_end(hide).await
    }

    async fn hide(
        &self,
        handle: Handle,
        id: &str,
        options: RemoveOptions,
        wait: Duration,
    ) -> Result<Removed> {
        tell(&handle, id, |reply| Command::Hide { options, reply }).await?;
        let (remove, restore) = (handle.clone(), (handle, self.clone()));
        Ok(self.core.undo.later(
            wait,
            async move {
                let removed = tell(&remove, "", |reply| Command::Remove { options, reply }).await;
                if let Err(error) = removed {
                    tracing::error!(%error, "a removal that waited did not succeed");
                }
            },
            async move {
                let (handle, this) = restore;
                if let Err(error) = this.show(&handle).await {
                    tracing::error!(%error, "a removed container could not be brought back");
                }
            },
        ))
    }

    /// Brings a hidden container back, under another name if its own was taken meanwhile.
    async fn show(&self, handle: &Handle) -> Result<()> {
        let view = handle.now();
        let registry = &self.core.registry;
        let name = match registry.reserve(view.name.clone(), view.id()) {
            Ok(name) => name,
            Err(_) => registry.reserve_random(view.id())?,
        };
        tell(handle, "", |reply| Command::Show { name, reply }).await
    }

    pub(super) fn find(&self, id: &str) -> Result<Handle> {
        self.core.registry.find(id)
    }

    pub(super) fn folder(&self, view: &View) -> Folder {
        Folder::new(&self.core.host.paths().containers(), view.id())
    }

    async fn ask<T>(&self, id: &str, command: impl FnOnce(Reply<T>) -> Command) -> Result<T> {
        tell(&self.find(id)?, id, command).await
    }
}

/// Sends a command and waits for its answer. An owner that is gone means a container that is.
async fn tell<T>(
    handle: &Handle,
    id: &str,
    command: impl FnOnce(Reply<T>) -> Command,
) -> Result<T> {
    let (reply, answer) = oneshot::channel();
    let gone = || Error::NoSuchContainer(id.to_owned());
    handle
        .commands
        .send(command(reply))
        .await
        .map_err(|_| gone())?;
    match answer.await {
        Ok(result) => result,
        Err(_) if handle.now().gone => Err(gone()),
        Err(_) => Err(Error::ShuttingDown),
    }
}

/// The time before SIGKILL: the request's, else the container's, else Docker's. `None` is for ever.
fn grace(view: &Arc<View>, timeout: Option<i64>) -> Option<Duration> {
    let seconds = timeout
        .or(view.definition.config.stop_timeout)
        .unwrap_or(STOP_SECONDS);
    u64::try_from(seconds).ok().map(Duration::from_secs)
}

/// A client's way to a container's streams.
#[derive(Debug)]
pub struct Attachment {
    /// The stream is raw, without Docker's frames.
    pub tty: bool,
    /// What is sent first.
    log: Option<replay::Log>,
    handle: Handle,
    options: AttachOptions,
    keys: Vec<u8>,
    /// Where the container does not run yet.
    place: Option<Place>,
}

impl Attachment {
    /// Hands the connection over: to the supervisor, or to the owner until there is one.
    pub async fn connect(self, socket: ClientSocket) -> Result<()> {
        let Self {
            handle,
            options,
            keys,
            place,
            log,
            ..
        } = self;
        let replay = log.map(|log| log.to(&socket)).transpose()?;
        if let Some(place) = place {
            if let Some(replay) = replay {
                replay.send(None).await?;
            }
            place.take(socket);
            return Ok(());
        }
        if !options.stream {
            // Nothing of what comes is wanted; closing the socket says so.
            return match replay {
                Some(replay) => replay.send(None).await,
                None => Ok(()),
            };
        }
        let attach = |reply| Command::Attach {
            options,
            keys,
            socket,
            reply,
        };
        let attached = match tell(&handle, "", attach).await {
            // Removed meanwhile: the closed connection says so.
            Err(_) if handle.now().gone => return Ok(()),
            // It ended meanwhile, and its log tells all of it.
            Err(_) if replay.is_some() => Attached::Ended,
            attached => attached?,
        };
        let Some(replay) = replay else {
            return Ok(());
        };
        match attached {
            Attached::AtRow { client, row } => {
                let sent = replay.send(Some(row)).await;
                // An owner that is gone has no container any more.
                let _ = handle.commands.send(Command::Serve { client }).await;
                sent
            }
            Attached::Now | Attached::Ended => replay.send(None).await,
        }
    }
}
