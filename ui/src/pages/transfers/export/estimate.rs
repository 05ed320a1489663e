//! What the export will hold, and whether it fits.

use std::time::Duration;

use gantry_view::{Compression, EstimateExport, ExportEstimate, ExportFormat};
use leptos::{prelude::*, task::spawn_local};

use super::plan::{Destination, Plan};
use crate::{backend, i18n::use_text};

/// The engine is asked once the typing rests.
const REST: Duration = Duration::from_millis(200);

/// The engine's last word; none while it is not known.
#[derive(Clone, Copy)]
pub struct Estimates(RwSignal<Option<ExportEstimate>>);

impl Estimates {
    /// Asks anew whenever the images or the path change.
    pub fn follow(plan: Plan) -> Self {
        let known = RwSignal::new(None);
        let wanted = Memo::new(move |_| {
            let path = (plan.destination.get() == Destination::Path)
                .then(|| plan.store.expand_home(plan.path().trim()))
                .filter(|path| path.starts_with('/'));
            (plan.images(), path)
        });
        Effect::new(move |_| {
            let asked = wanted.get();
            if asked.0.is_empty() {
                known.set(None);
                return;
            }
            set_timeout(
                move || {
                    if wanted.try_get_untracked().as_ref() != Some(&asked) {
                        return;
                    }
                    spawn_local(async move {
                        let (images, path) = asked.clone();
                        let answer = backend::call(&EstimateExport { images, path }).await;
                        if wanted.try_get_untracked() == Some(asked) {
                            // Without an estimate the export still works; it is only not foretold.
                            let _ = known.try_set(answer.ok());
                        }
                    });
                },
                REST,
            );
        });
        Self(known)
    }

    pub fn free_bytes(self) -> Option<u64> {
        self.0.with(|known| known.as_ref()?.free_bytes)
    }

    /// How many bytes too many it would be for the disk.
    pub fn short_of(self) -> Option<u64> {
        self.0.with(|known| {
            let known = known.as_ref()?;
            known.archive_bytes.checked_sub(known.free_bytes?)
        })
    }
}

#[component]
pub fn Estimate(plan: Plan, estimate: Estimates) -> impl IntoView {
    let text = use_text();
    let words = text.export;
    let row = move |label: String, value: String, strong: bool| {
        let (term, number) = if strong {
            ("med t1", "num med")
        } else {
            ("", "num")
        };
        view! {
            <dt class=term>{label}</dt>
            <dd class=number>{value}</dd>
        }
    };
    let total = move || {
        let plain = plan.compression.get() == Compression::None;
        match plan.format.get() {
            ExportFormat::OciFolder => words.the_folder(),
            _ if plain => words.the_archive(),
            _ => words.before_compression(),
        }
    };
    move || {
        estimate.0.get().map(|known| {
            let count = plan.images().len();
            let several = (count > 1).then(|| {
                let shared = (known.shared_bytes > 0).then(|| {
                    let saved = format!("− {}", text.size(known.shared_bytes));
                    row(words.shared_once().to_owned(), saved, false)
                });
                view! {
                    {row(words.images(count), text.size(known.sum_bytes), false)}
                    {shared}
                }
            });
            view! {
                <div class="card estimate" data-test="export-estimate">
                    <dl class="kv sm">
                        {several}
                        {row(total().to_owned(), text.size(known.archive_bytes), true)}
                    </dl>
                </div>
            }
        })
    }
}
