//! Terminals into a container: shells, and the container's own.
//!
//! [`sessions`] keeps them while their page is not shown. A [`session`] runs its program on a
//! [`screen`] (xterm.js, [`xterm`], in the colours of [`look`]) and sends what is typed ([`typing`]).
//! [`bar`] chooses between them, [`pane`] shows one, [`toolbox`] helps where an image has no shell.

mod bar;
mod look;
mod pane;
mod screen;
mod session;
mod sessions;
mod toolbox;
mod typing;
mod xterm;

use gantry_view::{Container, ContainerState, TerminalProgram};
use leptos::prelude::*;

use crate::{
    i18n::use_text,
    parts::{Button, ButtonKind, Empty, Symbol},
    state::{Verb, use_store},
};
use bar::Bar;
use pane::Pane;
pub use sessions::Terminals;

#[component]
pub fn TerminalTab(id: String, container: RwSignal<Container>) -> impl IntoView {
    let store = use_store();
    let terminals = expect_context::<Terminals>();
    let key = StoredValue::new(id);
    let runs =
        Memo::new(move |_| container.with(|container| container.state == ContainerState::Running));
    let chosen = Memo::new(move |_| key.with_value(|id| terminals.chosen(id)));
    // Whoever comes here wants a terminal; who has closed the last one does not.
    Effect::new(move |_| {
        let none = key.with_value(|id| untrack(|| terminals.chosen(id)).is_none());
        if runs.get() && none {
            let tty = container.with_untracked(|container| container.tty);
            let program = if tty {
                TerminalProgram::Main
            } else {
                TerminalProgram::Shell
            };
            terminals.open(store, &key.get_value(), program);
        }
    });
    view! {
        <Bar id=key container />
        {move || match chosen.get() {
            Some(number) => view! { <Pane id=key number container /> }.into_any(),
            None => view! { <Nothing id=key runs container /> }.into_any(),
        }}
    }
}

/// What stands in place of a terminal while there is none.
#[component]
fn Nothing(
    id: StoredValue<String>,
    runs: Memo<bool>,
    container: RwSignal<Container>,
) -> impl IntoView {
    let text = use_text();
    let words = text.terminal;
    let store = use_store();
    let terminals = expect_context::<Terminals>();
    let paused = Memo::new(move |_| container.with(|one| one.state == ContainerState::Paused));
    let start = move || {
        let verb = if paused.get_untracked() {
            Verb::Resume
        } else {
            Verb::Start
        };
        store.act(&id.get_value(), verb);
    };
    let open = move || terminals.open(store, &id.get_value(), TerminalProgram::Shell);
    move || {
        let title = match (runs.get(), paused.get()) {
            (true, _) => words.none_title(),
            (false, true) => words.paused_title(),
            (false, false) => words.stopped_title(),
        };
        let (said, button) = if runs.get() {
            let button = view! {
                <Button icon=Symbol::Plus on_press=move |()| open() {..} data-test="terminal-open">
                    {words.open_shell()}
                </Button>
            };
            (words.none_text(), button.into_any())
        } else {
            let verb = if paused.get() {
                Verb::Resume
            } else {
                Verb::Start
            };
            let button = view! {
                <Button
                    kind=ButtonKind::Plain
                    icon=Symbol::Play
                    on_press=move |()| start()
                    {..}
                    data-test="terminal-start"
                >
                    {text.verbs.name(verb)}
                </Button>
            };
            (words.stopped_text(), button.into_any())
        };
        view! {
            <Empty title=title.to_owned() text=said.to_owned()>
                {button}
            </Empty>
        }
    }
}
