//! Stopping a long operation.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::{Error, Result};

/// A flag that stops the operations it was given to. Clones are the same flag.
#[derive(Debug, Clone, Default)]
pub struct CancelFlag {
    own: Arc<Flag>,
    /// Of the operation that this one is a part of.
    above: Option<Arc<Flag>>,
}

#[derive(Debug, Default)]
struct Flag {
    raised: AtomicBool,
    /// Who waits for it.
    waiting: Mutex<Vec<Waker>>,
}

impl CancelFlag {
    /// A flag that is not raised.
    pub fn new() -> Self {
        Self::default()
    }

    /// A flag for a part of the operation: it may be raised alone, and is when this one is.
    pub(crate) fn child(&self) -> Self {
        Self {
            own: Arc::default(),
            above: Some(Arc::clone(&self.own)),
        }
    }

    /// Stops the operation at its next block; it cleans up and fails with [`Error::Cancelled`].
    pub fn cancel(&self) {
        self.own.raise();
    }

    /// Whether the flag is raised.
    pub fn is_cancelled(&self) -> bool {
        self.flags().any(Flag::is_raised)
    }

    /// Waits until the flag is raised: for what cannot look at it because it waits for something.
    pub async fn cancelled(&self) {
        poll_fn(|context| self.poll(context)).await;
    }

    fn poll(&self, context: &Context<'_>) -> Poll<()> {
        // Who raises the flag from here on wakes us; who did before is seen below.
        for flag in self.flags() {
            flag.tell(context.waker());
        }
        if self.is_cancelled() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    fn flags(&self) -> impl Iterator<Item = &Flag> {
        self.above.iter().chain([&self.own]).map(Arc::as_ref)
    }

    /// Fails with [`Error::Cancelled`] when the flag is raised.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            Err(Error::Cancelled)
        } else {
            Ok(())
        }
    }
}

impl Flag {
    fn is_raised(&self) -> bool {
        self.raised.load(Ordering::Relaxed)
    }

    fn raise(&self) {
        self.raised.store(true, Ordering::Relaxed);
        let waiting = std::mem::take(&mut *self.waiting());
        waiting.into_iter().for_each(Waker::wake);
    }

    fn tell(&self, waker: &Waker) {
        let mut waiting = self.waiting();
        if !waiting.iter().any(|known| known.will_wake(waker)) {
            waiting.push(waker.clone());
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Waker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_part_is_cancelled_alone_or_with_the_whole() {
        let whole = CancelFlag::new();
        let (one, other) = (whole.child(), whole.child());
        one.cancel();
        assert!(one.is_cancelled() && !other.is_cancelled() && !whole.is_cancelled());
        whole.cancel();
        assert!(other.is_cancelled() && other.check().is_err());
    }

    #[test]
    fn who_waits_for_a_part_is_woken_by_the_whole() {
        let whole = CancelFlag::new();
        let part = whole.child();
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let mut waiting = pin!(part.cancelled());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        whole.cancel();
        assert!(woken.0.load(Ordering::Relaxed));
        assert!(waiting.as_mut().poll(&mut context).is_ready());
    }
}
