//! The commit dialog: what the new image is called, and what its layer will hold.

mod changes;
mod form;

use gantry_view::{ContainerState, Task};
use leptos::{prelude::*, task::spawn_local};

use self::{
    changes::{ChangeList, ChosenList},
    form::{Fate, Form},
};
use crate::{
    backend,
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, CommandText, Dialog, Switch, Symbol, on_enter},
    state::{Outcome, use_store},
};

#[component]
pub fn CommitDialog(container: String, paths: Vec<String>) -> impl IntoView {
    let words = use_text().commit;
    let store = use_store();
    let name = store.name_of(&container);
    let title = words.title(&name);
    let only_chosen = !paths.is_empty();
    let form = Form::new(store, container.clone(), &name, paths.clone());
    let asking = Asking::new();
    let blocked = Signal::derive(move || form.fault(words));
    // The work goes on without the dialog; only a failure needs it.
    let ended = move |task: &Task| {
        let failure = task.failure.clone();
        asking.end(failure.map_or(Ok(()), Err));
    };
    let go = move || {
        if !asking.begin() {
            return;
        }
        let request = untrack(|| form.request());
        let line = untrack(|| form.command_line());
        spawn_local(async move {
            match backend::call(&request).await {
                Ok(task) => {
                    let said = store.text().commit.started(&line.0);
                    let command = Some(line.1).filter(|_| !only_chosen);
                    store.report(Outcome::Busy, said, command);
                    store.when_task_ends(&task, ended);
                }
                Err(error) => asking.end(Err(error)),
            }
        });
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                icon=Symbol::PackagePlus
                blocked
                label=words.save()
                test="commit-go"
                on_press=move |()| go()
            />
        }
    };
    let is_running = store
        .containers
        .get_untracked(&container)
        .is_some_and(|container| container.state == ContainerState::Running);
    view! {
        <Dialog title width="38rem" footer>
            <div class="col commit-fields" on:keydown=on_enter(blocked, go) data-test="commit-dialog">
                <AskFailure asking />
                <Names form />
                <About form />
                {is_running.then(|| view! { <PauseSwitch form /> })}
                {if only_chosen {
                    view! { <ChosenList paths /> }.into_any()
                } else {
                    view! { <ChangeList container /> }.into_any()
                }}
                // No command commits only some of the files.
                <Show when=move || !only_chosen && blocked.with(Option::is_none)>
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
        <Switch on=form.pause label=words.pause() test="commit-pause">
            <span class="t3 sm">{words.pause_why()}</span>
        </Switch>
    }
}
