//! A text under the hands of a person.

use gantry_view::{Failure, WriteFile};
use leptos::{ev, prelude::*, task::spawn_local};

use super::{Files, drafts::Draft};
use crate::{
    backend,
    i18n::use_text,
    pages::files::file_name,
    parts::{Button, ButtonKind, ButtonSize, ErrorCard},
    state::{Outcome, Toast, ToastKind},
};

/// `on_end` is told when the text was written, or given up. Who leaves it otherwise finds it again.
#[component]
pub fn Editor(
    files: Files,
    path: String,
    draft: Draft,
    #[prop(into)] on_end: Callback<()>,
) -> impl IntoView {
    let all = use_text();
    let words = all.files;
    let name = file_name(&path).to_owned();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<Failure>));
    let Draft {
        before,
        stamp,
        typed,
    } = draft;
    let (before, typed) = (StoredValue::new(before), RwSignal::new(typed));
    let (path, stamp, name) = (
        StoredValue::new(path),
        StoredValue::new(stamp),
        StoredValue::new(name),
    );
    let of = move |act: &dyn Fn(&str, &str)| {
        files
            .id
            .with_value(|id| path.with_value(|path| act(id, path)));
    };
    let keep = move |text: String| {
        let draft = Draft {
            before: before.get_value(),
            stamp: stamp.get_value(),
            typed: text.clone(),
        };
        of(&|id, path| files.drafts.keep(id, path, draft.clone()));
        typed.set(text);
    };
    tell_what_is_left(files, path.get_value());
    let changed = Memo::new(move |_| typed.with(|typed| before.with_value(|old| old != typed)));
    let save = move || {
        if busy.get_untracked() || !changed.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        let request = WriteFile {
            of: files.place.of.get_value(),
            path: path.get_value(),
            text: typed.get_untracked(),
            stamp: Some(stamp.get_value()),
        };
        let id = files.id.get_value();
        spawn_local(async move {
            let written = backend::call(&request).await;
            // The person may be elsewhere by now.
            let here = busy.try_set(false).is_none();
            match written {
                Ok(_) => {
                    files.drafts.forget(&id, &request.path);
                    let said = words.written(file_name(&request.path));
                    files.store.report(Outcome::Done, said, None);
                    files.place.changed_something();
                    if here {
                        on_end.run(());
                    }
                }
                Err(error) if here => failure.set(Some(error)),
                Err(error) => {
                    let said = words.not_saved(&request.path);
                    files.store.tell_failure(said, Some(&error));
                }
            }
        });
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let saves = event.ctrl_key() && matches!(event.code().as_str(), "KeyS" | "Enter");
        if saves && !event.is_composing() {
            event.prevent_default();
            save();
        } else if event.key() == "Escape" {
            // It leaves the container's page otherwise, and the text with it.
            event.stop_propagation();
        }
    };
    let unchanged = Signal::derive(move || (!changed.get()).then(String::new));
    view! {
        {move || failure.get().map(|failure| view! { <div class="pad"><ErrorCard failure /></div> })}
        <textarea
            class="files-editor"
            aria-label=name.get_value()
            spellcheck="false"
            autocomplete="off"
            prop:value=typed.get_untracked()
            on:input=move |event| keep(event_target_value(&event))
            on:keydown=on_key
            data-test="file-editor"
        ></textarea>
        <div class="row files-foot">
            <span class="sm t3 cut">{move || changed.get().then(|| words.unsaved())}</span>
            <span class="push"></span>
            <Button
                size=ButtonSize::Small
                on_press=move |()| {
                    of(&|id, path| files.drafts.forget(id, path));
                    on_end.run(());
                }
            >
                {all.common.cancel()}
            </Button>
            <Button
                size=ButtonSize::Small
                kind=ButtonKind::Primary
                busy
                disabled=unchanged
                on_press=move |()| save()
                {..}
                data-test="file-save"
            >
                {words.save()}
            </Button>
        </div>
    }
}

/// Says that a text is not saved when somebody goes elsewhere.
fn tell_what_is_left(files: Files, path: String) {
    let id = files.id.get_value();
    on_cleanup(move || {
        // The same file may be drawn anew.
        request_animation_frame(move || {
            let is_here = files.chosen.try_with_untracked(|chosen| {
                let chosen = chosen.as_ref();
                chosen.is_some_and(|(chosen, _)| *chosen == path)
            });
            if is_here != Some(true) && files.drafts.of(&id, &path).is_some() {
                let words = files.store.text().files;
                let title = words.not_saved_yet(file_name(&path));
                let toast = Toast::new(ToastKind::Info, title);
                let detail = words.draft_waits().to_owned();
                files.store.toasts.show(toast.detail(detail));
            }
        });
    });
}
