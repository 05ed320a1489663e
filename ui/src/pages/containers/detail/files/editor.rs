//! A text under the hands of a person.

use gantry_view::{Failure, FileStamp, WriteFile};
use leptos::{ev, prelude::*, task::spawn_local};

use super::Files;
use crate::{
    backend,
    i18n::use_text,
    pages::files::file_name,
    parts::{Button, ButtonKind, ButtonSize, ErrorCard},
    state::Outcome,
};

/// `on_end` is told when the text was written, or given up.
#[component]
pub fn Editor(
    files: Files,
    path: String,
    text: String,
    stamp: FileStamp,
    #[prop(into)] on_end: Callback<()>,
) -> impl IntoView {
    let all = use_text();
    let words = all.files;
    let name = file_name(&path).to_owned();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<Failure>));
    let before = StoredValue::new(text.clone());
    let typed = RwSignal::new(text);
    let (path, stamp, name) = (
        StoredValue::new(path),
        StoredValue::new(stamp),
        StoredValue::new(name),
    );
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
        spawn_local(async move {
            let written = backend::call(&request).await;
            // The person may be elsewhere by now.
            let here = busy.try_set(false).is_none();
            match written {
                Ok(_) => {
                    let said = words.written(&name.get_value());
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
            on:input=move |event| typed.set(event_target_value(&event))
            on:keydown=on_key
            data-test="file-editor"
        ></textarea>
        <div class="row files-foot">
            <span class="sm t3 cut">{move || changed.get().then(|| words.unsaved())}</span>
            <span class="push"></span>
            <Button size=ButtonSize::Small on_press=move |()| on_end.run(())>
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
