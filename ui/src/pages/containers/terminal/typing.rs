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
}

impl Typing {
    pub fn add(&self, typed: Typed) {
        let mut state = self.0.borrow_mut();
        match (state.waiting.back_mut(), typed) {
            (Some(Typed::Text(last)), Typed::Text(more)) => last.push_str(&more),
            (_, typed) => state.waiting.push_back(typed),
        }
        drop(state);
        self.send();
    }

    /// From here on it goes to this session; what was typed for an earlier one is forgotten only
    /// with that.
    pub fn begin(&self, session: u64) {
        self.0.borrow_mut().session = Some(session);
        self.send();
    }

    /// Nobody listens any more.
    pub fn end(&self) {
        let mut state = self.0.borrow_mut();
        state.session = None;
        state.waiting.clear();
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
