//! The sessions of all containers, for as long as the window is open: a page that is left and come
//! back to finds them as they were.

use std::{collections::HashMap, rc::Rc};

use gantry_view::TerminalProgram;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::session::{Hooks, Session};
use crate::{pages::containers::commands::open_url, parts::copy, state::Store};

/// The sessions of one container, and the one that is looked at.
#[derive(Default)]
struct Open {
    sessions: Vec<Rc<Session>>,
    chosen: Option<u32>,
}

#[derive(Clone, Copy)]
pub struct Terminals {
    open: RwSignal<HashMap<String, Open>, LocalStorage>,
    last: StoredValue<u32>,
}

impl Terminals {
    pub fn new() -> Self {
        Self {
            open: RwSignal::new_local(HashMap::new()),
            last: StoredValue::new(0),
        }
    }

    /// The numbers of a container's sessions, in the order they were opened.
    pub fn numbers(self, container: &str) -> Vec<u32> {
        self.open.with(|open| {
            let sessions = open.get(container).map(|open| &open.sessions);
            let sessions = sessions.into_iter().flatten();
            sessions.map(|session| session.number).collect()
        })
    }

    /// The one that is looked at.
    pub fn chosen(self, container: &str) -> Option<u32> {
        self.open.with(|open| open.get(container)?.chosen)
    }

    pub fn choose(self, container: &str, number: u32) {
        self.open.update(|open| {
            if let Some(open) = open.get_mut(container) {
                open.chosen = Some(number);
            }
        });
    }

    pub fn find(self, container: &str, number: u32) -> Option<Rc<Session>> {
        self.open.with_untracked(|open| {
            let mut sessions = open.get(container)?.sessions.iter();
            sessions.find(|session| session.number == number).cloned()
        })
    }

    /// Whether a container's own terminal is among them.
    pub fn has_main(self, container: &str) -> bool {
        self.open.with(|open| {
            open.get(container).is_some_and(|open| {
                let mut sessions = open.sessions.iter();
                sessions.any(|session| session.program == TerminalProgram::Main)
            })
        })
    }

    /// Begins a session and looks at it.
    pub fn open(self, store: Store, container: &str, program: TerminalProgram) {
        let Some(host) = document()
            .create_element("div")
            .ok()
            .and_then(|host| host.dyn_into::<HtmlElement>().ok())
        else {
            return;
        };
        host.set_class_name("term");
        self.last.update_value(|last| *last += 1);
        let number = self.last.get_value();
        let session = Rc::new(Session::new(number, container.to_owned(), program, host));
        let weak = Rc::downgrade(&session);
        session.begin(Hooks {
            link: Box::new(move |address| open_url(store, address)),
            key: Box::new(move |event| {
                let session = weak.upgrade();
                session.is_some_and(|session| is_for_page(store, &session, event))
            }),
        });
        self.open.update(|all| {
            // Those of containers that are gone went with them.
            all.retain(|id, _| store.containers.get_untracked(id).is_some());
            let open = all.entry(container.to_owned()).or_default();
            open.sessions.push(session);
            open.chosen = Some(number);
        });
    }

    /// Ends a session; the next to it is looked at then.
    pub fn close(self, container: &str, number: u32) {
        let mut closed = None;
        self.open.update(|all| {
            let Some(open) = all.get_mut(container) else {
                return;
            };
            let at = open.sessions.iter().position(|one| one.number == number);
            closed = at.map(|at| open.sessions.remove(at));
            if open.chosen == Some(number) {
                let next = open.sessions.get(at.unwrap_or(0)).or(open.sessions.last());
                open.chosen = next.map(|session| session.number);
            }
        });
        // Whoever looks at it hears of that first.
        drop(closed);
    }
}

/// Keys of the page within a terminal; all others are the program's.
fn is_for_page(store: Store, session: &Session, event: &KeyboardEvent) -> bool {
    if event.is_composing() {
        return false;
    }
    let control = event.ctrl_key() && !event.alt_key() && !event.meta_key();
    match event.code().as_str() {
        // To the next pane, or the keyboard would be caught here.
        "F6" => true,
        // The browser pastes.
        "KeyV" if control && event.shift_key() => true,
        "Insert" if event.shift_key() && !control => true,
        "KeyC" if control && event.shift_key() => copies(store, session, event),
        "Insert" if control && !event.shift_key() => copies(store, session, event),
        _ => false,
    }
}

fn copies(store: Store, session: &Session, event: &KeyboardEvent) -> bool {
    if event.type_() == "keydown" {
        event.prevent_default();
        copy_selection(store, session);
    }
    true
}

/// Puts what is selected on the clipboard.
pub fn copy_selection(store: Store, session: &Session) {
    let selected = session.screen.with(super::xterm::Terminal::selection);
    if let Some(text) = selected.filter(|text| !text.is_empty()) {
        copy(store, text);
    }
}
