//! One terminal on the screen, which can be taken off and put back.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gantry_view::Typed;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, KeyboardEvent};

use super::{
    look::look_of,
    xterm::{Made, Terminal, make, put},
};

/// What a screen tells.
pub struct Listener {
    pub typed: Box<dyn Fn(Typed)>,
    pub resized: Box<dyn Fn()>,
    pub link: Box<dyn Fn(String)>,
    /// Whether the page takes a key that the program would get otherwise.
    pub key: Box<dyn Fn(&KeyboardEvent) -> bool>,
}

/// An element with a terminal in it as soon as xterm.js is there.
pub struct Screen {
    pub host: HtmlElement,
    made: RefCell<Option<Shown>>,
    /// The keyboard goes to it as soon as it is seen.
    awaited: Cell<bool>,
}

struct Shown {
    made: Made,
    opened: bool,
    _handlers: Handlers,
}

/// Kept as long as they may be called.
struct Handlers {
    _typed: [Closure<dyn FnMut(String)>; 2],
    _resized: Closure<dyn FnMut()>,
    _key: Closure<dyn FnMut(KeyboardEvent) -> bool>,
    _link: Closure<dyn FnMut(String)>,
}

impl Screen {
    pub fn new(host: HtmlElement) -> Self {
        Self {
            host,
            made: RefCell::new(None),
            awaited: Cell::new(false),
        }
    }

    /// Makes the terminal; fails where the files of xterm.js do not come.
    pub async fn make(&self, listener: Listener) -> Result<(), JsValue> {
        let listener = Rc::new(listener);
        let told = Rc::clone(&listener);
        let link = Closure::<dyn FnMut(String)>::new(move |address| (told.link)(address));
        let function = link.as_ref().unchecked_ref();
        let made: Made = make(&look_of(&self.host), function).await?.unchecked_into();
        let terminal = made.terminal();

        let told = Rc::clone(&listener);
        let text = Closure::<dyn FnMut(String)>::new(move |text| (told.typed)(Typed::Text(text)));
        let told = Rc::clone(&listener);
        let bytes = Closure::<dyn FnMut(String)>::new(move |text: String| {
            // Each letter stands for a byte.
            let bytes = text.chars().map(|letter| letter as u8).collect();
            (told.typed)(Typed::Bytes(bytes));
        });
        let told = Rc::clone(&listener);
        let resized = Closure::<dyn FnMut()>::new(move || (told.resized)());
        let key =
            Closure::<dyn FnMut(KeyboardEvent) -> bool>::new(move |event| !(listener.key)(&event));
        terminal.on_data(&text);
        terminal.on_binary(&bytes);
        terminal.on_resize(&resized);
        terminal.on_key(&key);
        let handlers = Handlers {
            _typed: [text, bytes],
            _resized: resized,
            _key: key,
            _link: link,
        };
        *self.made.borrow_mut() = Some(Shown {
            made,
            opened: false,
            _handlers: handlers,
        });
        self.settle();
        Ok(())
    }

    /// Puts it into its place in the page.
    pub fn show_in(&self, place: &HtmlElement) {
        place.replace_children_with_node_1(&self.host);
        if let Some(shown) = &*self.made.borrow() {
            put(&shown.made.terminal(), &look_of(&self.host));
        }
        self.settle();
    }

    /// Fills its place, if it is in one.
    pub fn settle(&self) {
        let is_seen = self.host.is_connected() && self.host.client_width() > 0;
        let mut made = self.made.borrow_mut();
        let Some(shown) = made.as_mut().filter(|_| is_seen) else {
            return;
        };
        if !shown.opened {
            shown.opened = true;
            let terminal = shown.made.terminal();
            // An element has a font only now that it is in the page.
            put(&terminal, &look_of(&self.host));
            terminal.open(&self.host);
        }
        let fit = shown.made.fit();
        drop(made);
        // Tells of a new size at once.
        fit.fit_now();
        if self.awaited.take() {
            self.with(Terminal::focus);
        }
    }

    /// Gives it the keyboard, now or as soon as it is seen.
    pub fn focus(&self) {
        self.awaited.set(true);
        self.settle();
    }

    /// Follows the theme and the interface size.
    pub fn look_again(&self) {
        self.with(|terminal| put(terminal, &look_of(&self.host)));
        self.settle();
    }

    /// Does something with the terminal, if there is one yet.
    pub fn with<T>(&self, act: impl FnOnce(&Terminal) -> T) -> Option<T> {
        let terminal = self
            .made
            .borrow()
            .as_ref()
            .map(|shown| shown.made.terminal());
        terminal.map(|terminal| act(&terminal))
    }

    /// Rows and columns; those of the old terminals while it was never seen.
    pub fn size(&self) -> (u16, u16) {
        let size = self.with(|terminal| (terminal.rows(), terminal.cols()));
        size.unwrap_or((24, 80))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.with(Terminal::dispose);
        self.host.remove();
    }
}
