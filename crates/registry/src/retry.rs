//! Trying again: how long to wait, and how often.

use std::time::Duration;

use gantry_store::CancelFlag;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::{Error, Result};

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(10);
/// A registry that wants us to wait longer than this is busy, and we say so.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The pauses of one thing that is tried again.
#[derive(Debug)]
pub(crate) struct Retries {
    left: u32,
    of: u32,
    next: Duration,
}

impl Retries {
    pub fn new(of: u32) -> Self {
        Self {
            left: of,
            of,
            next: FIRST,
        }
    }

    /// It got somewhere: the next failure is the first again.
    pub fn renew(&mut self) {
        *self = Self::new(self.of);
    }

    /// Waits before the next attempt at what failed like this; gives the error back when it makes no
    /// sense or was tried often enough.
    pub async fn after(&mut self, error: Error, cancel: &CancelFlag) -> Result<()> {
        if !error.is_transient() || self.left == 0 {
            return Err(error);
        }
        // Several layers fail together, and shall not come back together.
        let pause = self.next.mul_f64(rand::random_range(0.5..1.0));
        tracing::debug!(%error, ?pause, "trying again");
        self.next = (self.next * 2).min(LONGEST);
        self.left -= 1;
        wait(pause, cancel).await
    }
}

/// Waits, unless somebody cancels.
pub(crate) async fn wait(pause: Duration, cancel: &CancelFlag) -> Result<()> {
    unless(cancel, async {
        tokio::time::sleep(pause).await;
        Ok(())
    })
    .await
}

/// Does something, unless somebody cancels.
pub(crate) async fn unless<T>(
    cancel: &CancelFlag,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(Error::Cancelled),
        result = work => result,
    }
}

/// `Retry-After`: seconds, or a time.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let time = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let wait = time.duration_since(jiff::Timestamp::now());
    Some(Duration::try_from(wait).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<Duration> {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
        retry_after(&headers)
    }

    #[test]
    fn pauses_are_seconds_or_times() {
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert!(asked("Fri, 31 Dec 2100 23:59:59 GMT").unwrap() > PATIENCE);
        assert_eq!(asked("soon"), None);
    }

    #[tokio::test]
    async fn what_will_not_pass_is_not_tried_again() {
        let lost = || Error::Interrupted {
            host: "x".to_owned(),
            why: "reset".to_owned(),
        };
        let (mut retries, cancel) = (Retries::new(2), CancelFlag::new());
        assert!(retries.after(lost(), &cancel).await.is_ok());
        assert!(retries.after(lost(), &cancel).await.is_ok());
        assert!(retries.after(lost(), &cancel).await.is_err());
        retries.renew();
        assert!(retries.after(lost(), &cancel).await.is_ok());
        let denied = Error::Unauthorized {
            host: "x".to_owned(),
            said: String::new(),
        };
        assert!(retries.after(denied, &cancel).await.is_err());
        cancel.cancel();
        let cancelled = retries.after(lost(), &cancel).await;
        assert!(matches!(cancelled, Err(Error::Cancelled)));
    }
}
