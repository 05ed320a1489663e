//! Files that are ticked in a tree. A folder stands for all that is in it.

use std::collections::BTreeSet;

use leptos::prelude::*;

/// The ticked paths.
#[derive(Debug, Clone, Copy)]
pub struct Ticks(RwSignal<BTreeSet<String>>);

impl Ticks {
    pub fn new() -> Self {
        Self(RwSignal::new(BTreeSet::new()))
    }

    /// Whether a path is ticked, itself or with a folder that it lies in.
    pub fn has(self, path: &str) -> bool {
        self.0
            .with(|paths| paths.contains(path) || above(path).any(|folder| paths.contains(folder)))
    }

    /// Whether a folder that the path lies in is ticked, so that it goes along.
    pub fn has_above(self, path: &str) -> bool {
        self.0
            .with(|paths| above(path).any(|folder| paths.contains(folder)))
    }

    /// Ticks a path, or takes its tick away; what lies in it needs none of its own.
    pub fn toggle(self, path: &str) {
        if self.has_above(path) {
            return;
        }
        self.0.update(|paths| {
            if !paths.remove(path) {
                let inside = format!("{path}/");
                paths.retain(|other| !other.starts_with(&inside));
                paths.insert(path.to_owned());
            }
        });
    }

    pub fn all(self) -> Vec<String> {
        self.0.with(|paths| paths.iter().cloned().collect())
    }
}

fn above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticked_folder_takes_along_what_is_in_it() {
        Owner::new().with(|| {
            let ticks = Ticks::new();
            ticks.toggle("etc/hosts");
            ticks.toggle("etc");
            assert_eq!(ticks.all(), ["etc"]);
            assert!(ticks.has("etc/hosts") && ticks.has_above("etc/hosts"));
            assert!(!ticks.has("etcetera"));
            ticks.toggle("etc/hosts");
            assert_eq!(ticks.all(), ["etc"]);
            ticks.toggle("etc");
            assert!(ticks.all().is_empty());
        });
    }
}
