//! A question to a registry whose answer may be outdated before it comes.

use std::time::Duration;

use gantry_view::{Call, Failure};
use leptos::{prelude::*, task::spawn_local};

use crate::backend;

/// How far a question is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// Nothing was asked.
    None,
    Waiting,
    Got(T),
    Failed(Failure),
}

impl<T> Answer<T> {
    pub fn got(&self) -> Option<&T> {
        match self {
            Self::Got(answer) => Some(answer),
            _ => None,
        }
    }
}

/// The last question and its answer: of one that was asked before nothing is heard any more.
pub struct Asked<T: Send + Sync + 'static> {
    answer: RwSignal<Answer<T>>,
    turn: StoredValue<u32>,
}

impl<T: Send + Sync + 'static> Clone for Asked<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Asked<T> {}

impl<T: Clone + Send + Sync + 'static> Asked<T> {
    pub fn new() -> Self {
        Self {
            answer: RwSignal::new(Answer::None),
            turn: StoredValue::new(0),
        }
    }

    pub fn answer(self) -> RwSignal<Answer<T>> {
        self.answer
    }

    /// Asks once this long nothing else was asked.
    pub fn ask<C: Call<Reply = T> + 'static>(self, request: C, after: Duration) {
        self.answer.set(Answer::Waiting);
        self.send(request, after, |answer| answer);
    }

    /// Asks for more: what is known stays until it is there, and `join` makes the new whole.
    pub fn ask_more<C: Call<Reply = T> + 'static>(
        self,
        request: C,
        join: impl FnOnce(T) -> T + 'static,
    ) {
        self.send(request, Duration::ZERO, join);
    }

    fn send<C: Call<Reply = T> + 'static>(
        self,
        request: C,
        after: Duration,
        join: impl FnOnce(T) -> T + 'static,
    ) {
        let turn = self.next();
        let ask = move || {
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            spawn_local(async move {
                let answer = match backend::call(&request).await {
                    Ok(answer) => Answer::Got(join(answer)),
                    Err(failure) => Answer::Failed(failure),
                };
                if self.turn.try_get_value() == Some(turn) {
                    self.answer.set(answer);
                }
            });
        };
        set_timeout(ask, after);
    }

    /// Forgets the question and its answer.
    pub fn forget(self) {
        self.next();
        self.answer.set(Answer::None);
    }

    fn next(self) -> u32 {
        let turn = self.turn.try_update_value(|turn| {
            *turn += 1;
            *turn
        });
        turn.unwrap_or_default()
    }
}
