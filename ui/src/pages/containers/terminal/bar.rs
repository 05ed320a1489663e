//! The sessions of a container side by side, and how to open more.

use gantry_view::{Container, ContainerState, TerminalProgram};
use leptos::prelude::*;

use super::{session::Session, sessions::Terminals};
use crate::{
    i18n::{Text, use_text},
    parts::{Button, ButtonKind, ButtonSize, IconButton, Symbol},
    state::use_store,
};

#[component]
pub fn Bar(id: StoredValue<String>, container: RwSignal<Container>) -> impl IntoView {
    let text = use_text();
    let words = text.terminal;
    let store = use_store();
    let terminals = expect_context::<Terminals>();
    let numbers = Memo::new(move |_| id.with_value(|id| terminals.numbers(id)));
    let runs =
        Memo::new(move |_| container.with(|container| container.state == ContainerState::Running));
    let may_attach = Memo::new(move |_| {
        let tty = container.with(|container| container.tty);
        tty && runs.get() && !id.with_value(|id| terminals.has_main(id))
    });
    let blocked =
        Signal::derive(move || (!runs.get()).then(|| text.verbs.not_running().to_owned()));
    let open = move |program| terminals.open(store, &id.get_value(), program);
    view! {
        <div class="bar term-bar" role="tablist" aria-label=words.sessions()>
            <For each=move || numbers.get() key=|number| *number let:number>
                <Chip id number />
            </For>
            <IconButton
                symbol=Symbol::Plus
                label=words.new_shell().to_owned()
                disabled=blocked
                on_press=move |_| open(TerminalProgram::Shell)
                {..}
                data-test="terminal-new"
            />
            <Show when=move || may_attach.get()>
                <Button
                    kind=ButtonKind::Quiet
                    size=ButtonSize::Small
                    icon=Symbol::Container
                    on_press=move |()| open(TerminalProgram::Main)
                    {..}
                    data-test="terminal-main"
                >
                    {words.main()}
                </Button>
            </Show>
            <span class="push"></span>
            <span class="t3 sm p4 nowrap">{words.hint()}</span>
        </div>
    }
}

/// One session: a press shows it, the cross ends it.
#[component]
fn Chip(id: StoredValue<String>, number: u32) -> impl IntoView {
    let text = use_text();
    let terminals = expect_context::<Terminals>();
    let session = id.with_value(|id| terminals.find(id, number))?;
    let command = RwSignal::from(session.command.clone());
    let program = session.program.clone();
    let name = Memo::new(move |_| name(text, &program, &command.get()));
    let chosen = move || id.with_value(|id| terminals.chosen(id)) == Some(number);
    Some(view! {
        <span class="term-tab" data-on=move || chosen().then_some("") data-test="terminal-tab">
            <button
                type="button"
                role="tab"
                aria-selected=move || chosen().to_string()
                on:click=move |_| terminals.choose(&id.get_value(), number)
            >
                {name}
                " "
                <span class="t3">{number_of(id, terminals, number)}</span>
            </button>
            <IconButton
                symbol=Symbol::X
                label=text.terminal.close().to_owned()
                small=true
                small_icon=true
                on_press=move |_| terminals.close(&id.get_value(), number)
            />
        </span>
    })
}

/// Which of its container's sessions it is, counted from 1 as they were opened.
fn number_of(id: StoredValue<String>, terminals: Terminals, number: u32) -> impl Fn() -> usize {
    move || {
        let numbers = id.with_value(|id| terminals.numbers(id));
        numbers.iter().filter(|other| **other <= number).count()
    }
}

/// What a session is called: `bash` of `/bin/bash`.
pub fn name(text: Text, program: &TerminalProgram, command: &str) -> String {
    let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    match program {
        TerminalProgram::Main if command.is_empty() => text.terminal.main().to_owned(),
        TerminalProgram::Shell if command.is_empty() => text.terminal.shell().to_owned(),
        TerminalProgram::Main | TerminalProgram::Shell => last(command),
        TerminalProgram::Toolbox { image } => last(image),
    }
}

/// The same for a session.
pub fn name_of(text: Text, session: &Session) -> String {
    session
        .command
        .with(|command| name(text, &session.program, command))
}
