//! How far the client is with its request, so that the end of its input is understood rightly.
//!
//! hyper takes the end of input for the end of the client and drops the request. Go's server does
//! not, and scripts rely on it: `printf … | nc` sends its request, perhaps its whole stdin behind
//! it, and closes that direction. So the end is kept from hyper while a request that has come
//! whole is being answered; it is still in the socket for whoever reads next. In the middle of a
//! body it is what hyper takes it for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// Shared by the socket, the request's body and the answer. A connection has one request at a time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reception(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    phase: Phase,
    /// The body was asked for more after the last bytes had come.
    starved: bool,
    /// Who is to look again once that is so.
    reader: Option<Waker>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    /// Between requests.
    #[default]
    Idle,
    /// A request's head has come; its body may or may not be whole.
    Receiving,
    /// All of it has come, or nobody wants the rest.
    Whole,
}

/// What the end of the client's input means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The end of the client, or of its request half way.
    Final,
    /// It has said what it had to say, and waits for its answer.
    Patient,
}

impl Reception {
    /// A request's head has come. Ends when the answer is dropped.
    pub(crate) fn begin(&self, whole: bool) -> Answering {
        let mut state = self.state();
        state.phase = if whole {
            Phase::Whole
        } else {
            Phase::Receiving
        };
        state.starved = false;
        state.reader = None;
        Answering(self.clone())
    }

    /// The rest of the body is there, or nobody wants it.
    pub(crate) fn body_ended(&self) {
        let mut state = self.state();
        if state.phase == Phase::Receiving {
            state.phase = Phase::Whole;
        }
    }

    /// The body has nothing for its reader.
    pub(crate) fn body_starves(&self) {
        let reader = {
            let mut state = self.state();
            state.starved = true;
            state.reader.take()
        };
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    /// Bytes have come.
    pub(crate) fn bytes_came(&self) {
        self.state().starved = false;
    }

    /// Nothing more will come. `reader` is woken when that may have another meaning.
    pub(crate) fn input_ended(&self, reader: &Waker) -> End {
        let mut state = self.state();
        match state.phase {
            Phase::Idle => End::Final,
            Phase::Whole => End::Patient,
            Phase::Receiving if state.starved => End::Final,
            // What came last may be the rest of the body, on its way to its reader.
            Phase::Receiving => {
                state.reader = Some(reader.clone());
                End::Patient
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Kept with the answer until it was sent or given up.
#[derive(Debug)]
pub(crate) struct Answering(Reception);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.state().phase = Phase::Idle;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(reception: &Reception) -> End {
        reception.input_ended(Waker::noop())
    }

    #[test]
    fn between_requests_the_end_is_the_end() {
        let reception = Reception::default();
        assert_eq!(end(&reception), End::Final);
        drop(reception.begin(true));
        assert_eq!(end(&reception), End::Final);
    }

    #[test]
    fn a_client_that_said_everything_may_wait_for_its_answer() {
        let reception = Reception::default();
        let _answering = reception.begin(true);
        assert_eq!(end(&reception), End::Patient);
    }

    #[test]
    fn a_body_that_came_with_the_end_is_read_before_it_is_judged() {
        let reception = Reception::default();
        let _answering = reception.begin(false);
        reception.body_starves();
        reception.bytes_came();
        assert_eq!(end(&reception), End::Patient);
        reception.body_ended();
        assert_eq!(end(&reception), End::Patient);
    }

    #[test]
    fn a_body_that_is_cut_off_is_cut_off() {
        let reception = Reception::default();
        let _answering = reception.begin(false);
        reception.bytes_came();
        assert_eq!(end(&reception), End::Patient);
        reception.body_starves();
        assert_eq!(end(&reception), End::Final);
    }
}
