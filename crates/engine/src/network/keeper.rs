//! The way to the network keeper: started when it is needed, found again, started anew when it is
//! gone.

use std::collections::HashMap;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gantry_network::protocol::{
    Egress, FromKeeper, Refusal, Reply, Request, Status, ToKeeper, VERSION,
};
use gantry_network::{KeeperRecord, Plan};
use gantry_packet::{self as packet, PacketError};
use tokio::io::Interest;
use tokio::sync::{Mutex, Notify, mpsc, oneshot, watch};

use crate::core::blocking;
use crate::ready::Ready;
use crate::{Error, Result};

/// How long a keeper may take to greet.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request on its way: with a descriptor, and where the answer goes.
type Asked = (
    Request,
    Option<OwnedFd>,
    oneshot::Sender<Result<Reply, Refusal>>,
);

/// The keeper of this engine's networks.
#[derive(Debug)]
pub(crate) struct Keeper {
    /// The program.
    binary: OwnedFd,
    directory: PathBuf,
    plan: Plan,
    line: Mutex<Option<mpsc::Sender<Asked>>>,
    /// Told when a keeper that was connected is gone.
    pub(crate) lost: std::sync::Arc<Notify>,
    egress: watch::Sender<Egress>,
}

impl Keeper {
    pub(crate) fn new(binary: OwnedFd, directory: PathBuf, plan: Plan) -> Self {
        Self {
            binary,
            directory,
            plan,
            line: Mutex::new(None),
            lost: std::sync::Arc::default(),
            egress: watch::Sender::default(),
        }
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Whether containers reach the world outside, as far as that is known.
    pub(crate) fn egress(&self) -> Egress {
        self.egress.borrow().clone()
    }

    /// Has a request carried out by a keeper, which is started if there is none.
    pub(crate) async fn ask(&self, request: Request) -> Result<Result<Reply, Refusal>> {
        // One that was about to leave may go before it reads this.
        match self.try_ask(request.clone(), None).await? {
            Some(reply) => Ok(reply),
            None => self.ask_with(request, None).await,
        }
    }

    /// The same with a descriptor.
    pub(crate) async fn ask_with(
        &self,
        request: Request,
        descriptor: Option<OwnedFd>,
    ) -> Result<Result<Reply, Refusal>> {
        let reply = self.try_ask(request, descriptor).await?;
        reply.ok_or_else(|| Error::NetworkKeeper("it ended before it answered".to_owned()))
    }

    /// Has a request carried out if a keeper is there; without one there is nothing to do.
    pub(crate) async fn ask_if_there(&self, request: Request) -> Option<Result<Reply, Refusal>> {
        let line = self.line.lock().await.clone()?;
        send(&line, request, None).await
    }

    /// `None` when the keeper went away meanwhile.
    async fn try_ask(
        &self,
        request: Request,
        descriptor: Option<OwnedFd>,
    ) -> Result<Option<Result<Reply, Refusal>>> {
        let line = self.line().await?;
        Ok(send(&line, request, descriptor).await)
    }

    /// The line to a keeper that lives.
    async fn line(&self) -> Result<mpsc::Sender<Asked>> {
        let mut line = self.line.lock().await;
        if let Some(line) = line.as_ref().filter(|line| !line.is_closed()) {
            return Ok(line.clone());
        }
        let (socket, _) = match self.find().await {
            Some(found) => found,
            None => self.start().await?,
        };
        Ok(line.insert(self.attend(socket)).clone())
    }

    /// Whom a keeper serves that lives, if one does.
    pub(crate) async fn served(&self) -> Option<Vec<String>> {
        {
            let mut line = self.line.lock().await;
            if line.as_ref().is_none_or(mpsc::Sender::is_closed) {
                let (socket, _) = self.find().await?;
                *line = Some(self.attend(socket));
            }
        }
        match self.ask_if_there(Request::Status).await? {
            Ok(Reply::Status(status)) => Some(status.containers),
            _ => None,
        }
    }

    async fn find(&self) -> Option<(Ready, Status)> {
        let directory = self.directory.clone();
        let found = blocking(move || {
            let record = KeeperRecord::read(&directory).ok().flatten();
            let alive = record.filter(KeeperRecord::is_alive);
            Ok(alive.and_then(|record| gantry_network::connect_to(&record.socket).ok()))
        });
        let socket = found.await.ok()??;
        // It may have left in this moment.
        self.greet(socket).await.ok()
    }

    async fn start(&self) -> Result<(Ready, Status)> {
        let binary = self.binary.try_clone();
        let (directory, plan) = (self.directory.clone(), self.plan.clone());
        let failed = |path: &Path| Error::io("start the network keeper in", path);
        let started = blocking(move || {
            let binary = binary.map_err(failed(&directory))?;
            gantry_network::spawn(binary, &directory, &plan).map_err(failed(&directory))
        });
        let started = started.await?;
        crate::reap::reap(started.child);
        match self.greet(started.connection).await {
            Ok(greeted) => Ok(greeted),
            Err(error) => {
                let log = self.directory.join(gantry_network::KEEPER_LOG);
                let text = std::fs::read_to_string(log).unwrap_or_default();
                let last = text.lines().rev().find(|line| !line.is_empty());
                Err(Error::NetworkKeeper(last.unwrap_or(&error).to_owned()))
            }
        }
    }

    /// Exchanges greetings.
    async fn greet(&self, socket: OwnedFd) -> Result<(Ready, Status), String> {
        let socket = Ready::new(socket).map_err(|error| error.to_string())?;
        let hello = ToKeeper::Hello { version: VERSION };
        let greeted = async {
            write(&socket, &hello, None).await?;
            read(&socket).await
        };
        match tokio::time::timeout(PATIENCE, greeted).await {
            Ok(Ok(FromKeeper::Hello { status, .. })) => {
                self.egress.send_replace(status.egress.clone());
                Ok((socket, status))
            }
            Ok(Ok(_)) => Err("it did not greet".to_owned()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("it did not greet in time".to_owned()),
        }
    }

    /// Serves a connection beside everything else.
    fn attend(&self, socket: Ready) -> mpsc::Sender<Asked> {
        let (sender, receiver) = mpsc::channel(64);
        let (lost, egress) = (self.lost.clone(), self.egress.clone());
        tokio::spawn(async move {
            if let Err(error) = attend(&socket, receiver, &egress).await {
                tracing::debug!(%error, "the network keeper is gone");
                lost.notify_one();
            }
        });
        sender
    }
}

/// Asks and waits; `None` when the keeper went away.
async fn send(
    line: &mpsc::Sender<Asked>,
    request: Request,
    descriptor: Option<OwnedFd>,
) -> Option<Result<Reply, Refusal>> {
    let (tell, answer) = oneshot::channel();
    line.send((request, descriptor, tell)).await.ok()?;
    answer.await.ok()
}

/// Carries requests and answers until the keeper goes, or nobody asks any more.
async fn attend(
    socket: &Ready,
    mut asked: mpsc::Receiver<Asked>,
    egress: &watch::Sender<Egress>,
) -> Result<(), PacketError> {
    let mut waiting = HashMap::new();
    let mut last = 0;
    loop {
        tokio::select! {
            next = asked.recv() => {
                let Some((request, descriptor, tell)) = next else {
                    return Ok(());
                };
                last += 1;
                let message = ToKeeper::Request { number: last, request };
                match write(socket, &message, descriptor).await {
                    Err(error @ PacketError::TooLarge) => {
                        // Whoever asked may have given up.
                        let _ = tell.send(Err(unsent(&error)));
                    }
                    Err(error) => return Err(error),
                    Ok(()) => drop(waiting.insert(last, tell)),
                }
            }
            message = read(socket) => match message? {
                FromKeeper::Reply { number, reply } => {
                    if let Ok(Reply::Prepared { egress: found, .. }) = &reply {
                        egress.send_replace(found.clone());
                    }
                    let tell: Option<oneshot::Sender<_>> = waiting.remove(&number);
                    if let Some(tell) = tell {
                        // Whoever asked may have given up.
                        let _ = tell.send(reply);
                    }
                }
                FromKeeper::Egress(found) => {
                    egress.send_replace(found);
                }
                FromKeeper::Hello { .. } => {}
            },
        }
    }
}

/// What only one request is to blame for.
fn unsent(error: &PacketError) -> Refusal {
    Refusal::System {
        doing: "ask the network keeper".to_owned(),
        why: error.to_string(),
    }
}

async fn write(
    socket: &Ready,
    message: &ToKeeper,
    descriptor: Option<OwnedFd>,
) -> Result<(), PacketError> {
    let descriptors: Vec<_> = descriptor.iter().map(AsFd::as_fd).collect();
    loop {
        let ready = socket.ready(Interest::WRITABLE).await;
        let mut ready = ready.map_err(PacketError::Io)?;
        match packet::send(socket.get_ref().as_fd(), message, &descriptors) {
            Err(PacketError::WouldBlock) => ready.clear_ready(),
            done => return done,
        }
    }
}

/// The next message. Dropping the future loses none.
async fn read(socket: &Ready) -> Result<FromKeeper, PacketError> {
    loop {
        let ready = socket.ready(Interest::READABLE).await;
        let mut ready = ready.map_err(PacketError::Io)?;
        match packet::recv(socket.get_ref()) {
            Ok((message, _descriptors)) => return Ok(message),
            Err(PacketError::WouldBlock) => ready.clear_ready(),
            Err(error) => return Err(error),
        }
    }
}
