//! What the person chose: read at the start, kept on every change.

use gantry_view::{GetHost, GetSettings, SetSettings, Settings};
use leptos::{prelude::*, task::spawn_local};

use super::{Outcome, Store, breakpoints::Breakpoints, look};
use crate::backend;

/// Settings on their way to where they are kept: one call at a time, or an older one might come
/// last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Keeping {
    #[default]
    Rests,
    UnderWay,
    /// They changed since they were sent.
    Outdated,
}

impl Keeping {
    /// They changed. Whether they have to be sent now.
    fn begin(&mut self) -> bool {
        let sends = *self == Self::Rests;
        *self = if sends {
            Self::UnderWay
        } else {
            Self::Outdated
        };
        sends
    }

    /// What was sent is kept. Whether it has to be sent again.
    fn end(&mut self) -> bool {
        let again = *self == Self::Outdated;
        *self = if again { Self::UnderWay } else { Self::Rests };
        again
    }
}

/// Reads host and settings, and dresses the page accordingly from then on.
pub(super) fn read(store: Store) {
    spawn_local(async move {
        // Without an answer the defaults stay; the link tells what is wrong.
        if let Ok(host) = backend::call(&GetHost {}).await {
            store.host.set(host);
        }
    });
    spawn_local(async move {
        if let Ok(settings) = backend::call(&GetSettings {}).await {
            store.settings.set(settings);
        }
        store.settled.set(true);
    });
    let breakpoints = Breakpoints::new();
    let scale = Memo::new(move |_| store.settings.with(|settings| settings.scale));
    Effect::new(move |_| breakpoints.scale(scale.get()));
    Effect::new(move |_| look::apply(&store.settings.get(), store.lang(), store.own_title_bar()));
}

impl Store {
    /// Changes settings at once and keeps them. Before they were read there are none to change:
    /// the defaults would take the place of what is kept.
    pub fn change_settings(self, change: impl FnOnce(&mut Settings)) {
        if !self.settled.get_untracked() {
            return;
        }
        self.settings.update(change);
        let sends = self.keeping.try_update_value(Keeping::begin);
        if sends != Some(true) {
            return;
        }
        spawn_local(async move {
            loop {
                let settings = self.settings.get_untracked();
                if let Err(failure) = backend::call(&SetSettings { settings }).await {
                    let text = self.text().settings.not_kept(&failure.raw);
                    self.report(Outcome::Failed, text, None);
                }
                if self.keeping.try_update_value(Keeping::end) != Some(true) {
                    return;
                }
            }
        });
    }

    /// A length at the interface size in force, from its pixels at 100 %.
    pub fn pixels(self, length: f64) -> f64 {
        self.settings
            .with(|settings| length * f64::from(settings.scale) / 100.0)
    }

    /// Whether rows stand close together.
    pub fn is_compact(self) -> bool {
        self.settings.with(|settings| settings.density == "compact")
    }

    /// Something a view remembers of itself: sort, columns, widths.
    pub fn remembered(self, view: &str) -> Option<String> {
        self.settings
            .with_untracked(|settings| settings.views.get(view).cloned())
    }

    pub fn remember(self, view: &str, value: String) {
        if self.remembered(view).as_ref() != Some(&value) {
            self.change_settings(|settings| {
                settings.views.insert(view.to_owned(), value);
            });
        }
    }

    /// Makes everything larger or smaller by steps of ten percent; 0 goes back to 100 %.
    pub fn resize_interface(self, steps: i16) {
        self.change_settings(|settings| {
            settings.scale = match steps {
                0 => 100,
                steps => settings
                    .scale
                    .saturating_add_signed(steps * 10)
                    .clamp(80, 200),
            };
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Keeping;

    #[test]
    fn one_call_is_under_way_and_the_last_change_is_sent() {
        let mut keeping = Keeping::default();
        assert!(keeping.begin());
        assert!(!keeping.begin() && !keeping.begin());
        assert!(keeping.end(), "it changed meanwhile");
        assert!(!keeping.end());
        assert!(keeping.begin());
    }
}
