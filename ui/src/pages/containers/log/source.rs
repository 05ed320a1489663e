//! Where news and finds come from: subscriptions that are opened again when they are lost.

use std::{cell::RefCell, rc::Rc, time::Duration};

use gantry_view::{Failure, Subscribe};
use leptos::prelude::*;

use crate::backend::{self, Ending, Subscription};

const TRY_AGAIN: Duration = Duration::from_secs(1);

/// What a source says.
pub enum Heard<T> {
    Item(T),
    /// It was lost and begins again.
    Again,
    Failed(Failure),
}

/// Keeps a subscription open until it is dropped.
pub struct Source(Rc<RefCell<Slot>>);

#[derive(Default)]
struct Slot {
    subscription: Option<Subscription>,
    timer: Option<TimeoutHandle>,
    closed: bool,
}

impl Source {
    pub fn open<S: Subscribe + 'static>(request: S, hear: impl Fn(Heard<S::Item>) + 'static) -> Self
    where
        S::Item: 'static,
    {
        let slot = Rc::new(RefCell::new(Slot::default()));
        open(&slot, Rc::new(request), Rc::new(hear));
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

fn open<S: Subscribe + 'static>(
    slot: &Rc<RefCell<Slot>>,
    request: Rc<S>,
    hear: Rc<dyn Fn(Heard<S::Item>)>,
) where
    S::Item: 'static,
{
    let (on_items, weak) = (Rc::clone(&hear), Rc::downgrade(slot));
    let next = Rc::clone(&request);
    let subscription = backend::subscribe(
        &*request,
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
                again(&slot, next, hear);
            }
        },
    );
    slot.borrow_mut().subscription = Some(subscription);
}

fn again<S: Subscribe + 'static>(
    slot: &Rc<RefCell<Slot>>,
    request: Rc<S>,
    hear: Rc<dyn Fn(Heard<S::Item>)>,
) where
    S::Item: 'static,
{
    if slot.borrow().closed {
        return;
    }
    let next = Rc::clone(slot);
    let timer = set_timeout_with_handle(
        move || {
            hear(Heard::Again);
            open(&next, request, hear);
        },
        TRY_AGAIN,
    );
    slot.borrow_mut().timer = timer.ok();
}
