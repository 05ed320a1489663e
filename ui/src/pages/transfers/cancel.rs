//! Stopping a task.

use gantry_view::CancelTask;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    backend,
    state::{Outcome, Store},
};

/// Whether a task was asked to stop.
#[derive(Clone, Copy)]
pub struct Cancelling(RwSignal<bool>);

impl Cancelling {
    pub fn new() -> Self {
        Self(RwSignal::new(false))
    }

    pub fn is_on(self) -> bool {
        self.0.get()
    }

    /// Asks it to stop; a failure is told in the status bar.
    pub fn ask(self, store: Store, id: String) {
        self.0.set(true);
        spawn_local(async move {
            if let Err(failure) = backend::call(&CancelTask { id }).await {
                let not = store.text().transfers.not_cancelled();
                store.report(Outcome::Failed, format!("{not}: {}", failure.raw), None);
                let _ = self.0.try_set(false);
            }
        });
    }
}
