//! Rows that the keyboard walks: one stop of the Tab key for all of them.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::Anchor;

/// Rows that a page key passes.
const PAGE: isize = 12;
const END: isize = 1 << 20;

/// What a key asks of the row that it was pressed in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RowKey {
    Open,
    Remove,
    /// Its menu, at this place.
    Menu(Anchor),
}

/// Which of the rows has the keyboard. A row carries its key as `data-row`.
#[derive(Clone, Copy)]
pub struct RovingRows {
    keys: Memo<Vec<String>>,
    cursor: RwSignal<Option<String>>,
}

impl RovingRows {
    /// Rows of these keys, in their order.
    pub fn new(keys: Memo<Vec<String>>) -> Self {
        Self {
            keys,
            cursor: RwSignal::new(None),
        }
    }

    /// `0` for the row that the Tab key reaches.
    pub fn tab_stop(self, key: &str) -> &'static str {
        let cursor = self.cursor.get();
        let stop = self.keys.with(|keys| {
            let at = keys.iter().position(|key| Some(key) == cursor.as_ref());
            keys.get(at.unwrap_or(0)).is_some_and(|stop| stop == key)
        });
        if stop { "0" } else { "-1" }
    }

    /// A row got the focus.
    pub fn stand_on(self, key: String) {
        self.cursor.set(Some(key));
    }

    /// Gives the keyboard to the row that had it last.
    pub fn focus(self) {
        self.step(0);
    }

    /// Acts on a key that something in a row got: moves, or asks `act` for the rest. Controls in
    /// the row keep the keys that press them.
    pub fn on_key(self, event: &ev::KeyboardEvent, act: impl FnOnce(RowKey, String)) {
        if event.is_composing() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let row = target
            .as_ref()
            .and_then(|it| it.closest("[data-row]").ok()?);
        let (Some(target), Some(row)) = (target, row) else {
            return;
        };
        let key = row.get_attribute("data-row").unwrap_or_default();
        let by = match event.code().as_str() {
            "ArrowDown" | "KeyJ" => 1,
            "ArrowUp" | "KeyK" => -1,
            "PageDown" => PAGE,
            "PageUp" => -PAGE,
            "Home" => -END,
            "End" => END,
            "Enter" | "NumpadEnter" | "Space" if target == row => {
                act(RowKey::Open, key);
                return taken(event);
            }
            "Delete" => {
                act(RowKey::Remove, key);
                return taken(event);
            }
            "ContextMenu" => {
                act(RowKey::Menu(Anchor::of(&row)), key);
                return taken(event);
            }
            "F10" if event.shift_key() => {
                act(RowKey::Menu(Anchor::of(&row)), key);
                return taken(event);
            }
            _ => return,
        };
        self.step(by);
        taken(event);
    }

    fn step(self, by: isize) {
        let cursor = self.cursor.get_untracked();
        let next = self
            .keys
            .with_untracked(|keys| stepped(keys, cursor.as_deref(), by).cloned());
        let Some(next) = next else { return };
        let row = format!("[data-row=\"{next}\"]");
        let row = document().query_selector(&row).ok().flatten();
        if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
            self.cursor.set(Some(next));
            let _ = row.focus();
        }
    }
}

fn taken(event: &ev::KeyboardEvent) {
    event.prevent_default();
    event.stop_propagation();
}

/// The key so many rows further on; the first where the cursor is nowhere.
fn stepped<'a>(keys: &'a [String], cursor: Option<&str>, by: isize) -> Option<&'a String> {
    let at = keys.iter().position(|key| Some(key.as_str()) == cursor);
    let next = at.map_or(0, |at| at.saturating_add_signed(by));
    keys.get(next.min(keys.len().checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::{END, stepped};

    #[test]
    fn a_step_stays_within_the_rows() {
        let keys = ["a", "b", "c"].map(str::to_owned);
        let step = |cursor, by| stepped(&keys, cursor, by).map(String::as_str);
        assert_eq!(step(Some("a"), 1), Some("b"));
        assert_eq!(step(Some("a"), -1), Some("a"));
        assert_eq!(
            (step(Some("b"), END), step(Some("b"), -END)),
            (Some("c"), Some("a"))
        );
        assert_eq!(
            (step(None, 1), step(Some("gone"), -1)),
            (Some("a"), Some("a"))
        );
        assert_eq!(stepped(&[], None, 1), None);
    }
}
