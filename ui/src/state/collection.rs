//! Things with ids, each behind a signal of its own.

use std::collections::{HashMap, HashSet};

use gantry_view::{Container, Image, Network, Task, Volume};
use leptos::prelude::*;

/// Something that a collection finds again by its id.
pub trait Keyed: Clone + PartialEq + Send + Sync + 'static {
    fn key(&self) -> &str;
}

impl Keyed for Container {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Keyed for Image {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Keyed for Volume {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Keyed for Network {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Keyed for Task {
    fn key(&self) -> &str {
        &self.id
    }
}

/// A set of things by id. A change to one wakes those who read that one and those who read them
/// all; coming and going wakes those who read the list.
pub struct Collection<T: Keyed> {
    keys: RwSignal<Vec<String>>,
    cells: StoredValue<HashMap<String, ArcRwSignal<T>>>,
    /// Told of every change. Who reads hundreds of things follows this one signal and not each of
    /// theirs, which would be subscribed to anew with every change to any of them.
    any: Trigger,
}

/// What became of something that was told.
enum Stored {
    New,
    Changed,
    Same,
}

// Derived, these would ask `T` to be `Copy`.
#[allow(clippy::expl_impl_clone_on_copy)]
impl<T: Keyed> Clone for Collection<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Keyed> Copy for Collection<T> {}

impl<T: Keyed> Collection<T> {
    pub fn new() -> Self {
        Self {
            keys: RwSignal::new(Vec::new()),
            cells: StoredValue::new(HashMap::new()),
            any: Trigger::new(),
        }
    }

    /// Replaces everything; what stays the same wakes nobody.
    pub fn reset(self, items: Vec<T>) {
        let keys: Vec<String> = items.iter().map(|item| item.key().to_owned()).collect();
        for item in items {
            self.store(item);
        }
        self.any.notify();
        let present: HashSet<&String> = keys.iter().collect();
        self.cells
            .update_value(|cells| cells.retain(|key, _| present.contains(key)));
        if self.keys.with_untracked(|old| *old != keys) {
            self.keys.set(keys);
        }
    }

    /// Adds it, or replaces the one with the same id.
    pub fn put(self, item: T) {
        let key = item.key().to_owned();
        match self.store(item) {
            Stored::New => self.keys.update(|keys| keys.push(key)),
            Stored::Changed => self.any.notify(),
            Stored::Same => {}
        }
    }

    pub fn remove(self, key: &str) {
        let removed = self
            .cells
            .try_update_value(|cells| cells.remove(key).is_some());
        if removed == Some(true) {
            self.keys.update(|keys| keys.retain(|kept| kept != key));
        }
    }

    fn store(self, item: T) -> Stored {
        let known = self
            .cells
            .with_value(|cells| cells.get(item.key()).cloned());
        if let Some(cell) = known {
            if cell.with_untracked(|old| *old == item) {
                return Stored::Same;
            }
            cell.set(item);
            return Stored::Changed;
        }
        self.cells.update_value(|cells| {
            cells.insert(item.key().to_owned(), ArcRwSignal::new(item));
        });
        Stored::New
    }

    /// The signal behind an id; outlives its removal for those who hold it.
    pub fn cell(self, key: &str) -> Option<ArcRwSignal<T>> {
        self.cells.with_value(|cells| cells.get(key).cloned())
    }

    /// The thing with this id, following both its coming and going and its changes.
    pub fn get(self, key: &str) -> Option<T> {
        self.keys.track();
        self.cell(key).map(|cell| cell.get())
    }

    pub fn get_untracked(self, key: &str) -> Option<T> {
        self.cell(key).map(|cell| cell.get_untracked())
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.keys.with(Vec::len)
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Shows each one to `see`, following all of them.
    pub fn for_each(self, mut see: impl FnMut(&T)) {
        self.any.track();
        self.keys.with(|keys| {
            self.cells.with_value(|cells| {
                for cell in keys.iter().filter_map(|key| cells.get(key)) {
                    cell.with_untracked(&mut see);
                }
            });
        });
    }

    /// Copies of those that fit, following all of them.
    pub fn filtered(self, mut fits: impl FnMut(&T) -> bool) -> Vec<T> {
        let mut found = Vec::new();
        self.for_each(|item| {
            if fits(item) {
                found.push(item.clone());
            }
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::Image;
    use leptos::prelude::*;

    use super::Collection;

    fn image(id: &str, size: u64) -> Image {
        Image {
            id: id.to_owned(),
            tags: Vec::new(),
            size,
            download_size: 0,
            unique_size: 0,
            created_at: None,
            platform: String::new(),
            runnable: true,
            layers: 1,
            used_by: Vec::new(),
        }
    }

    #[test]
    fn who_reads_all_hears_of_each_change_and_of_coming_and_going() {
        let owner = Owner::new();
        owner.set();
        let images = Collection::new();
        let sum = Memo::new(move |_| {
            let mut sum = 0;
            images.for_each(|image: &Image| sum += image.size);
            sum
        });
        images.reset(vec![image("a", 1), image("b", 2)]);
        assert_eq!(sum.get_untracked(), 3);
        images.put(image("b", 5));
        assert_eq!(sum.get_untracked(), 6);
        images.put(image("c", 1));
        assert_eq!(sum.get_untracked(), 7);
        images.remove("a");
        assert_eq!(sum.get_untracked(), 6);
        images.reset(vec![image("b", 9)]);
        assert_eq!((sum.get_untracked(), images.len()), (9, 1));
    }
}
