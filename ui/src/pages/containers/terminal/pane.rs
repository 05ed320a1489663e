//! The session that is looked at.

use std::rc::Rc;

use gantry_view::{Container, Failure};
use leptos::{ev, html::Div, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::MediaQueryList;

use super::{
    bar::name_of,
    session::{Session, Stage},
    sessions::{Terminals, copy_selection},
    toolbox::NoShell,
    xterm::Terminal,
};
use crate::{
    i18n::{Text, use_text},
    parts::{
        Anchor, Button, ButtonSize, ErrorCard, Glyph, Layers, MenuEntry, MenuItem, StatusKind,
        Symbol, use_layers, use_viewport,
    },
    state::{Store, use_store},
};

#[component]
pub fn Pane(id: StoredValue<String>, number: u32, container: RwSignal<Container>) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let terminals = expect_context::<Terminals>();
    let session = id.with_value(|id| terminals.find(id, number))?;
    let stage = RwSignal::from(session.stage.clone());
    let place = NodeRef::<Div>::new();
    let held = StoredValue::new_local(Rc::clone(&session));
    place.on_load(move |place| {
        held.with_value(|session| {
            session.screen.show_in(&place);
            take_keyboard(session);
        });
    });
    let viewport = use_viewport(place);
    Effect::new(move |_| {
        viewport.track();
        held.with_value(|session| session.screen.settle());
    });
    follow_look(store, held);
    let menu = move |event: ev::MouseEvent| {
        event.prevent_default();
        let entries = entries(store, terminals, text, id, number);
        layers_menu(layers, &event, text, entries);
    };
    let label = {
        let session = Rc::clone(&session);
        let name = name_of(text, &session);
        container.with_untracked(|container| text.terminal.label(&name, &container.name))
    };
    Some(view! {
        <div class="term-pane" role="tabpanel" aria-label=label>
            <div class="term-place" node_ref=place on:contextmenu=menu data-test="terminal"></div>
            {move || match stage.get() {
                Stage::Failed(failure) if failure.code == "no-shell" => {
                    view! { <NoShell id number /> }.into_any()
                }
                Stage::Failed(failure) => view! { <Failed id number failure /> }.into_any(),
                _ => ().into_any(),
            }}
        </div>
        <Over id number stage />
    })
}

/// Typing goes to a terminal that was just come to, unless somebody walks by with the keyboard.
fn take_keyboard(session: &Rc<Session>) {
    let walking = document().active_element().is_some_and(|element| {
        element
            .matches("[role=tab]:focus-visible")
            .unwrap_or_default()
    });
    if walking {
        return;
    }
    let session = Rc::downgrade(session);
    // Its own place in the page is there with the next frame.
    request_animation_frame(move || {
        if let Some(session) = session.upgrade() {
            session.focus();
        }
    });
}

/// Follows the settings and the desktop's own change between light and dark.
fn follow_look(store: Store, held: StoredValue<Rc<Session>, LocalStorage>) {
    let again = move || {
        // The style sheets follow first.
        request_animation_frame(move || {
            let _ = held.try_with_value(|session| session.screen.look_again());
        });
    };
    let chosen = Memo::new(move |_| {
        let settings = store.settings.read();
        (settings.theme.clone(), settings.scale)
    });
    Effect::new(move |last: Option<()>| {
        chosen.get();
        if last.is_some() {
            again();
        }
    });
    let watching = StoredValue::new_local(Scheme::watch(again));
    on_cleanup(move || drop(watching.try_update_value(Option::take)));
}

/// The desktop's choice between light and dark, listened to.
struct Scheme {
    query: MediaQueryList,
    changed: Closure<dyn FnMut()>,
}

impl Scheme {
    fn watch(changed: impl FnMut() + 'static) -> Option<Self> {
        let query = window()
            .match_media("(prefers-color-scheme: dark)")
            .ok()??;
        let changed = Closure::<dyn FnMut()>::new(changed);
        let function = changed.as_ref().unchecked_ref();
        query
            .add_event_listener_with_callback("change", function)
            .ok()?;
        Some(Self { query, changed })
    }
}

impl Drop for Scheme {
    fn drop(&mut self) {
        let function = self.changed.as_ref().unchecked_ref();
        // What was added can be removed.
        let _ = self
            .query
            .remove_event_listener_with_callback("change", function);
    }
}

/// What can be done with the text of a terminal.
fn entries(
    store: Store,
    terminals: Terminals,
    text: Text,
    id: StoredValue<String>,
    number: u32,
) -> Vec<MenuEntry> {
    let words = text.terminal;
    let find = move || id.with_value(|id| terminals.find(id, number));
    let with = move |act: fn(&Terminal)| {
        if let Some(session) = find() {
            session.screen.with(act);
        }
    };
    let selected = find().and_then(|session| session.screen.with(Terminal::selection));
    let nothing = selected
        .is_none_or(|text| text.is_empty())
        .then(|| words.nothing_selected());
    let copy = MenuItem::new(Symbol::Copy, words.copy(), move || {
        if let Some(session) = find() {
            copy_selection(store, &session);
        }
    });
    let paste = MenuItem::new(Symbol::ClipboardPaste, words.paste(), move || {
        if let Some(session) = find() {
            spawn_local(paste(store, session));
        }
    });
    vec![
        copy.hint("Ctrl Shift C").disabled(nothing).into(),
        paste.hint("Ctrl Shift V").into(),
        MenuItem::new(Symbol::Blank, words.select_all(), move || {
            with(Terminal::select_all);
        })
        .into(),
        MenuEntry::Separator,
        MenuItem::new(Symbol::Eraser, words.clear(), move || with(Terminal::clear)).into(),
    ]
}

async fn paste(store: Store, session: Rc<Session>) {
    let clipboard = window().navigator().clipboard();
    let read = JsFuture::from(clipboard.read_text()).await;
    match read.ok().and_then(|text| text.as_string()) {
        Some(text) => {
            session.screen.with(|terminal| {
                terminal.paste(&text);
                terminal.focus();
            });
        }
        // The keys need no permission.
        None => store.tell_failure(store.text().terminal.not_pasted().to_owned(), None),
    }
}

fn layers_menu(layers: Layers, event: &ev::MouseEvent, text: Text, entries: Vec<MenuEntry>) {
    layers.open_menu(
        Anchor::at(event),
        text.terminal.sessions().to_owned(),
        entries,
    );
}

/// Why there is nothing to type into.
#[component]
fn Failed(id: StoredValue<String>, number: u32, failure: Failure) -> impl IntoView {
    let text = use_text();
    let terminals = expect_context::<Terminals>();
    view! {
        <div class="term-over">
            <ErrorCard failure title=text.terminal.not_opened()>
                <Button on_press=move |()| start_again(terminals, id, number)>
                    {text.failures.try_again()}
                </Button>
            </ErrorCard>
        </div>
    }
}

/// Says that the program has ended, and how.
#[component]
fn Over(id: StoredValue<String>, number: u32, stage: RwSignal<Stage>) -> impl IntoView {
    let text = use_text();
    let words = text.terminal;
    let terminals = expect_context::<Terminals>();
    let name = move || {
        let session = id.with_value(|id| terminals.find(id, number));
        session
            .map(|session| name_of(text, &session))
            .unwrap_or_default()
    };
    move || {
        let Stage::Ended(code) = stage.get() else {
            return None;
        };
        let said = match code {
            Some(code) => words.ended(&name(), code),
            None => words.left(&name()),
        };
        Some(view! {
            <div class="row term-foot" role="status" data-test="terminal-over">
                <Glyph kind=StatusKind::Exited />
                <span class="cut">{said}</span>
                <span class="push"></span>
                <Button
                    size=ButtonSize::Small
                    icon=Symbol::Restart
                    on_press=move |()| start_again(terminals, id, number)
                    {..}
                    data-test="terminal-again"
                >
                    {words.start_again()}
                </Button>
                <Button
                    size=ButtonSize::Small
                    on_press=move |()| terminals.close(&id.get_value(), number)
                >
                    {text.common.close()}
                </Button>
            </div>
        })
    }
}

fn start_again(terminals: Terminals, id: StoredValue<String>, number: u32) {
    if let Some(session) = id.with_value(|id| terminals.find(id, number)) {
        session.start_again();
        session.focus();
    }
}
