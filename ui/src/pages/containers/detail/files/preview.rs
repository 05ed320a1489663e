//! One file: what it holds, now and in the image, and what can be done with it.

use gantry_view::{
    EntryChange, EntryKind, Failure, FileContent, FileSide, FileView, LayerEntry, ReadContainerFile,
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    Files,
    actions::{ask_revert, can_revert},
    diff::Diff,
    drafts::Draft,
    editor::Editor,
};
use crate::{
    backend,
    i18n::use_text,
    pages::files::{ask_delete, ask_rename, change_mark, save},
    parts::{
        Button, ButtonSize, Empty, ErrorCard, IconButton, Segment, Segmented, Symbol, use_layers,
    },
    state::Latest,
};

/// What of a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Diff,
    Now,
    Image,
}

#[component]
pub fn Preview(files: Files) -> impl IntoView {
    let words = use_text().files;
    // A file that grows is still the same: who works on it is not disturbed.
    let chosen = Memo::new(move |_| {
        let (path, entry) = files.chosen.get()?;
        let grows = entry.kind == EntryKind::File && entry.change != EntryChange::Deleted;
        let size = if grows { 0 } else { entry.size };
        Some((path, LayerEntry { size, ..entry }))
    });
    let content = move || match chosen.get() {
        None => view! { <Empty title=words.choose_title() text=words.choose_text() /> }.into_any(),
        Some((path, entry)) => view! { <File files path entry /> }.into_any(),
    };
    view! {
        <section class="pane" aria-label=words.preview() data-pane="" data-test="file-preview">
            {content}
        </section>
    }
}

#[component]
fn File(files: Files, path: String, entry: LayerEntry) -> impl IntoView {
    let is_file = entry.kind == EntryKind::File;
    let first = match entry.change {
        EntryChange::Modified if is_file => Shown::Diff,
        EntryChange::Deleted => Shown::Image,
        _ => Shown::Now,
    };
    let shown = RwSignal::new(first);
    // What was read last, of the side that is shown.
    let read = RwSignal::new(None::<Result<FileView, Failure>>);
    let draft = files.id.with_value(|id| files.drafts.of(id, &path));
    let editing = RwSignal::new(draft.is_some());
    let key = StoredValue::new(path.clone());
    if is_file {
        let latest = Latest::new();
        Effect::new(move |_| {
            files.place.version.track();
            let side = match shown.get() {
                Shown::Image => FileSide::Image,
                Shown::Diff | Shown::Now => FileSide::Now,
            };
            let request = ReadContainerFile {
                id: files.id.get_value(),
                path: key.get_value(),
                side,
            };
            let turn = latest.ask();
            spawn_local(async move {
                let answer = backend::call(&request).await;
                // Another side may be wanted by now.
                if latest.is(turn) {
                    read.set(Some(answer));
                }
            });
        });
    }
    let body = {
        let entry = entry.clone();
        move || {
            let path = key.get_value();
            match (editing.get(), shown.get()) {
                (true, _) => edited(files, path, read, editing),
                (false, Shown::Diff) => view! { <Diff files path /> }.into_any(),
                (false, _) if is_file => view! { <Content read /> }.into_any(),
                _ => view! { <NoFile entry=entry.clone() /> }.into_any(),
            }
        }
    };
    let foot = {
        let entry = entry.clone();
        move || {
            let has_some = entry.change != EntryChange::Deleted || can_revert(&entry);
            (!editing.get() && has_some).then(|| {
                view! { <Foot files path=key.get_value() entry=entry.clone() read editing /> }
            })
        }
    };
    view! {
        <Header files path entry shown read />
        {body}
        {foot}
    }
}

/// The text that was read, to be changed, or as far as it was changed before.
fn edited(
    files: Files,
    path: String,
    read: RwSignal<Option<Result<FileView, Failure>>>,
    editing: RwSignal<bool>,
) -> AnyView {
    let found = read.get_untracked().and_then(Result::ok);
    let waits = files.id.with_value(|id| files.drafts.of(id, &path));
    let draft = match (waits, found) {
        (Some(draft), _) => draft,
        (
            None,
            Some(FileView {
                content: FileContent::Text(text),
                stamp: Some(stamp),
                ..
            }),
        ) => Draft {
            before: text.clone(),
            stamp,
            typed: text,
        },
        (None, _) => return ().into_any(),
    };
    let on_end = move |()| editing.set(false);
    view! { <Editor files path draft on_end /> }.into_any()
}

#[component]
fn Header(
    files: Files,
    path: String,
    entry: LayerEntry,
    shown: RwSignal<Shown>,
    read: RwSignal<Option<Result<FileView, Failure>>>,
) -> impl IntoView {
    let text = use_text();
    let words = text.files;
    let (class, letter, label) = change_mark(entry.change, text.images);
    let mark =
        (!letter.is_empty()).then(|| view! { <span class=class title=label>{letter}</span> });
    let folder = entry.kind == EntryKind::Folder;
    let savable = entry.change != EntryChange::Deleted && (folder || entry.kind == EntryKind::File);
    let sides = (entry.change == EntryChange::Modified && entry.kind == EntryKind::File).then(|| {
        let segments = vec![
            Segment::new(Shown::Diff, words.diff()),
            Segment::new(Shown::Now, words.now()),
            Segment::new(Shown::Image, words.in_image()),
        ];
        let choose = move |side| {
            read.set(None);
            shown.set(side);
        };
        view! {
            <Segmented label=words.version() segments value=shown on_choose=choose class="seg--sm" />
        }
    });
    let about = {
        let entry = entry.clone();
        move || match (entry.change, read.get()) {
            (EntryChange::Deleted, _) => words.was_deleted(&text.exact_bytes(entry.size)),
            (
                _,
                Some(Ok(FileView {
                    size,
                    stamp: Some(stamp),
                    ..
                })),
            ) => {
                let ago = text.ago(stamp.modified_at, files.store.now.get());
                let was = entry.before.filter(|before| *before != size);
                let was = was.map(|before| words.was(&text.exact_bytes(before)));
                words.about(&ago, &text.exact_bytes(size)) + &was.unwrap_or_default()
            }
            _ => String::new(),
        }
    };
    let shown_path = format!("/{path}");
    let press = move |_| save(files.place, path.clone(), folder);
    view! {
        <div class="pane-h">
            <span class="only-narrow">
                <IconButton
                    symbol=Symbol::ChevronLeft
                    label=words.back()
                    small=true
                    on_press=move |_| files.chosen.set(None)
                />
            </span>
            {mark}
            <span class="grow cut">
                <span class="med cut files-path selectable" title=shown_path.clone()>
                    {shown_path.clone()}
                </span>
                <span class="t3 xs cut files-about">{about}</span>
            </span>
            {sides}
            {savable
                .then(|| {
                    view! {
                        <IconButton
                            symbol=Symbol::Download
                            label=if folder { words.save_tar() } else { words.save_copy() }
                            on_press=press
                        />
                    }
                })}
        </div>
    }
}

#[component]
fn Content(read: RwSignal<Option<Result<FileView, Failure>>>) -> impl IntoView {
    let words = use_text().files;
    move || {
        let found = match read.get()? {
            Ok(found) => found,
            Err(failure) => {
                return Some(
                    view! {
                        <div class="pad">
                            <ErrorCard failure />
                        </div>
                    }
                    .into_any(),
                );
            }
        };
        Some(match found.content {
            FileContent::Text(text) => view! {
                <pre class="files-text selectable" tabindex="0" data-test="file-text">
                    {text}
                </pre>
            }
            .into_any(),
            FileContent::Picture(source) => view! {
                <div class="files-picture">
                    <img src=source alt="" data-test="file-picture" />
                </div>
            }
            .into_any(),
            FileContent::Bytes => {
                view! { <Empty title=words.not_text_title() text=words.not_text() /> }.into_any()
            }
            FileContent::TooLarge => {
                view! { <Empty title=words.not_text_title() text=words.too_large() /> }.into_any()
            }
        })
    }
}

/// A folder, a link, or something else without content.
#[component]
fn NoFile(entry: LayerEntry) -> impl IntoView {
    let words = use_text().files;
    let said = if !entry.target.is_empty() {
        words.link_to(&entry.target)
    } else if entry.kind == EntryKind::Folder && entry.files > 0 {
        words.folder_text(entry.files)
    } else {
        String::new()
    };
    view! { <p class="t3 sm pad files-fill">{said}</p> }
}

/// What can be done with it, beside its text.
#[component]
fn Foot(
    files: Files,
    path: String,
    entry: LayerEntry,
    read: RwSignal<Option<Result<FileView, Failure>>>,
    editing: RwSignal<bool>,
) -> impl IntoView {
    let words = use_text().files;
    let layers = use_layers();
    let folder = entry.kind == EntryKind::Folder;
    let deleted = entry.change == EntryChange::Deleted;
    let path = StoredValue::new(path);
    let revert = can_revert(&entry).then(|| {
        let change = entry.change;
        view! {
            <Button
                size=ButtonSize::Small
                icon=Symbol::Undo
                on_press=move |()| ask_revert(layers, files, path.get_value(), change)
                {..}
                data-test="file-ask-revert"
            >
                {words.revert()}
            </Button>
        }
    });
    let others = (!deleted).then(|| {
        view! {
            <Button
                size=ButtonSize::Small
                on_press=move |()| ask_rename(layers, files.place, path.get_value())
                {..}
                data-test="file-rename"
            >
                {words.rename()}
            </Button>
            <Button
                size=ButtonSize::Small
                icon=Symbol::Trash
                on_press=move |()| ask_delete(layers, files.place, path.get_value(), folder)
                {..}
                data-test="file-ask-delete"
            >
                {words.delete()}
            </Button>
        }
    });
    let hint = deleted.then(|| {
        view! { <span class="sm t3 cut">{words.revert_hint()}</span> }
    });
    let editable = move || {
        read.with(|read| match read {
            Some(Ok(found)) => {
                found.stamp.is_some() && matches!(found.content, FileContent::Text(_))
            }
            _ => false,
        })
    };
    view! {
        <div class="row files-foot">
            <Show when=editable>
                <Button
                    size=ButtonSize::Small
                    icon=Symbol::Pencil
                    on_press=move |()| editing.set(true)
                    {..}
                    data-test="file-edit"
                >
                    {words.edit()}
                </Button>
            </Show>
            {hint}
            <span class="push"></span>
            {revert}
            {others}
        </div>
    }
}
