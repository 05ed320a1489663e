//! The run dialog: the form at the left, what a press will do at the right, the command below.

mod again;
mod checks;
mod command;
mod command_field;
mod consequences;
mod env_file;
mod environment;
mod form;
mod group;
mod image_field;
mod labels;
mod limits;
mod mounts;
mod name_field;
mod network;
mod pairs;
mod ports;
mod program;
mod shell_words;

use std::sync::Arc;

use gantry_view::{Failure, InspectImage, Ran};
use leptos::{ev, html, prelude::*, task::spawn_local};

pub use self::form::Begin;

use self::{
    again::{Carried, Files},
    checks::Chosen,
    command::Equivalent,
    command_field::CommandField,
    consequences::Consequences,
    environment::Environment,
    form::Form,
    image_field::ImageField,
    labels::Labels,
    limits::Limits,
    mounts::Mounts,
    name_field::NameField,
    network::NetworkField,
    ports::Ports,
    program::Program,
};
use crate::{
    backend,
    dialogs::port_way_out,
    i18n::use_text,
    parts::{Button, ButtonKind, Dialog, ErrorCard, Glyph, StatusKind, Switch, Symbol, use_layers},
    state::{CommandLine, Outcome, Route, Store, Toast, ToastKind, use_store},
};

/// What a press asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Press {
    Run,
    Create,
}

#[component]
pub fn RunDialog(begin: Begin) -> impl IntoView {
    let text = use_text();
    let words = text.run;
    let (store, layers) = (use_store(), use_layers());
    let form = Form::new(store, begin);
    read_image(form);
    let faults = Memo::new(move |_| form.faults(text));
    let busy = RwSignal::new(None::<Press>);
    let failure = RwSignal::new(None::<Failure>);
    on_cleanup(move || again::forget(form.committed.try_get_untracked().flatten()));
    let go = move |press: Press| {
        if busy.get_untracked().is_some() || !faults.with_untracked(Vec::is_empty) {
            return;
        }
        busy.set(Some(press));
        failure.set(None);
        let request = untrack(|| form.request(press == Press::Run));
        spawn_local(async move {
            match backend::call(&request).await {
                Ok(ran) => {
                    // The container stands on it.
                    let _ = form.committed.try_set(None);
                    let again = form.again.try_get_untracked().flatten();
                    let line = command::command_line(&request, again.as_deref());
                    layers.close_dialog();
                    tell(store, press, &ran, line, request.tty);
                }
                Err(error) => {
                    // Another try runs from the image that was made, and makes none again.
                    if let Some(image) = error.facts.get("committed").cloned() {
                        let left = form.committed.try_set(Some(image));
                        again::forget(left.flatten());
                    }
                    let _ = failure.try_set(Some(error));
                }
            }
            let _ = busy.try_set(None);
        });
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && event.ctrl_key() && !event.is_composing() {
            event.prevent_default();
            go(Press::Run);
        }
    };
    let footer = move || view! { <Footer faults busy go=Callback::new(go) /> };
    view! {
        <Dialog title=form.title(words) width="58rem" bare=true footer>
            <div class="run-form" on:keydown=on_key data-test="run-dialog">
                <div class="dlg-cols rc">
                    <div class="dlg-b col run-fields">
                        <Failed form failure go=Callback::new(go) />
                        <div class="run-first">
                            <ImageField form />
                            <NameField form />
                        </div>
                        <Files form />
                        <Ports form />
                        <CommandField form />
                        <Program form />
                        <Mounts form />
                        <Environment form />
                        <NetworkField form />
                        <Limits form />
                        <Labels form />
                        <Switches form />
                        <Carried form />
                    </div>
                    <Consequences form />
                </div>
                <Equivalent form />
            </div>
        </Dialog>
    }
}

/// Reads what the image itself says, whenever another one is chosen.
fn read_image(form: Form) {
    let id = Memo::new(move |_| match form.chosen() {
        Chosen::Here(image) | Chosen::Foreign(image) => Some(image.id),
        Chosen::Nothing | Chosen::Missing => None,
    });
    Effect::new(move |_| {
        form.detail.set(None);
        let Some(wanted) = id.get() else { return };
        spawn_local(async move {
            let answer = backend::call(&InspectImage { id: wanted.clone() }).await;
            if id.try_get_untracked() == Some(Some(wanted)) {
                // It only fills in what is shown; the engine reads the image itself.
                let _ = form.detail.try_set(answer.ok().map(Arc::new));
            }
        });
    });
}

/// Shows the new container, and what the engine warned of.
fn tell(store: Store, press: Press, ran: &Ran, line: CommandLine, tty: bool) {
    let words = store.text().run;
    let title = match press {
        Press::Run => words.running(&ran.name),
        Press::Create => words.created(&ran.name),
    };
    store.report(Outcome::Done, title.clone(), Some(line));
    // What was given a terminal is to be typed into.
    store.go(match press {
        Press::Run if tty => Route::terminal(&ran.id),
        _ => Route::container(&ran.id),
    });
    if !ran.warnings.is_empty() {
        let toast = Toast::new(ToastKind::Info, title).detail(ran.warnings.join(" "));
        store.toasts.show(toast);
    }
}

/// What went wrong, above the fields, which keep what was typed.
#[component]
fn Failed(form: Form, failure: RwSignal<Option<Failure>>, go: Callback<Press>) -> impl IntoView {
    let words = use_text().run;
    let node = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        failure.track();
        if let Some(card) = node.get() {
            card.scroll_into_view();
        }
    });
    move || {
        failure.get().map(|failure| {
            let card = match port_way_out(&failure) {
                None => view! { <ErrorCard failure /> }.into_any(),
                Some((taken, free)) => {
                    let failed = failure.clone();
                    let use_free = move |()| {
                        let failed = failed.clone();
                        spawn_local(async move {
                            ports::give_up(&failed).await;
                            form.replace_port(taken, free);
                            // It was taken by what has just been taken back.
                            form.name_check.set(None);
                            go.run(Press::Run);
                        });
                    };
                    view! {
                        <ErrorCard failure>
                            <Button on_press=use_free class="push" {..} data-test="run-port-instead">
                                {words.port_instead(free)}
                            </Button>
                        </ErrorCard>
                    }
                    .into_any()
                }
            };
            view! {
                <div node_ref=node data-test="run-failure">
                    {card}
                </div>
            }
        })
    }
}

#[component]
fn Footer(
    faults: Memo<Vec<String>>,
    busy: RwSignal<Option<Press>>,
    go: Callback<Press>,
) -> impl IntoView {
    let text = use_text();
    let words = text.run;
    let layers = use_layers();
    let blocked = Signal::derive(move || faults.with(|faults| faults.first().cloned()));
    let is_busy = move |press: Press| Signal::derive(move || busy.get() == Some(press));
    let attention = move || {
        faults.with(|faults| match faults.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            all => Some(words.needs_attention(all.len())),
        })
    };
    view! {
        {move || {
            attention()
                .map(|attention| {
                    view! {
                        <span class="row sm hint--bad attention" role="status" data-test="run-attention">
                            <Glyph kind=StatusKind::Failed />
                            <span class="cut">{attention}</span>
                        </span>
                    }
                })
        }}
        <Button on_press=move |()| layers.close_dialog()>{text.common.cancel()}</Button>
        <Button
            busy=is_busy(Press::Create)
            disabled=blocked
            on_press=move |()| go.run(Press::Create)
            {..}
            data-test="run-create"
        >
            {words.create()}
        </Button>
        <Button
            kind=ButtonKind::Primary
            icon=Symbol::Play
            busy=is_busy(Press::Run)
            disabled=blocked
            on_press=move |()| go.run(Press::Run)
            {..}
            data-test="run-go"
            aria-keyshortcuts="Control+Enter"
        >
            {words.run()}
        </Button>
    }
}

/// Terminal, input, and what becomes of it when it ends.
#[component]
fn Switches(form: Form) -> impl IntoView {
    let words = use_text().run;
    view! {
        <div class="row row--wide row--wrap">
            <Switch on=form.tty label=words.terminal() test="run-tty">
                <code class="t3">"-t"</code>
            </Switch>
            <Switch on=form.open_stdin label=words.stdin() test="run-stdin">
                <code class="t3">"-i"</code>
            </Switch>
            <Switch on=form.auto_remove label=words.auto_remove() test="run-rm">
                <code class="t3">"--rm"</code>
            </Switch>
        </div>
    }
}
