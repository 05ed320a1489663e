//! Where the file goes: a path on this computer, or home through the browser.

use gantry_view::{ExportFormat, PickSavePath};
use leptos::{prelude::*, task::spawn_local};

use super::plan::{Destination, Plan};
use crate::{
    backend,
    i18n::use_text,
    parts::{Icon, IconButton, IconSize, Segment, Segmented, Symbol},
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
    let pick = move |_| {
        let suggested = store.expand_home(&untrack(|| plan.path()));
        spawn_local(async move {
            let title = store.text().export.title().to_owned();
            // Without an answer the path stays as it was.
            if let Ok(Some(path)) = backend::call(&PickSavePath { title, suggested }).await {
                let _ = plan.typed.try_set(Some(path));
            }
        });
    };
    let faulty = move || {
        let path = plan.path();
        let path = path.trim();
        !path.is_empty() && !path.starts_with(['/', '~'])
    };
    let is_folder = move || plan.format.get() == ExportFormat::OciFolder;
    view! {
        <div class="field">
            <label for="export-path">{words.save_to()}</label>
            <div class="affix">
                <Icon symbol=Symbol::Folder size=IconSize::Small />
                <input
                    id="export-path"
                    class="input input--mono"
                    spellcheck="false"
                    autocomplete="off"
                    aria-invalid=move || faulty().then_some("true")
                    prop:value=move || plan.path()
                    on:input=move |event| plan.typed.set(Some(event_target_value(&event)))
                    data-test="export-path"
                />
                <Show when=move || store.in_desktop()>
                    <span class="affix-end">
                        <IconButton
                            symbol=Symbol::FolderOpen
                            label=words.choose()
                            small=true
                            on_press=pick
                        />
                    </span>
                </Show>
            </div>
            <Show when=faulty>
                <span class="hint hint--bad">{words.path_absolute()}</span>
            </Show>
        </div>
        <Show when=move || !is_folder()>
            <label class="row">
                <input
                    class="check"
                    type="checkbox"
                    prop:checked=move || plan.checksum.get()
                    on:change=move |event| plan.checksum.set(event_target_checked(&event))
                    data-test="export-checksum"
                />
                <span>{words.checksum()}</span>
            </label>
        </Show>
    }
}
