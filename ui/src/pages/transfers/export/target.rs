//! Where the file goes: a path on this computer, or home through the browser.

use gantry_view::{ExportFormat, PickSavePath};
use leptos::{prelude::*, task::spawn_local};

use super::plan::{Destination, Plan};
use crate::{
    backend,
    i18n::use_text,
    parts::{PathInput, Segment, Segmented, Switch},
};

#[component]
pub fn Target(plan: Plan) -> impl IntoView {
    let words = use_text().export;
    let in_browser = move || !plan.store.in_desktop();
    let segments = vec![
        Segment::new(Destination::Path, words.to_path()),
        Segment::new(Destination::Browser, words.to_browser()),
    ];
    view! {
        <Show when=in_browser>
            <div class="field">
                <span class="label">{words.destination()}</span>
                <Segmented
                    label=words.destination()
                    segments=segments.clone()
                    value=plan.destination
                    on_choose=move |destination| plan.destination.set(destination)
                    class="start"
                />
            </div>
        </Show>
        <Show
            when=move || plan.destination.get() == Destination::Path
            fallback=move || view! { <span class="hint">{words.browser_hint()}</span> }
        >
            <PathField plan />
        </Show>
    }
}

#[component]
fn PathField(plan: Plan) -> impl IntoView {
    let text = use_text();
    let words = text.export;
    let store = plan.store;
    Effect::new(move |_| {
        plan.format.track();
        plan.compression.track();
        plan.fit_extension();
    });
    let pick = move |()| {
        let suggested = store.expand_home(&untrack(|| plan.path()));
        spawn_local(async move {
            let title = store.text().export.title().to_owned();
            // Without an answer the path stays as it was.
            if let Ok(Some(path)) = backend::call(&PickSavePath { title, suggested }).await {
                // That dialog has asked.
                let _ = plan.replaced.try_set(Some(path.clone()));
                let _ = plan.typed.try_set(Some(path));
            }
        });
    };
    let on_choose = store.in_desktop().then(|| Callback::new(pick));
    let is_folder = move || plan.format.get() == ExportFormat::OciFolder;
    view! {
        <PathInput
            label=words.save_to()
            value=Signal::derive(move || plan.path())
            on_input=move |typed| plan.typed.set(Some(typed))
            on_choose
            test="export-path"
        />
        <Show when=move || !is_folder()>
            <Switch on=plan.checksum label=words.checksum() test="export-checksum" />
        </Show>
    }
}
