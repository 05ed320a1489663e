//! One session: what runs in it, what is typed and what comes back, for as long as it is wanted.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use gantry_view::{
    Failure, OpenTerminal, ResizeTerminal, TerminalItem, TerminalProgram, TerminalShown,
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::{
    screen::{Listener, Screen},
    typing::Typing,
    xterm::Terminal,
};
use crate::backend::{self, Ending, Subscription};

/// How much output may be shown before that is reported.
const REPORT: u64 = 128 * 1024;

/// Where a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    Opening,
    Open,
    /// With this code, where it is known.
    Ended(Option<i64>),
    Failed(Failure),
}

pub struct Session {
    /// Its name in the window.
    pub number: u32,
    pub container: String,
    pub program: TerminalProgram,
    pub stage: ArcRwSignal<Stage>,
    /// What runs in it, once that is known.
    pub command: ArcRwSignal<String>,
    pub screen: Screen,
    typing: Typing,
    /// The engine's name for it.
    remote: Cell<Option<u64>>,
    /// Bytes of output that were given to the screen, and how many when that was last reported.
    written: Cell<u64>,
    reported: Cell<u64>,
    resizing: Cell<bool>,
    subscription: RefCell<Option<Subscription>>,
}

/// What happens to a session that the page decides about.
pub struct Hooks {
    pub link: Box<dyn Fn(String)>,
    pub key: Box<dyn Fn(&web_sys::KeyboardEvent) -> bool>,
}

impl Session {
    pub fn new(
        number: u32,
        container: String,
        program: TerminalProgram,
        host: HtmlElement,
    ) -> Self {
        Self {
            number,
            container,
            program,
            stage: ArcRwSignal::new(Stage::Opening),
            command: ArcRwSignal::new(String::new()),
            screen: Screen::new(host),
            typing: Typing::default(),
            remote: Cell::new(None),
            written: Cell::new(0),
            reported: Cell::new(0),
            resizing: Cell::new(false),
            subscription: RefCell::new(None),
        }
    }

    /// Makes its screen, then starts its program.
    pub fn begin(self: &Rc<Self>, hooks: Hooks) {
        let typing = self.typing.clone();
        let weak = Rc::downgrade(self);
        let listener = Listener {
            typed: Box::new(move |typed| typing.add(typed)),
            resized: Box::new(move || {
                if let Some(session) = weak.upgrade() {
                    session.send_size();
                }
            }),
            link: hooks.link,
            key: hooks.key,
        };
        let this = Rc::clone(self);
        spawn_local(async move {
            match this.screen.make(listener).await {
                Ok(()) => this.start(),
                Err(error) => {
                    let failure = Failure::new("transport", format!("{error:?}"));
                    this.stage.set(Stage::Failed(failure));
                }
            }
        });
    }

    /// What is typed from here on goes to its program.
    pub fn focus(&self) {
        self.screen.focus();
    }

    /// Starts its program anew on an empty screen.
    pub fn start_again(self: &Rc<Self>) {
        self.screen.with(Terminal::reset);
        self.start();
    }

    fn start(self: &Rc<Self>) {
        self.stage.set(Stage::Opening);
        self.typing.await_session();
        self.written.set(0);
        self.reported.set(0);
        let (rows, columns) = self.screen.size();
        let request = OpenTerminal {
            container: self.container.clone(),
            program: self.program.clone(),
            rows,
            columns,
        };
        let (items_for, end_for) = (Rc::downgrade(self), Rc::downgrade(self));
        let subscription = backend::subscribe(
            &request,
            move |items| {
                if let Some(session) = items_for.upgrade() {
                    for item in items {
                        session.take(item);
                    }
                }
            },
            move |ending| {
                if let Some(session) = end_for.upgrade() {
                    session.end(ending);
                }
            },
        );
        self.subscription.replace(Some(subscription));
    }

    fn take(self: &Rc<Self>, item: TerminalItem) {
        match item {
            TerminalItem::Opened { session, command } => {
                self.remote.set(Some(session));
                self.command.set(command);
                self.stage.set(Stage::Open);
                self.typing.begin(session);
                // It may have been resized meanwhile.
                self.send_size();
            }
            TerminalItem::Output(text) => self.write(&text),
            TerminalItem::Ended { code } => {
                self.leave();
                self.stage.set(Stage::Ended(code));
            }
        }
    }

    /// Shows output. From time to time it says how much, so that a flood does not run ahead.
    fn write(self: &Rc<Self>, text: &str) {
        let written = self.written.get() + text.len() as u64;
        self.written.set(written);
        if written - self.reported.get() < REPORT {
            self.screen.with(|terminal| terminal.write(text));
            return;
        }
        self.reported.set(written);
        let weak = Rc::downgrade(self);
        let shown = Closure::once_into_js(move || report(&weak, written));
        self.screen
            .with(|terminal| terminal.write_then(text, shown.unchecked_ref()));
    }

    fn end(&self, ending: Ending) {
        let unended = self
            .stage
            .with_untracked(|stage| matches!(stage, Stage::Opening | Stage::Open));
        self.leave();
        if unended {
            self.stage.set(match ending {
                Ending::Failed(failure) => Stage::Failed(failure),
                Ending::Finished | Ending::Lost => {
                    Stage::Failed(Failure::new("transport", "the session was cut off"))
                }
            });
        }
    }

    fn leave(&self) {
        self.remote.set(None);
        self.typing.end();
    }

    /// Tells the program how large its terminal is, and again if that changed meanwhile.
    fn send_size(self: &Rc<Self>) {
        let Some(session) = self.remote.get().filter(|_| !self.resizing.get()) else {
            return;
        };
        let (rows, columns) = self.screen.size();
        self.resizing.set(true);
        let this = Rc::clone(self);
        spawn_local(async move {
            let request = ResizeTerminal {
                session,
                rows,
                columns,
            };
            // A program that has ended meanwhile says so itself.
            let _ = backend::call(&request).await;
            this.resizing.set(false);
            if this.screen.size() != (rows, columns) {
                this.send_size();
            }
        });
    }
}

fn report(session: &Weak<Session>, bytes: u64) {
    let Some(session) = session.upgrade().and_then(|session| session.remote.get()) else {
        return;
    };
    spawn_local(async move {
        // A session that is over waits for nothing.
        let _ = backend::call(&TerminalShown { session, bytes }).await;
    });
}
