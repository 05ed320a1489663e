//! What the list shows and in which order, what is ticked, and where the keyboard is.

use std::collections::{BTreeSet, HashMap};

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    filter::{Counts, Filter, count, matches},
    order::{Column, Places, Sort},
};
use crate::state::{Standings, Store};

/// The list of containers, shared by the table and the narrow list beside a detail.
#[derive(Clone, Copy)]
pub struct ListModel {
    store: Store,
    pub filter: RwSignal<String>,
    pub segment: RwSignal<Filter>,
    pub sort: RwSignal<Sort>,
    /// What containers used lately, where the order asks for it.
    pub standings: RwSignal<Standings>,
    pub counts: Memo<Counts>,
    /// Ids in the order they are shown.
    pub shown: Memo<Vec<String>>,
    pub ticked: RwSignal<BTreeSet<String>>,
    /// The row that the keyboard is on.
    pub cursor: RwSignal<Option<String>>,
    /// While the pointer rests on rows they keep their places.
    pub hovered: RwSignal<bool>,
    pub scroller: NodeRef<html::Div>,
    /// Where an extension of the ticks began.
    anchor: StoredValue<Option<String>>,
}

impl ListModel {
    pub fn new(store: Store) -> Self {
        let filter = RwSignal::new(String::new());
        let segment = RwSignal::new(Filter::All);
        let kept = store.remembered("containers.sort").unwrap_or_default();
        let sort = RwSignal::new(Sort::from_setting(&kept));
        let hovered = RwSignal::new(false);
        let standings = RwSignal::new(Standings::new());
        let ticked = RwSignal::new(BTreeSet::<String>::new());
        let places = StoredValue::new(Places::default());
        // Whether what is shown is in another order than it would be if nothing rested on it.
        let held = StoredValue::new(false);
        let shown = Memo::new_owning(move |before: Option<Vec<String>>| {
            let query = filter.get().trim().to_lowercase();
            let (segment, sort, hovered) = (segment.get(), sort.get(), hovered.get());
            if sort.column.is_measured() {
                standings.track();
            }
            let look = |places: &mut Places| {
                places.begin(sort);
                standings.with_untracked(|standings| {
                    store.containers.for_each(|container| {
                        if segment.fits(container) && matches(container, &query) {
                            places.see(container, standings.get(&container.id));
                        }
                    });
                });
                places.end()
            };
            let moved = places.try_update_value(look).unwrap_or_default();
            let ids = || places.with_value(|places| places.ids().to_vec());
            match before {
                Some(before) if !moved && (hovered || !held.get_value()) => (before, false),
                Some(before) => {
                    held.set_value(hovered);
                    let now = if hovered {
                        keep_places(&before, ids())
                    } else {
                        ids()
                    };
                    let differs = now != before;
                    (now, differs)
                }
                None => (ids(), true),
            }
        });
        // What is gone is not ticked any more.
        Effect::new(move |_| {
            let gone =
                ticked.with(|ticked| ticked.iter().any(|id| store.containers.cell(id).is_none()));
            store.containers.len();
            if gone {
                ticked.update(|ticked| ticked.retain(|id| store.containers.cell(id).is_some()));
            }
        });
        let model = Self {
            store,
            filter,
            segment,
            sort,
            standings,
            counts: Memo::new(move |_| count(store)),
            shown,
            ticked,
            cursor: RwSignal::new(None),
            hovered,
            scroller: NodeRef::new(),
            anchor: StoredValue::new(None),
        };
        Effect::new(move |before: Option<Vec<String>>| {
            let now = shown.get();
            if let Some(before) = before {
                model.leave_gone_row(&before, &now);
            }
            now
        });
        model
    }

    /// The keyboard does not get lost with the row it was on: the next one takes it.
    fn leave_gone_row(self, before: &[String], now: &[String]) {
        let Some(cursor) = self.cursor.get_untracked() else {
            return;
        };
        let Some(at) = before.iter().position(|id| *id == cursor) else {
            return;
        };
        if now.contains(&cursor) {
            return;
        }
        let next = at.min(now.len().saturating_sub(1));
        self.cursor.set(now.get(next).cloned());
        request_animation_frame(move || {
            let lost = document()
                .active_element()
                .is_none_or(|element| element.tag_name() == "BODY");
            if lost {
                self.focus_row(next);
            }
        });
    }

    /// Sorts by a column; again turns it round. Who asks for what is used wants the most first.
    pub fn sort_by(self, column: Column) {
        self.sort.update(|sort| {
            sort.descending = if sort.column == column {
                !sort.descending
            } else {
                column.is_measured()
            };
            sort.column = column;
        });
        let setting = self.sort.get_untracked().to_setting();
        self.store.remember("containers.sort", setting);
    }

    pub fn toggle(self, id: &str) {
        self.anchor.set_value(Some(id.to_owned()));
        self.ticked.update(|ticked| {
            if !ticked.remove(id) {
                ticked.insert(id.to_owned());
            }
        });
    }

    /// Ticks everything from where ticking began to here.
    pub fn extend_to(self, id: &str) {
        let from = self.anchor.get_value().or(self.cursor.get_untracked());
        let place = |wanted: &str| {
            self.shown
                .with_untracked(|shown| shown.iter().position(|id| id == wanted))
        };
        let (Some(a), Some(b)) = (from.as_deref().and_then(place), place(id)) else {
            return self.toggle(id);
        };
        if self.anchor.with_value(Option::is_none) {
            self.anchor.set_value(from);
        }
        let reach = self
            .shown
            .with_untracked(|shown| shown[a.min(b)..=a.max(b)].to_vec());
        self.ticked.update(|ticked| ticked.extend(reach));
    }

    pub fn tick_all(self, on: bool) {
        let all = if on {
            self.shown.get_untracked().into_iter().collect()
        } else {
            BTreeSet::new()
        };
        self.ticked.set(all);
    }

    /// What a verb applies to: the ticked rows, else the one the keyboard is on.
    pub fn targets(self) -> Vec<String> {
        let ticked: Vec<String> = self
            .shown
            .get_untracked()
            .into_iter()
            .filter(|id| self.ticked.with_untracked(|ticked| ticked.contains(id)))
            .collect();
        if ticked.is_empty() {
            self.cursor.get_untracked().into_iter().collect()
        } else {
            ticked
        }
    }

    /// Moves the keyboard by rows and returns where it is then.
    pub fn step(self, by: isize) -> Option<String> {
        let shown = self.shown.get_untracked();
        let last = shown.len().checked_sub(1)?;
        let at = self
            .cursor
            .with_untracked(|cursor| shown.iter().position(|id| Some(id) == cursor.as_ref()));
        let next = match at {
            Some(at) => at.saturating_add_signed(by).min(last),
            None if by > 0 => 0,
            None => last,
        };
        self.focus_row(next);
        shown.get(next).cloned()
    }

    /// Gives the keyboard to the list, at the row it was on.
    pub fn focus_list(self) {
        let at = self.cursor.with_untracked(|cursor| {
            self.shown
                .with_untracked(|shown| shown.iter().position(|id| Some(id) == cursor.as_ref()))
        });
        self.focus_row(at.unwrap_or(0));
    }

    fn focus_row(self, index: usize) {
        let Some(id) = self.shown.with_untracked(|shown| shown.get(index).cloned()) else {
            return;
        };
        self.cursor.set(Some(id.clone()));
        if focus_element(&id) {
            return;
        }
        // A row out of sight is not in the page: scroll there, and it will be.
        if let Some(scroller) = self.scroller.get_untracked() {
            let share = index as f64 / self.shown.with_untracked(Vec::len) as f64;
            scroller.set_scroll_top((f64::from(scroller.scroll_height()) * share) as i32);
        }
        request_animation_frame(move || {
            request_animation_frame(move || {
                focus_element(&id);
            });
        });
    }
}

fn focus_element(id: &str) -> bool {
    document()
        .query_selector(&format!("[data-row=\"{id}\"]"))
        .ok()
        .flatten()
        .and_then(|row| row.dyn_into::<HtmlElement>().ok())
        .is_some_and(|row| row.focus().is_ok())
}

/// The new set of rows with the old ones where they were and newcomers at the end.
fn keep_places(before: &[String], mut now: Vec<String>) -> Vec<String> {
    let places: HashMap<&String, usize> = before.iter().zip(0..).collect();
    now.sort_by_key(|id| places.get(id).copied().unwrap_or(usize::MAX));
    now
}

#[cfg(test)]
mod tests {
    use super::keep_places;

    #[test]
    fn rows_keep_their_places_while_hovered() {
        let ids = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
        let now = keep_places(&ids(&["a", "b", "c"]), ids(&["c", "e", "d", "a"]));
        assert_eq!(now, ids(&["a", "c", "e", "d"]));
    }
}
