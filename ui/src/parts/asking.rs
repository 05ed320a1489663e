//! What dialogs share that ask for one thing: it is under way, it came true, or it failed.

use std::future::Future;

use gantry_view::Failure;
use leptos::{ev, prelude::*, task::spawn_local};

use super::{Button, ButtonKind, ErrorCard, Layers, Symbol, use_layers};
use crate::i18n::use_text;

/// The wish of a dialog. It closes the dialog once it came true.
#[derive(Clone, Copy)]
pub struct Asking {
    busy: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
    layers: Layers,
}

impl Asking {
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
            layers: use_layers(),
        }
    }

    pub fn is_busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// Does the work unless some is under way.
    pub fn ask(self, work: impl Future<Output = Result<(), Failure>> + 'static) {
        if self.begin() {
            spawn_local(async move { self.end(work.await) });
        }
    }

    /// Begins what [`Asking::end`] will end; `false` while something is under way.
    pub fn begin(self) -> bool {
        if self.busy.get_untracked() {
            return false;
        }
        self.busy.set(true);
        self.failure.set(None);
        true
    }

    /// Closes the dialog, or shows in it why nothing came of it.
    pub fn end(self, answer: Result<(), Failure>) {
        // Whoever closed the dialog meanwhile may have opened another.
        if self.busy.try_set(false).is_some() {
            return;
        }
        match answer {
            Ok(()) => self.layers.close_dialog(),
            Err(failure) => self.failure.set(Some(failure)),
        }
    }
}

/// Enter in a field, or Ctrl+Enter anywhere in the dialog, presses its button.
pub fn on_enter(
    blocked: Signal<Option<String>>,
    press: impl Fn() + 'static,
) -> impl Fn(ev::KeyboardEvent) + 'static {
    move |event| {
        let from_field = event_target::<web_sys::Element>(&event).tag_name() == "INPUT";
        let is_enter = event.key() == "Enter" && !event.is_composing();
        if is_enter && (from_field || event.ctrl_key()) {
            event.prevent_default();
            if blocked.with_untracked(Option::is_none) {
                press();
            }
        }
    }
}

/// Why it failed, in the body of the dialog.
#[component]
pub fn AskFailure(asking: Asking) -> impl IntoView {
    move || {
        let failure = asking.failure.get();
        failure.map(|failure| view! { <ErrorCard failure /> })
    }
}

/// The way back and the press.
#[component]
pub fn AskFooter(
    asking: Asking,
    #[prop(default = ButtonKind::Primary)] kind: ButtonKind,
    #[prop(optional, into)] icon: Option<Symbol>,
    /// Why it cannot be pressed yet.
    #[prop(optional, into)]
    blocked: Signal<Option<String>>,
    /// What the way back says where a press loses something; it then has the first focus.
    #[prop(optional, into)]
    keep: Option<&'static str>,
    #[prop(into)] label: String,
    /// The name of the press in tests.
    test: &'static str,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let text = use_text().common;
    view! {
        <Button on_press=move |()| asking.layers.close_dialog() autofocus=keep.is_some()>
            {keep.unwrap_or(text.cancel())}
        </Button>
        <Button kind icon busy=asking.busy disabled=blocked on_press {..} data-test=test>
            {label}
        </Button>
    }
}
