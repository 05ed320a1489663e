//! Looking for the supervisor of something that runs: one that an earlier engine started, or one
//! whose connection broke.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use gantry_shim::ShimRecord;
use gantry_shim::protocol::{Phase, Status};
use tokio::time::{sleep, timeout};

use super::link::Link;
use crate::core::blocking;
use crate::ready::Ready;
use crate::{Error, Result};

/// How long an engine that starts waits for a greeting before it goes on without.
const GREETING: Duration = Duration::from_secs(3);

/// The time before another try: doubled up to the longest.
const FIRST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(5);

/// A supervisor that was found, and how what it supervises is.
pub(crate) type Found = (Link, Status);

/// A search; it goes on while it is awaited.
pub(crate) struct Search(Pin<Box<dyn Future<Output = Option<Found>> + Send + Sync>>);

impl Search {
    /// For the supervisor that left its record in this folder.
    pub(crate) fn of(folder: &Path) -> Self {
        Self(Box::pin(look_in(folder.to_owned())))
    }

    /// Waits until the supervisor answers, however long it lives without a word; `None` when it is
    /// gone. Dropping the future loses nothing.
    pub(crate) async fn result(&mut self) -> Option<Found> {
        (&mut self.0).await
    }
}

/// What an engine that starts knows of a supervisor.
pub(crate) enum Supervision {
    /// It is gone, or there was none.
    Over,
    Heard(Link, Box<Status>),
    /// It lives and does not answer.
    Silent(Search),
}

impl Supervision {
    /// Looks for the one of a folder, for a moment.
    pub(super) async fn of(folder: &Path) -> Self {
        let mut search = Search::of(folder);
        match timeout(GREETING, search.result()).await {
            Ok(Some((link, status))) => Self::Heard(link, Box::new(status)),
            Ok(None) => Self::Over,
            Err(_) => {
                tracing::error!(folder = %folder.display(), "a living supervisor does not answer");
                Self::Silent(search)
            }
        }
    }
}

async fn look_in(folder: PathBuf) -> Option<Found> {
    let mut pause = FIRST;
    loop {
        let found = async {
            let Some((supervisor, end)) = open(folder.clone()).await? else {
                return Ok(None);
            };
            tokio::select! {
                _ = end.readable() => Ok(None),
                found = greet(supervisor) => found.map(Some),
            }
        };
        match found.await {
            Ok(found) => return found,
            Err(error) if pause == FIRST => tracing::warn!(%error, "looking for a supervisor"),
            Err(error) => tracing::debug!(%error, "looking for a supervisor"),
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST);
    }
}

/// The supervisor, and a descriptor that becomes readable with its end; `None` if it has ended.
async fn open(folder: PathBuf) -> Result<Option<(ShimRecord, Ready)>> {
    let failed = |error| Error::io("read the supervisor's record in", &folder)(error);
    let read = {
        let folder = folder.clone();
        move || {
            let Some(record) = ShimRecord::read(&folder)? else {
                return Ok(None);
            };
            Ok(record.shim.open()?.map(|pidfd| (record, pidfd)))
        }
    };
    let found = blocking(move || Ok(read())).await?;
    match found {
        Ok(Some((record, pidfd))) => Ok(Some((record, Ready::new(pidfd).map_err(failed)?))),
        Ok(None) => Ok(None),
        // A record that says nothing leads to nobody.
        Err(error) if is_damage(&error) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

fn is_damage(error: &io::Error) -> bool {
    let kind = error.kind();
    kind == io::ErrorKind::InvalidData || kind == io::ErrorKind::UnexpectedEof
}

/// Connects and waits for the greeting.
async fn greet(supervisor: ShimRecord) -> Result<Found> {
    let socket = supervisor.socket;
    let path = socket.clone();
    let connect = move || {
        let connected = gantry_shim::connect_to(&path);
        connected.map_err(Error::io("connect to", &path))
    };
    let connection = blocking(connect).await?;
    let broke = |why: String| Error::io("connect to", &socket)(io::Error::other(why));
    let opened = Link::open(connection).await;
    let (link, status) = opened.map_err(|error| broke(error.to_string()))?;
    if status.phase == Phase::Ready {
        // Its engine died before it asked for the start; without a connection it leaves.
        return Err(broke("it waits for its start".to_owned()));
    }
    Ok((link, status))
}
