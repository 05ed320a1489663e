//! What the person chose: read at the start, kept on every change.

use gantry_view::{GetHost, GetSettings, SetSettings, Settings};
use leptos::{prelude::*, task::spawn_local};

use super::{Outcome, Store, breakpoints::Breakpoints, look};
use crate::backend;

/// Reads host and settings, and dresses the page accordingly from then on.
pub(super) fn read(store: Store) {
    spawn_local(async move {
        // Without an answer the defaults stay; the link tells what is wrong.
        if let Ok(host) = backend::call(&GetHost {}).await {
            store.host.set(host);
        }
        if let Ok(settings) = backend::call(&GetSettings {}).await {
            store.settings.set(settings);
        }
    });
    let breakpoints = Breakpoints::new();
    let scale = Memo::new(move |_| store.settings.with(|settings| settings.scale));
    Effect::new(move |_| breakpoints.scale(scale.get()));
    Effect::new(move |_| look::apply(&store.settings.get(), store.lang(), store.own_title_bar()));
}

impl Store {
    /// Changes settings at once and keeps them.
    pub fn change_settings(self, change: impl FnOnce(&mut Settings)) {
        self.settings.update(change);
        let settings = self.settings.get_untracked();
        spawn_local(async move {
            if let Err(failure) = backend::call(&SetSettings { settings }).await {
                let text = self.text().settings.not_kept(&failure.raw);
                self.report(Outcome::Failed, text, None);
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
