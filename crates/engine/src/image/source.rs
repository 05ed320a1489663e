//! Where an archive comes from.

use std::path::PathBuf;
use std::time::Duration;

use tokio::io::AsyncRead;

/// How long the rest of an archive is read that was refused.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the work of a load or an import reads.
pub(super) enum Source {
    Path(PathBuf),
    Stream(Box<dyn AsyncRead + Send + Unpin>),
}

impl Source {
    /// Reads on what nobody wants: a client that is still sending when the answer comes and the
    /// connection goes would see only that, and not why.
    pub(super) async fn drain(self) {
        if let Self::Stream(mut rest) = self {
            let mut nowhere = tokio::io::sink();
            let drained = tokio::io::copy(&mut rest, &mut nowhere);
            // A slow client, or one that went away: it gets the answer, or needs none.
            let _ = tokio::time::timeout(PATIENCE, drained).await;
        }
    }
}
