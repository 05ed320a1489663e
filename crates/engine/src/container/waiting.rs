//! Waiting for a container's end.

use std::sync::Arc;

use gantry_wire::{ContainerState, WaitError, WaitResponse};
use tokio::sync::watch;

use super::record::View;
use crate::request::WaitCondition;
use crate::{Error, Result};

/// A wait that was registered: what happens from now on counts.
#[derive(Debug)]
pub struct Waiting {
    view: watch::Receiver<Arc<View>>,
    condition: WaitCondition,
    /// How often the container had ended before.
    ends: u64,
}

impl Waiting {
    pub(crate) fn new(view: watch::Receiver<Arc<View>>, condition: WaitCondition) -> Self {
        let ends = view.borrow().state.ends;
        Self {
            view,
            condition,
            ends,
        }
    }

    /// The exit code, once the condition holds.
    pub async fn outcome(mut self) -> Result<WaitResponse> {
        let met = |view: &Arc<View>| match self.condition {
            WaitCondition::NotRunning => !view.state.is_running() || view.gone,
            WaitCondition::NextExit => view.state.ends > self.ends || view.gone,
            WaitCondition::Removed => view.gone || failed(view),
        };
        let view = match self.view.wait_for(met).await {
            Ok(view) => Arc::clone(&view),
            Err(_) => return Err(Error::ShuttingDown),
        };
        let removal = self.condition == WaitCondition::Removed && !view.gone;
        Ok(WaitResponse {
            status_code: i64::from(view.state.exit_code),
            error: removal.then(|| WaitError {
                message: view.state.error.clone(),
            }),
        })
    }
}

/// Its removal did not succeed.
fn failed(view: &View) -> bool {
    view.state.status == ContainerState::Dead
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::view;
    use super::*;

    #[tokio::test]
    async fn each_condition_ends_at_its_time() {
        let (sender, receiver) = watch::channel(Arc::new(view()));
        let wait = |condition| Waiting::new(receiver.clone(), condition);
        let code = |waiting: Waiting| async { waiting.outcome().await.unwrap().status_code };
        assert_eq!(code(wait(WaitCondition::NotRunning)).await, 0);
        let next = tokio::spawn(code(wait(WaitCondition::NextExit)));
        let removed = tokio::spawn(code(wait(WaitCondition::Removed)));
        sender.send_modify(|view| {
            let state = &mut Arc::make_mut(view).state;
            (state.ends, state.exit_code) = (1, 3);
        });
        assert_eq!(next.await.unwrap(), 3);
        assert!(!removed.is_finished());
        sender.send_modify(|view| Arc::make_mut(view).gone = true);
        drop(sender);
        assert_eq!(removed.await.unwrap(), 3);
    }

    #[tokio::test]
    async fn a_removal_that_fails_ends_the_wait_for_it() {
        let (sender, receiver) = watch::channel(Arc::new(view()));
        let removed = tokio::spawn(Waiting::new(receiver, WaitCondition::Removed).outcome());
        sender.send_modify(|view| {
            let state = &mut Arc::make_mut(view).state;
            state.status = ContainerState::Dead;
            state.error = "the disk is read-only".to_owned();
        });
        let error = removed.await.unwrap().unwrap().error.unwrap();
        assert_eq!(error.message, "the disk is read-only");
    }
}
