//! What requests carry, in a form that can be sent again.

use std::io::SeekFrom;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::Body;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::watch;
use tokio_util::io::ReaderStream;

use crate::{Error, Result};

/// Bytes that are read of a file at once.
const BUFFER: usize = 256 << 10;

/// The body of a request.
#[derive(Debug, Clone, Default)]
pub(crate) enum Content {
    #[default]
    None,
    Document(Arc<[u8]>),
    File(Piece),
}

/// A part of a file.
#[derive(Clone)]
pub(crate) struct Piece {
    pub path: PathBuf,
    pub offset: u64,
    pub size: u64,
    pub sent: Arc<dyn Sent>,
}

/// Who is told how much of a blob is on its way.
pub(crate) trait Sent: Send + Sync {
    /// Bytes of the whole blob.
    fn sent(&self, bytes: u64);
}

/// Tells how far a body was taken, so that one that nobody takes is noticed.
pub(crate) struct Moves(watch::Receiver<u64>);

impl std::fmt::Debug for Piece {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "{}+{} of {}",
            self.offset,
            self.size,
            self.path.display()
        )
    }
}

impl Content {
    /// Whether it takes as long as the line needs.
    pub fn is_large(&self) -> bool {
        matches!(self, Self::File(_))
    }
}

impl Piece {
    /// A body that is read as it is sent.
    pub async fn body(&self) -> Result<(Body, Moves)> {
        let mut file = File::open(&self.path).await.map_err(Error::Taking)?;
        file.seek(SeekFrom::Start(self.offset))
            .await
            .map_err(Error::Taking)?;
        let (moves, moved) = watch::channel(self.offset);
        let sent = Arc::clone(&self.sent);
        let pieces = ReaderStream::with_capacity(file.take(self.size), BUFFER);
        let counted = pieces.inspect(move |piece| {
            if let Ok(piece) = piece {
                moves.send_modify(|at| {
                    *at += piece.len() as u64;
                    sent.sent(*at);
                });
            }
        });
        Ok((Body::wrap_stream(counted), Moves(moved)))
    }
}

impl Moves {
    /// Resolves when nothing was taken for a while, also after all of it was.
    pub async fn stopped(mut self, period: Duration) {
        while let Ok(changed) = tokio::time::timeout(period, self.0.changed()).await {
            if changed.is_err() {
                // All is taken: the registry has as long again to answer.
                tokio::time::sleep(period).await;
                return;
            }
        }
    }
}
