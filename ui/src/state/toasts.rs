//! Results of work started elsewhere, and undo. At most three, six seconds each.

use std::sync::atomic::{AtomicU32, Ordering};

use gantry_view::Failure;
use leptos::prelude::*;

use super::{Outcome, Store};
use crate::i18n::ended;

const AT_MOST: usize = 3;

static NEXT: AtomicU32 = AtomicU32::new(0);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    Ok,
    Bad,
    Info,
}

/// What a toast lets the person do.
#[derive(Clone)]
pub struct ToastAction {
    pub label: String,
    pub run: Callback<()>,
}

#[derive(Clone)]
pub struct Toast {
    pub id: u32,
    pub kind: ToastKind,
    pub title: String,
    /// Empty when the title says all.
    pub detail: String,
    pub action: Option<ToastAction>,
}

impl Toast {
    pub fn new(kind: ToastKind, title: String) -> Self {
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            kind,
            title,
            detail: String::new(),
            action: None,
        }
    }

    #[must_use]
    pub fn detail(mut self, detail: String) -> Self {
        self.detail = detail;
        self
    }

    #[must_use]
    pub fn action(mut self, action: ToastAction) -> Self {
        self.action = Some(action);
        self
    }
}

/// The toasts on show, the oldest first.
#[derive(Clone, Copy)]
pub struct Toasts(RwSignal<Vec<Toast>>);

impl Toasts {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    pub fn show(self, toast: Toast) {
        self.0.update(|toasts| {
            toasts.push(toast);
            let over = toasts.len().saturating_sub(AT_MOST);
            toasts.drain(..over);
        });
    }

    pub fn dismiss(self, id: u32) {
        self.0
            .update(|toasts| toasts.retain(|toast| toast.id != id));
    }

    pub fn all(self) -> Vec<Toast> {
        self.0.get()
    }
}

impl Store {
    /// Tells of a press whose place is gone: the failure speaks for itself.
    pub fn tell_lost_failure(self, failure: &Failure) {
        let words = self.text().failures;
        let rest = [words.why(failure), words.next(failure)];
        let rest = rest.into_iter().filter(|part| !part.is_empty());
        let detail = rest.map(ended).collect::<Vec<_>>().join(" ");
        let title = words.what(failure);
        self.report(Outcome::Failed, title.clone(), None);
        self.toasts
            .show(Toast::new(ToastKind::Bad, title).detail(detail));
    }

    /// Tells of a press that came to nothing and has no place of its own to say so.
    pub fn tell_failure(self, title: String, failure: Option<&Failure>) {
        let detail = failure.map(|failure| self.text().failures.sentence(failure));
        self.report(Outcome::Failed, title.clone(), None);
        self.toasts
            .show(Toast::new(ToastKind::Bad, title).detail(detail.unwrap_or_default()));
    }
}
