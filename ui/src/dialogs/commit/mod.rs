//! The commit dialog: what the new image is called, and what its layer will hold.

mod changes;
mod form;

use gantry_view::{ContainerState, Failure, Task, TaskState};
use leptos::{ev, prelude::*, task::spawn_local};

use self::{
    changes::ChangeList,
    form::{Fate, Form},
};
use crate::{
    backend,
    i18n::use_text,
    parts::{Button, ButtonKind, CommandText, Dialog, ErrorCard, Symbol, use_layers},
    state::{Outcome, use_store},
};

#[component]
pub fn CommitDialog(container: String) -> impl IntoView {
    let text = use_text();
    let words = text.commit;
    let (store, layers) = (use_store(), use_layers());
    let name = store.name_of(&container);
    let title = words.title(&name);
    let form = Form::new(store, container.clone(), &name);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let blocked = Signal::derive(move || form.fault(words));
    // The work goes on without the dialog; only a failure needs it.
    let ended = move |task: &Task| {
        let Some(true) = busy.try_get_untracked() else {
            return;
        };
        busy.set(false);
        match task.state {
            TaskState::Failed => failure.set(task.failure.clone()),
            TaskState::Done | TaskState::Cancelled | TaskState::Running => layers.close_dialog(),
        }
    };
    let go = move || {
        if busy.get_untracked() || blocked.get_untracked().is_some() {
            return;
        }
        busy.set(true);
        failure.set(None);
        let request = untrack(|| form.request());
        let line = untrack(|| form.command_line());
        spawn_local(async move {
            match backend::call(&request).await {
                Ok(task) => {
                    let said = store.text().commit.started(&line.0);
                    store.report(Outcome::Busy, said, Some(line.1));
                    store.when_task_ends(&task, ended);
                }
                Err(error) => {
                    let _ = busy.try_set(false);
                    let _ = failure.try_set(Some(error));
                }
            }
        });
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let typed_in_line = event.key() == "Enter" && !event.is_composing();
        let from_field = event_target::<web_sys::Element>(&event).tag_name() == "INPUT";
        if typed_in_line && (event.ctrl_key() || from_field) {
            event.prevent_default();
            go();
        }
    };
    let footer = move || {
        view! {
            <Button on_press=move |()| layers.close_dialog()>{text.common.cancel()}</Button>
            <Button
                kind=ButtonKind::Primary
                icon=Symbol::PackagePlus
                busy
                disabled=blocked
                on_press=move |()| go()
                {..}
                data-test="commit-go"
            >
                {words.save()}
            </Button>
        }
    };
    let is_running = store
        .containers
        .get_untracked(&container)
        .is_some_and(|container| container.state == ContainerState::Running);
    view! {
        <Dialog title width="38rem" footer>
            <div class="col commit-fields" on:keydown=on_key data-test="commit-dialog">
                {move || failure.get().map(|failure| view! { <ErrorCard failure /> })}
                <Names form />
                <About form />
                {is_running.then(|| view! { <PauseSwitch form /> })}
                <ChangeList container />
                <Show when=move || blocked.with(Option::is_none)>
                    <CommandText command=Signal::derive(move || form.command()) />
                </Show>
            </div>
        </Dialog>
    }
}

/// The name and the tag, and what they would do.
#[component]
fn Names(form: Form) -> impl IntoView {
    let words = use_text().commit;
    let hint = move || match form.fate() {
        Fate::Unnamed => ("hint", words.unnamed().to_owned()),
        Fate::Free(name) => ("hint hint--ok", words.free(&name)),
        Fate::Moves(name) => ("hint hint--warn", words.moves(&name)),
        Fate::Faulty(_) => ("hint hint--bad", form.fault(words).unwrap_or_default()),
    };
    let invalid = move || form.fault(words).map(|_| "true");
    view! {
        <div class="field">
            <div class="commit-names">
                <label class="field">
                    <span class="label">{words.name()}</span>
                    <input
                        class="input input--mono"
                        spellcheck="false"
                        autocomplete="off"
                        data-autofocus=""
                        aria-invalid=invalid
                        data-test="commit-name"
                        prop:value=move || form.repository.get()
                        on:input=move |event| form.repository.set(event_target_value(&event))
                    />
                </label>
                <label class="field">
                    <span class="label">{words.tag()}</span>
                    <input
                        class="input input--mono"
                        placeholder="latest"
                        spellcheck="false"
                        autocomplete="off"
                        aria-invalid=invalid
                        data-test="commit-tag"
                        prop:value=move || form.tag.get()
                        on:input=move |event| form.tag.set(event_target_value(&event))
                    />
                </label>
            </div>
            <span class=move || hint().0 role="status" data-test="commit-hint">
                {move || hint().1}
            </span>
        </div>
    }
}

/// What the history will say of the new layer.
#[component]
fn About(form: Form) -> impl IntoView {
    let words = use_text().commit;
    let field =
        |label: &'static str, hint: &'static str, value: RwSignal<String>, hook: &'static str| {
            view! {
                <label class="field">
                    <span class="label">{label}</span>
                    <input
                        class="input"
                        placeholder=hint
                        autocomplete="off"
                        data-test=hook
                        prop:value=move || value.get()
                        on:input=move |event| value.set(event_target_value(&event))
                    />
                </label>
            }
        };
    view! {
        <div class="commit-names">
            {field(words.message(), words.message_hint(), form.message, "commit-message")}
            {field(words.author(), words.author_hint(), form.author, "commit-author")}
        </div>
    }
}

#[component]
fn PauseSwitch(form: Form) -> impl IntoView {
    let words = use_text().commit;
    view! {
        <label class="row row--tight">
            <input
                class="check"
                type="checkbox"
                prop:checked=move || form.pause.get()
                on:change=move |event| form.pause.set(event_target_checked(&event))
                data-test="commit-pause"
            />
            <span>{words.pause()}</span>
            <span class="t3 sm">{words.pause_why()}</span>
        </label>
    }
}
