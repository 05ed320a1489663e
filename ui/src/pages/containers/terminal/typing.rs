//! What is typed on its way to the session: in order, one call at a time.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use gantry_view::{TypeInTerminal, Typed};
use leptos::task::spawn_local;

use crate::backend;

/// Keys that wait while others are under way; they then go together.
#[derive(Clone, Default)]
pub struct Typing(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    waiting: VecDeque<Typed>,
    under_way: bool,
    /// Known once the session is open.
    session: Option<u64>,
    /// The program has ended: keys are for nobody, above all not for the next one.
    over: bool,
}

impl State {
    fn add(&mut self, typed: Typed) {
        if self.over {
            return;
        }
        match (self.waiting.back_mut(), typed) {
            (Some(Typed::Text(last)), Typed::Text(more)) => last.push_str(&more),
            (_, typed) => self.waiting.push_back(typed),
        }
    }

    fn end(&mut self) {
        self.session = None;
        self.over = true;
        self.waiting.clear();
    }
}

impl Typing {
    pub fn add(&self, typed: Typed) {
        self.0.borrow_mut().add(typed);
        self.send();
    }

    /// A program is about to be started: what is typed from here on is for it.
    pub fn await_session(&self) {
        self.0.borrow_mut().over = false;
    }

    /// From here on it goes to this session.
    pub fn begin(&self, session: u64) {
        self.0.borrow_mut().session = Some(session);
        self.send();
    }

    /// Nobody listens any more.
    pub fn end(&self) {
        self.0.borrow_mut().end();
    }

    fn send(&self) {
        let mut state = self.0.borrow_mut();
        if state.under_way {
            return;
        }
        let Some(session) = state.session else { return };
        let Some(typed) = state.waiting.pop_front() else {
            return;
        };
        state.under_way = true;
        drop(state);
        let this = self.clone();
        spawn_local(async move {
            // A session that is over says so itself.
            let _ = backend::call(&TypeInTerminal { session, typed }).await;
            this.0.borrow_mut().under_way = false;
            this.send();
        });
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::Typed;

    use super::State;

    #[test]
    fn keys_after_the_end_are_for_nobody() {
        let text = |text: &str| Typed::Text(text.to_owned());
        let mut state = State::default();
        state.add(text("l"));
        state.add(text("s"));
        assert_eq!(state.waiting, [text("ls")]);
        state.end();
        state.add(text("rm -r x\n"));
        assert!(state.waiting.is_empty());
        state.over = false;
        state.add(text("pwd"));
        assert_eq!(state.waiting, [text("pwd")]);
    }
}
