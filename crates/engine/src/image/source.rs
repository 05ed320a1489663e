//! Where an archive comes from.

use std::path::PathBuf;

use tokio::io::AsyncRead;

use crate::input;

/// What the work of a load or an import reads.
pub(super) enum Source {
    Path(PathBuf),
    Stream(Box<dyn AsyncRead + Send + Unpin>),
}

impl Source {
    /// Reads on in an archive that was refused.
    pub(super) async fn drain(self) {
        if let Self::Stream(rest) = self {
            input::drain(rest).await;
        }
    }
}
