//! The header of a container: what it is, how it is, and what can be done with it.

use gantry_view::{Container, ContainerState};
use leptos::prelude::*;

use super::super::{commands, ports::told_once};
use crate::{
    i18n::{Text, use_text},
    parts::{
        Button, Digest, Icon, IconSize, MenuButton, PortChip, SplitButton, Status, Symbol,
        use_layers,
    },
    shell::{problem_words, status_of, status_words},
    state::{Route, Verb, use_store},
};

#[component]
pub fn Header(id: String, container: RwSignal<Container>) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let verb = RwSignal::from(store.verbs.of(&id).verb);
    let kind = Memo::new(move |_| container.with(|container| status_of(container, verb.get())));
    let words = move || container.with(|container| state_words(text, container, verb.get()));
    let since = Memo::new(move |_| {
        let now = store.now.get();
        container.with(|container| since(text, container, now))
    });
    let why = Memo::new(move |_| container.with(|container| text.why_stopped(container)));
    let name = move || container.with(|container| container.name.clone());
    view! {
        <div class="det-h">
            <div class="row row--wide">
                <h2 class="nowrap cut" title=name>
                    {name}
                </h2>
                <Status kind pill=true>
                    {words}
                </Status>
                <span class="t3 cut p3">{since}</span>
                <Actions id=id.clone() container verb />
            </div>
            {move || why.get().map(|why| view! { <p class="t2 sm why-stopped">{why}</p> })}
            <Facts container />
        </div>
    }
}

/// The state, with the reason where there is a problem.
fn state_words(text: Text, container: &Container, verb: Option<Verb>) -> String {
    let word = status_words(text, container, verb);
    match container.exit_code {
        Some(code) if verb.is_none() && container.has_problem() => format!("{word} {code}"),
        _ => word.to_owned(),
    }
}

fn since(text: Text, container: &Container, now: i64) -> String {
    let words = text.detail;
    match (container.state, container.started_at, container.finished_at) {
        (state, Some(started), _) if state.is_up() => {
            let up = words.up_for(&text.span(now - started));
            match container.health {
                Some(health) => format!("{up} · {}", text.health(health)),
                None => up,
            }
        }
        (_, _, Some(finished)) => {
            let ended = words.ended(&text.ago(finished, now));
            match problem_words(text, container) {
                Some(problem) => format!("{problem} · {ended}"),
                None => ended,
            }
        }
        _ => words.created(&text.ago(container.created_at, now)),
    }
}

#[component]
fn Actions(
    id: String,
    container: RwSignal<Container>,
    verb: RwSignal<Option<Verb>>,
) -> impl IntoView {
    let text = use_text();
    let words = text.verbs;
    let (store, layers) = (use_store(), use_layers());
    let key = StoredValue::new(id);
    let state = Memo::new(move |_| container.with(|container| container.state));
    let act = move |verb| store.act(&key.get_value(), verb);
    let going = move |wanted: Verb| Signal::derive(move || verb.get() == Some(wanted));
    let main = move || {
        if state.get().is_up() {
            view! {
                <SplitButton
                    icon=Symbol::Stop
                    busy=going(Verb::Stop)
                    more_label=words.other_ways_to_stop()
                    more=move |()| commands::stop_entries(store, layers, &key.get_value())
                    on_press=move |()| act(Verb::Stop)
                >
                    {words.stop()}
                </SplitButton>
            }
            .into_any()
        } else {
            view! {
                <Button
                    icon=Symbol::Play
                    busy=going(Verb::Start)
                    on_press=move |()| act(Verb::Start)
                >
                    {words.start()}
                </Button>
            }
            .into_any()
        }
    };
    let pause = move || {
        let paused = state.get() == ContainerState::Paused;
        let (verb, symbol) = if paused {
            (Verb::Resume, Symbol::Play)
        } else {
            (Verb::Pause, Symbol::Pause)
        };
        state.get().is_up().then(|| {
            view! {
                <Button class="p4" icon=symbol busy=going(verb) on_press=move |()| act(verb)>
                    {words.name(verb)}
                </Button>
            }
        })
    };
    let restart = move || {
        Verb::Restart.fits(state.get()).then(|| {
            view! {
                <Button
                    class="p3"
                    icon=Symbol::Restart
                    busy=going(Verb::Restart)
                    on_press=move |()| act(Verb::Restart)
                >
                    {words.restart()}
                </Button>
            }
        })
    };
    view! {
        <span class="push row">
            {main} {restart} {pause}
            <MenuButton
                label=text.common.more_actions().to_owned()
                entries=move |()| commands::entries(store, layers, &key.get_value())
            />
        </span>
    }
}

/// Ports, image, id and network as chips.
#[component]
fn Facts(container: RwSignal<Container>) -> impl IntoView {
    let text = use_text().detail;
    let store = use_store();
    let ports = Memo::new(move |_| {
        container.with(|container| (told_once(&container.ports), container.state.is_up()))
    });
    let chips = move || {
        let (ports, live) = ports.get();
        ports
            .into_iter()
            .take(3)
            .map(|port| view! { <PortChip port live on_open=move |url| commands::open_url(store, url) /> })
            .collect_view()
    };
    let about = Memo::new(move |_| {
        container.with(|container| {
            (
                container.image.clone(),
                container.image_id.clone(),
                container.id.clone(),
                container.network.clone(),
                container.auto_remove,
            )
        })
    });
    let rest = move || {
        let (image, image_id, id, network, auto_remove) = about.get();
        let route = Route::image(&image_id);
        let href = route.to_hash();
        let go = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            store.go(route.clone());
        };
        view! {
            <a class="chip image-chip" href=href on:click=go>
                <Icon symbol=Symbol::Layers size=IconSize::Small />
                <span class="cut">{short_image(&image)}</span>
            </a>
            <Digest value=id />
            {(!network.is_empty())
                .then(|| {
                    view! {
                        <span class="chip p4 fix">
                            <Icon symbol=Symbol::Network size=IconSize::Small />
                            {network}
                        </span>
                    }
                })}
            {auto_remove
                .then(|| {
                    view! {
                        <span class="chip p5 fix">
                            <Icon symbol=Symbol::Trash size=IconSize::Small />
                            {text.removed_when_ended()}
                        </span>
                    }
                })}
        }
    };
    view! { <div class="row sm">{chips} {rest}</div> }
}

/// An id is shown short, a name whole.
fn short_image(image: &str) -> String {
    image.strip_prefix("sha256:").map_or_else(
        || image.to_owned(),
        |digest| digest.chars().take(12).collect(),
    )
}
