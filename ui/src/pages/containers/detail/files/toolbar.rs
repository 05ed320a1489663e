//! What is shown, how much was changed, and what can be done with all of it.

use gantry_view::ChangeSums;
use leptos::prelude::*;

use super::Files;
use crate::{
    dialogs,
    i18n::use_text,
    pages::files::{UploadButton, ask_file, ask_folder},
    parts::{Button, MenuButton, MenuItem, Segment, Segmented, Symbol, use_layers},
};

#[component]
pub fn Toolbar(files: Files) -> impl IntoView {
    let text = use_text();
    let words = text.files;
    let layers = use_layers();
    let total = Signal::derive(move || usize::try_from(known(files).total()).unwrap_or(usize::MAX));
    let segments = vec![
        Segment::new(true, words.changed()).count(total),
        Segment::new(false, words.all()),
    ];
    let choose = move |changed: bool| {
        files.chosen.set(None);
        files.changed.set(changed);
        files.store.remember("files.all", (!changed).to_string());
    };
    let commit = move |()| {
        let paths = if files.changed.get_untracked() {
            untrack(|| files.ticks.all())
        } else {
            Vec::new()
        };
        dialogs::open_commit_of(layers, files.id.get_value(), paths);
    };
    let commit_label = move || {
        let ticked = if files.changed.get() {
            files.ticks.all().len()
        } else {
            0
        };
        match ticked {
            0 => words.commit().to_owned(),
            count => words.commit_chosen(count),
        }
    };
    let more = move |()| {
        vec![
            MenuItem::new(Symbol::FolderPlus, words.new_folder(), move || {
                ask_folder(layers, files.place, untrack(|| files.folder()));
            })
            .into(),
            MenuItem::new(Symbol::FileText, words.new_file(), move || {
                ask_file(layers, files.place, untrack(|| files.folder()));
            })
            .into(),
        ]
    };
    view! {
        <div class="bar files-bar">
            <Segmented label=words.show() segments value=files.changed on_choose=choose />
            <Counts files />
            <span class="push"></span>
            <UploadButton store=files.store folder=Signal::derive(move || files.folder()) />
            <MenuButton symbol=Symbol::Plus label=words.new_folder().to_owned() entries=more />
            <Button icon=Symbol::PackagePlus on_press=move |()| commit(()) {..} data-test="files-commit">
                {commit_label}
            </Button>
        </div>
    }
}

fn known(files: Files) -> ChangeSums {
    files
        .sums
        .with(|sums| sums.as_ref().and_then(|sums| sums.as_ref().ok().copied()))
        .unwrap_or_default()
}

#[component]
fn Counts(files: Files) -> impl IntoView {
    let text = use_text();
    let words = text.files;
    move || {
        let sums = known(files);
        (sums.total() > 0).then(|| {
            view! {
                <span class="row sm t2 nowrap p4" data-test="files-sums">
                    <span class="amd amd--a">"A"</span>
                    {words.added(sums.added)}
                    <span class="amd amd--m">"M"</span>
                    {words.modified(sums.modified)}
                    <span class="amd amd--d">"D"</span>
                    {words.deleted(sums.deleted)}
                </span>
                <span class="t3 sm p5 cut">{words.over_image(&text.size(sums.bytes))}</span>
            }
        })
    }
}
