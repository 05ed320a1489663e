//! What clients send as a stream.

use std::time::Duration;

use tokio::io::AsyncRead;

/// How long the rest of an archive is read that nobody wants.
const PATIENCE: Duration = Duration::from_secs(2);

/// Reads on what nobody wants: a client that is still sending when the answer comes and the
/// connection goes would see only that, and not the answer.
pub(crate) async fn drain(mut rest: impl AsyncRead + Unpin) {
    let mut nowhere = tokio::io::sink();
    let drained = tokio::io::copy(&mut rest, &mut nowhere);
    // A slow client, or one that went away: it gets the answer, or needs none.
    let _ = tokio::time::timeout(PATIENCE, drained).await;
}
