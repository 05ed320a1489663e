//! What a row lets one do without opening it.

use gantry_view::{Container, ContainerState};
use leptos::prelude::*;

use super::commands;
use crate::{
    dialogs,
    i18n::use_text,
    parts::{IconButton, MenuButton, Symbol, use_layers},
    state::{Verb, use_store},
};

/// The state toggle and "more" always show; the rest come on hover and move nothing.
#[component]
pub fn Actions(
    id: String,
    container: RwSignal<Container>,
    verb: RwSignal<Option<Verb>>,
) -> impl IntoView {
    let text = use_text();
    let words = text.verbs;
    let (store, layers) = (use_store(), use_layers());
    let state = Memo::new(move |_| container.with(|container| container.state));
    let key = StoredValue::new(id);
    let act = move |verb| store.act(&key.get_value(), verb);
    let is_up = move || state.get().is_up();
    let is_paused = move || state.get() == ContainerState::Paused;
    let reason = move |verb: Verb| {
        Signal::derive(move || (!verb.fits(state.get())).then(|| words.not_running().to_owned()))
    };
    let no_pause = Signal::derive(move || {
        let fits = Verb::Pause.fits(state.get()) || Verb::Resume.fits(state.get());
        (!fits).then(|| words.not_running().to_owned())
    });
    let busy = Signal::derive(move || {
        verb.get()
            .map(|verb| words.going_on(verb).trim_end_matches('…').to_owned())
    });
    view! {
        <span class="acts">
            <span class="on-hover">
                <IconButton
                    symbol=Signal::derive(move || {
                        if is_paused() { Symbol::Play } else { Symbol::Pause }
                    })
                    label=Signal::derive(move || {
                        if is_paused() { words.resume() } else { words.pause() }.to_owned()
                    })
                    key="P"
                    small=true
                    untabbed=true
                    disabled=no_pause
                    on_press=move |_| {
                        act(if is_paused() { Verb::Resume } else { Verb::Pause });
                    }
                />
                <IconButton
                    symbol=Symbol::Restart
                    label=words.restart()
                    key="R"
                    small=true
                    untabbed=true
                    disabled=reason(Verb::Restart)
                    on_press=move |_| act(Verb::Restart)
                />
                <IconButton
                    symbol=Symbol::Zap
                    label=words.kill()
                    small=true
                    danger=true
                    untabbed=true
                    disabled=reason(Verb::Kill)
                    on_press=move |_| dialogs::confirm_kill(store, layers, key.get_value())
                />
                <IconButton
                    symbol=Symbol::PackagePlus
                    label=words.commit_more()
                    key="C"
                    small=true
                    untabbed=true
                    class="p3"
                    on_press=move |_| dialogs::open_commit(layers, key.get_value())
                />
            </span>
            <IconButton
                symbol=Signal::derive(move || if is_up() { Symbol::Stop } else { Symbol::Play })
                label=Signal::derive(move || {
                    if is_up() { words.stop() } else { words.start() }.to_owned()
                })
                key="S"
                small=true
                untabbed=true
                disabled=busy
                on_press=move |_| act(if is_up() { Verb::Stop } else { Verb::Start })
            />
            <MenuButton
                label=text.common.more().to_owned()
                small=true
                untabbed=true
                entries=move |()| commands::entries(store, layers, &key.get_value())
            />
        </span>
    }
}
