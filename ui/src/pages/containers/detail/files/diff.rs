//! What changed in a text, line by line.

use gantry_view::{DiffContainerFile, DiffLine, Failure, FileDiff};
use leptos::{prelude::*, task::spawn_local};

use super::Files;
use crate::{
    backend,
    i18n::{Text, use_text},
    parts::{Empty, ErrorCard},
};

#[component]
pub fn Diff(files: Files, path: String) -> impl IntoView {
    let text = use_text();
    let words = text.files;
    let answer = RwSignal::new(None::<Result<FileDiff, Failure>>);
    let request = DiffContainerFile {
        id: files.id.get_value(),
        path,
    };
    spawn_local(async move {
        let read = backend::call(&request).await;
        let _ = answer.try_set(Some(read));
    });
    move || {
        Some(match answer.get()? {
            Err(failure) => view! {
                <div class="pad">
                    <ErrorCard failure />
                </div>
            }
            .into_any(),
            Ok(None) => {
                view! { <Empty title=words.not_text_title() text=words.not_text() /> }.into_any()
            }
            Ok(Some(pieces)) if pieces.is_empty() => {
                view! { <p class="t3 sm pad">{words.same()}</p> }.into_any()
            }
            Ok(Some(pieces)) => view! {
                <div class="diff selectable files-text" tabindex="0" data-test="file-diff">
                    {pieces.into_iter().map(|lines| piece(text, lines)).collect_view()}
                </div>
            }
            .into_any(),
        })
    }
}

fn piece(text: Text, lines: Vec<DiffLine>) -> impl IntoView {
    let first = lines
        .iter()
        .find_map(|line| line.after.or(line.before))
        .unwrap_or(1);
    let rows = lines
        .into_iter()
        .map(|line| {
            let (class, sign) = match (line.before, line.after) {
                (None, _) => ("add", "+"),
                (_, None) => ("del", "−"),
                _ => ("", ""),
            };
            view! {
                <div class=class>
                    <span class="no">{line.before}</span>
                    <span class="no">{line.after}</span>
                    <span class="sg">{sign}</span>
                    <span>{line.text}</span>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="hunk">
            <span></span>
            <span></span>
            <span></span>
            <span>"@@ " {text.files.hunk(first)}</span>
        </div>
        {rows}
    }
}
