//! A question to a registry whose answer may be outdated before it comes.

use std::time::Duration;

use gantry_view::{Call, Failure};
use leptos::{prelude::*, task::spawn_local};

use crate::{backend, state::Latest};

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

/// How far a question for more is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum More {
    None,
    Waiting,
    Failed(Failure),
}

/// The last question and its answer: of one that was asked before nothing is heard any more.
pub struct Asked<T: Send + Sync + 'static> {
    answer: RwSignal<Answer<T>>,
    more: RwSignal<More>,
    latest: Latest,
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
            more: RwSignal::new(More::None),
            latest: Latest::new(),
        }
    }

    pub fn answer(self) -> RwSignal<Answer<T>> {
        self.answer
    }

    pub fn more(self) -> RwSignal<More> {
        self.more
    }

    /// Asks once this long nothing else was asked.
    pub fn ask<C: Call<Reply = T> + 'static>(self, request: C, after: Duration) {
        self.answer.set(Answer::Waiting);
        self.more.set(More::None);
        let turn = self.latest.ask();
        let ask = move || {
            if !self.latest.is(turn) {
                return;
            }
            spawn_local(async move {
                let answer = match backend::call(&request).await {
                    Ok(answer) => Answer::Got(answer),
                    Err(failure) => Answer::Failed(failure),
                };
                if self.latest.is(turn) {
                    self.answer.set(answer);
                }
            });
        };
        set_timeout(ask, after);
    }

    /// Asks for more: what is known stays, and `join` makes the new whole of what comes.
    pub fn ask_more<C: Call<Reply = T> + 'static>(
        self,
        request: C,
        join: impl FnOnce(T) -> T + 'static,
    ) {
        self.more.set(More::Waiting);
        let turn = self.latest.ask();
        spawn_local(async move {
            let answer = backend::call(&request).await;
            if !self.latest.is(turn) {
                return;
            }
            match answer {
                Ok(answer) => {
                    self.more.set(More::None);
                    self.answer.set(Answer::Got(join(answer)));
                }
                Err(failure) => self.more.set(More::Failed(failure)),
            }
        });
    }

    /// Forgets the question and its answer.
    pub fn forget(self) {
        self.latest.ask();
        self.more.set(More::None);
        self.answer.set(Answer::None);
    }
}
