//! The export drawer: which images, as what, to where, and what it will take.

mod estimate;
mod images;
mod picker;
mod plan;
mod target;

use gantry_view::{Compression, ExportFormat, Failure};
use leptos::{prelude::*, task::spawn_local};

use self::{
    estimate::{Estimate, Estimates},
    images::Chosen,
    plan::{Destination, Plan},
    target::Target,
};
use crate::{
    i18n::use_text,
    parts::{Button, ButtonKind, CommandText, Drawer, ExistsCard, Segment, Segmented, Symbol},
    state::{Outcome, Store, use_store},
};

#[component]
pub fn ExportDrawer() -> impl IntoView {
    let text = use_text();
    let words = text.export;
    let store = use_store();
    let plan = Plan::new(store);
    let estimate = Estimates::follow(plan);
    let failure = RwSignal::new(None::<Failure>);
    let busy = RwSignal::new(false);
    let close = move || store.export.set(None);
    let blocked = Signal::derive(move || {
        plan.fault(text).or_else(|| {
            estimate
                .short_of()
                .map(|bytes| words.short_of(&text.size(bytes)))
        })
    });
    let go = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            match plan.start().await {
                Ok(task) => {
                    tell(store, plan, task);
                    close();
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let replace = Callback::new(move |()| {
        plan.replaced.set(Some(plan.whole_path()));
        go();
    });
    let free = move || {
        let free = estimate.free_bytes()?;
        Some(match estimate.short_of() {
            Some(short) => view! {
                <span class="sm hint--bad grow">{words.short_of(&text.size(short))}</span>
            }
            .into_any(),
            None => {
                view! { <span class="sm t3 grow">{words.free(&text.size(free))}</span> }.into_any()
            }
        })
    };
    let footer = move || {
        view! {
            {free}
            <span class="push"></span>
            <Button on_press=move |()| close()>{text.common.cancel()}</Button>
            <Button
                kind=ButtonKind::Primary
                icon=Symbol::Package
                busy
                disabled=blocked
                on_press=move |()| go()
                {..}
                data-test="export-go"
            >
                {words.export()}
            </Button>
        }
    };
    view! {
        <Drawer title=words.title() on_close=move |()| close() footer>
            <div class="col export-form" data-test="export-drawer">
                {move || {
                    let failure = failure.get();
                    failure.map(|failure| view! { <ExistsCard failure on_replace=Some(replace) /> })
                }}
                <Chosen plan />
                <FormatField plan />
                <CompressionField plan />
                <Target plan />
                <Estimate plan estimate />
                {move || plan.command().map(|command| view! { <CommandText command /> })}
            </div>
        </Drawer>
    }
}

/// Says that the engine's task began, and later how it ended; what a browser fetches it shows
/// itself.
fn tell(store: Store, plan: Plan, task: Option<String>) {
    let words = store.text().export;
    match task {
        Some(task) => {
            store.report(Outcome::Busy, words.started(&plan.file_name()), None);
            store.when_task_ends(&task, |_| ());
        }
        None => store.report(Outcome::Done, words.download_started().to_owned(), None),
    }
}

#[component]
fn FormatField(plan: Plan) -> impl IntoView {
    let text = use_text();
    let words = text.export;
    let hint = move || match plan.format.get() {
        ExportFormat::DockerArchive => words.docker_hint(),
        ExportFormat::OciArchive => words.oci_hint(),
        ExportFormat::OciFolder => words.folder_hint(),
    };
    let segments = move || {
        let mut segments = vec![
            Segment::new(ExportFormat::DockerArchive, words.docker_archive()),
            Segment::new(ExportFormat::OciArchive, words.oci_archive()),
        ];
        if plan.destination.get() == Destination::Path {
            segments.push(Segment::new(ExportFormat::OciFolder, words.oci_folder()));
        }
        segments
    };
    view! {
        <div class="field">
            <span class="label">{words.format()}</span>
            {move || {
                view! {
                    <Segmented
                        label=words.format()
                        segments=segments()
                        value=plan.format
                        on_choose=move |format| plan.format.set(format)
                        class="start"
                    />
                }
            }}
            <span class="hint">{hint}</span>
        </div>
    }
}

#[component]
fn CompressionField(plan: Plan) -> impl IntoView {
    let words = use_text().export;
    let segments = vec![
        Segment::new(Compression::None, words.no_compression()),
        Segment::new(Compression::Zstd, "zstd"),
        Segment::new(Compression::Gzip, "gzip"),
    ];
    let folder = move || plan.format.get() == ExportFormat::OciFolder;
    view! {
        <div class="field">
            <span class="label">{words.compression()}</span>
            <Show
                when=move || !folder()
                fallback=move || view! { <span class="hint">{words.folder_plain()}</span> }
            >
                <Segmented
                    label=words.compression()
                    segments=segments.clone()
                    value=plan.compression
                    on_choose=move |compression| plan.compression.set(compression)
                    class="start"
                />
            </Show>
        </div>
    }
}
