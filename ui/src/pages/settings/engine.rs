//! What the engine is and where it keeps things.

use gantry_view::Link;
use leptos::prelude::*;

use super::{Preference, Section};
use crate::{
    i18n::use_text,
    parts::{Button, ButtonSize, CopyButton, Glyph, StatusKind},
    state::use_store,
};

#[component]
pub fn Engine() -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let words = text.settings;
    let engine = store.engine;
    let storage = move || {
        engine.with(|engine| {
            let (used, free) = (text.size(engine.used_bytes), text.size(engine.free_bytes));
            words.storage_text(&used, &free)
        })
    };
    let computer = move || {
        engine.with(|engine| {
            let memory = text.size(engine.memory_bytes);
            words.computer_text(engine.cpus, &memory, &engine.architecture, &engine.kernel)
        })
    };
    let limits = move || {
        engine.with(|engine| match engine.cgroup.as_str() {
            "" => words.limits_none().to_owned(),
            version => words.limits_cgroup(version),
        })
    };
    let root = move || store.tilde(&engine.with(|engine| engine.root.clone()));
    let socket = move || engine.with(|engine| engine.socket.clone());
    view! {
        <Section title=words.engine()>
            <State />
            <div class="pref">
                <div class="grow">
                    <div>{words.storage()}</div>
                    <div class="sm t3">
                        <code>{root}</code>
                        ", "
                        {storage}
                    </div>
                </div>
            </div>
            <div class="pref">
                <div class="grow">
                    <div>{words.socket()}</div>
                    <div class="sm t3 cut">
                        <code>{socket}</code>
                    </div>
                </div>
                <CopyButton
                    label=words.copy_socket()
                    content=move |()| format!("unix://{}", engine.with_untracked(|engine| engine.socket.clone()))
                />
            </div>
            <Preference label=words.computer() detail=Signal::derive(computer) />
            <Preference label=words.limits() detail=Signal::derive(limits) />
        </Section>
    }
}

#[component]
fn State() -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let words = text.settings;
    let state = Signal::derive(move || match store.link.get() {
        Link::Ready if store.engine.with(|engine| engine.rootless) => {
            (StatusKind::Running, words.ready_rootless())
        }
        Link::Ready => (StatusKind::Running, words.ready_root()),
        Link::Connecting => (StatusKind::Starting, text.shell.engine_connecting()),
        Link::Lost(_) => (StatusKind::Failed, text.shell.engine_lost()),
    });
    let version = move || store.engine.with(|engine| words.version(&engine.version));
    let lost = move || matches!(store.link.get(), Link::Lost(_));
    view! {
        <div class="pref">
            <div class="grow">
                <div class="row row--tight">
                    <Glyph kind=Signal::derive(move || state.get().0) />
                    {move || state.get().1}
                </div>
                <div class="sm t3">{version}</div>
            </div>
            <Show when=lost>
                <Button size=ButtonSize::Small on_press=move |()| store.reconnect()>
                    {text.shell.reconnect()}
                </Button>
            </Show>
        </div>
    }
}
