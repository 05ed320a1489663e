//! What a container wrote before a client came, for `attach` with `logs=1`.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream as StdStream;
use std::sync::Arc;

use futures_util::StreamExt;
use gantry_log::{Entry, Stream};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;

use super::folder::Folder;
use super::logs;
use super::registry::Handle;
use crate::core::Core;
use crate::request::{AttachOptions, ClientSocket, LogQuery};
use crate::{Error, Result};

/// A log that a client will be sent.
#[derive(Debug)]
pub(super) struct Log {
    core: Arc<Core>,
    folder: Folder,
    handle: Handle,
    query: LogQuery,
}

impl Log {
    /// Refuses what cannot be read, while the client can still be told.
    pub(super) fn open(
        core: &Arc<Core>,
        folder: &Folder,
        handle: &Handle,
        options: &AttachOptions,
    ) -> Result<Self> {
        logs::may_read(&handle.now())?;
        Ok(Self {
            core: Arc::clone(core),
            folder: folder.clone(),
            handle: handle.clone(),
            query: LogQuery {
                stdout: options.stdout,
                stderr: options.stderr,
                ..LogQuery::default()
            },
        })
    }

    /// Chooses who is sent it.
    pub(super) fn to(self, socket: &ClientSocket) -> Result<Replay> {
        let failed = |error| Error::Internal(format!("the client's socket: {error}"));
        let socket = socket.fd.as_fd().try_clone_to_owned().map_err(failed)?;
        let socket = UnixStream::from_std(StdStream::from(socket)).map_err(failed)?;
        Ok(Replay { log: self, socket })
    }
}

/// A log on its way to a client.
pub(super) struct Replay {
    log: Log,
    socket: UnixStream,
}

impl Replay {
    /// Sends the rows before `end`; all that there are without one. A client that leaves ends it.
    pub(super) async fn send(mut self, end: Option<u64>) -> Result<()> {
        let Log {
            core,
            folder,
            handle,
            query,
        } = self.log;
        if !query.stdout && !query.stderr {
            return Ok(());
        }
        let source = logs::Source {
            core: &core,
            folder: &folder,
            view: &handle.view,
        };
        let mut rows = logs::rows(source, query).await?;
        while let Some(row) = rows.entries.next().await {
            let row = row?;
            if end.is_some_and(|end| row.line >= end) {
                break;
            }
            let bytes = bytes(row, rows.tty);
            if self.socket.write_all(&bytes).await.is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// A row as it was written, in Docker's frame unless it comes from a terminal.
fn bytes(row: Entry, tty: bool) -> Vec<u8> {
    let mut text = row.bytes;
    if !row.partial {
        text.push(b'\n');
    }
    if tty {
        return text;
    }
    let stream = match row.stream {
        Stream::Stdout => 1,
        Stream::Stderr => 2,
    };
    let mut framed = vec![stream, 0, 0, 0];
    framed.extend((text.len() as u32).to_be_bytes());
    framed.append(&mut text);
    framed
}
