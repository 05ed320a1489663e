//! Where the lines come from: a subscription that is opened again when it is lost.

use std::{cell::RefCell, rc::Rc, time::Duration};

use gantry_view::{Failure, LogItem, WatchLog};
use leptos::prelude::*;

use crate::backend::{self, Ending, Subscription};

/// How many of the last lines come first.
const TAIL: u32 = 10_000;
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// What the log hears.
pub enum Heard {
    Item(LogItem),
    Failed(Failure),
}

/// Keeps following one container's log until it is dropped.
pub struct Source(Rc<RefCell<Slot>>);

#[derive(Default)]
struct Slot {
    subscription: Option<Subscription>,
    timer: Option<TimeoutHandle>,
    closed: bool,
}

impl Source {
    pub fn open(id: String, hear: impl Fn(Heard) + 'static) -> Self {
        let slot = Rc::new(RefCell::new(Slot::default()));
        open(&slot, id, Rc::new(hear));
        Self(slot)
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        let mut slot = self.0.borrow_mut();
        slot.closed = true;
        slot.subscription = None;
        if let Some(timer) = slot.timer.take() {
            timer.clear();
        }
    }
}

fn open(slot: &Rc<RefCell<Slot>>, id: String, hear: Rc<dyn Fn(Heard)>) {
    let request = WatchLog {
        id: id.clone(),
        tail: TAIL,
        since: None,
    };
    let (on_items, weak) = (Rc::clone(&hear), Rc::downgrade(slot));
    let subscription = backend::subscribe(
        &request,
        move |items| {
            for item in items {
                on_items(Heard::Item(item));
            }
        },
        move |ending| {
            let lost = match ending {
                Ending::Finished => false,
                Ending::Lost => true,
                Ending::Failed(failure) => {
                    let lost = matches!(failure.code.as_str(), "transport" | "engine-lost");
                    if !lost {
                        hear(Heard::Failed(failure));
                    }
                    lost
                }
            };
            if let Some(slot) = weak.upgrade().filter(|_| lost) {
                again(&slot, id, hear);
            }
        },
    );
    slot.borrow_mut().subscription = Some(subscription);
}

fn again(slot: &Rc<RefCell<Slot>>, id: String, hear: Rc<dyn Fn(Heard)>) {
    if slot.borrow().closed {
        return;
    }
    let next = Rc::clone(slot);
    let timer = set_timeout_with_handle(move || open(&next, id, hear), TRY_AGAIN);
    slot.borrow_mut().timer = timer.ok();
}
