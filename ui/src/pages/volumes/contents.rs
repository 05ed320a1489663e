//! What a volume holds, folder by folder.

use gantry_view::{Failure, FileEntry, FileKind, FilePage, VolumeEntries};
use leptos::{prelude::*, task::spawn_local};

use super::usage::Usage;
use crate::{
    backend,
    i18n::use_text,
    parts::{ErrorCard, Icon, IconButton, Symbol},
};

#[component]
pub fn Contents(name: StoredValue<String>, usage: Usage) -> impl IntoView {
    let words = use_text().volumes;
    let dir = RwSignal::new(String::new());
    let page = RwSignal::new(None::<Result<FilePage, Failure>>);
    Effect::new(move |_| {
        let wanted = dir.get();
        spawn_local(async move {
            let request = VolumeEntries {
                name: name.get_value(),
                dir: wanted.clone(),
            };
            let answer = backend::call(&request).await;
            // The person may be elsewhere by now.
            if dir.try_get_untracked() == Some(wanted) {
                let _ = page.try_set(Some(answer));
            }
        });
    });
    let files = move || {
        let found = usage.of(&name.get_value());
        found.map(|found| words.files(found.files))
    };
    let up = move || {
        dir.update(|dir| {
            let above = dir.rsplit_once('/').map_or("", |(above, _)| above);
            *dir = above.to_owned();
        });
    };
    let place = move || {
        let here = dir.get();
        (!here.is_empty()).then(|| {
            view! {
                <div class="row row--tight volume-place">
                    <IconButton
                        symbol=Symbol::ChevronLeft
                        label=words.up()
                        small=true
                        on_press=move |_| up()
                    />
                    <span class="mono sm cut">{here}</span>
                </div>
            }
        })
    };
    let listed = move || match page.get() {
        None => ().into_any(),
        Some(Err(failure)) => view! { <ErrorCard failure /> }.into_any(),
        Some(Ok(found)) if found.entries.is_empty() => {
            view! { <p class="t3 sm pad">{words.empty()}</p> }.into_any()
        }
        Some(Ok(found)) => {
            let rows = found.entries.into_iter().map(|entry| row(entry, dir));
            let more = (found.more > 0)
                .then(|| view! { <p class="t3 sm pad">{words.more(found.more)}</p> });
            view! {
                {rows.collect_view()}
                {more}
            }
            .into_any()
        }
    };
    view! {
        <div>
            <div class="label row">
                {words.contents()} <span class="push t3 volume-files">{files}</span>
            </div>
            <div class="card volume-files-card">
                {place} <div class="tree" data-test="volume-files">{listed}</div>
            </div>
        </div>
    }
}

fn row(entry: FileEntry, dir: RwSignal<String>) -> AnyView {
    let text = use_text();
    let size = (entry.kind != FileKind::Link).then(|| text.size(entry.size));
    let symbol = match entry.kind {
        FileKind::Folder => Symbol::Folder,
        FileKind::File | FileKind::Link | FileKind::Special => Symbol::FileText,
    };
    let target = entry.target.map(|target| format!(" → {target}"));
    let title = text.moment(entry.modified_at);
    let name = entry.name.clone();
    let content = view! {
        <Icon symbol />
        <span class="nm cut">{entry.name} <span class="t3">{target}</span></span>
        <span class="sz">{size}</span>
    };
    if entry.kind != FileKind::Folder {
        return view! {
            <div class="tree-row" title=title>
                {content}
            </div>
        }
        .into_any();
    }
    let open = move |_| {
        dir.update(|dir| {
            if !dir.is_empty() {
                dir.push('/');
            }
            dir.push_str(&name);
        });
    };
    view! {
        <button class="tree-row tree-row--button" title=title on:click=open>
            {content}
        </button>
    }
    .into_any()
}
