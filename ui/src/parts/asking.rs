//! What dialogs share that ask for one thing: it is under way, it came true, or it failed.

use std::future::Future;

use gantry_view::Failure;
use leptos::{ev, prelude::*, task::spawn_local};

use super::{Button, ButtonKind, ErrorCard, Layers, Symbol, use_layers};
use crate::{
    i18n::use_text,
    state::{Store, use_store},
};

/// The wish of a dialog. It closes the dialog once it came true.
#[derive(Clone, Copy)]
pub struct Asking {
    busy: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
    layers: Layers,
    store: Store,
}

impl Asking {
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
            layers: use_layers(),
            store: use_store(),
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

    /// Closes the dialog, or shows in it why nothing came of it; in a toast where the dialog was
    /// closed meanwhile.
    pub fn end(self, answer: Result<(), Failure>) {
        // Whoever closed the dialog may have opened another.
        let is_open = self.busy.try_set(false).is_none();
        match answer {
            Ok(()) if is_open => self.layers.close_dialog(),
            Ok(()) => {}
            Err(failure) if is_open => self.failure.set(Some(failure)),
            Err(failure) => self.store.tell_lost_failure(&failure),
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
pub fn AskFailure(
    asking: Asking,
    /// Does it in place of the file that stands in the way.
    #[prop(optional, into)]
    on_replace: Option<Callback<()>>,
) -> impl IntoView {
    move || {
        let failure = asking.failure.get();
        failure.map(|failure| view! { <ExistsCard failure on_replace /> })
    }
}

/// A failure; where a file stands in the way, with the press that replaces it.
#[component]
pub fn ExistsCard(failure: Failure, on_replace: Option<Callback<()>>) -> impl IntoView {
    let text = use_text().common;
    match on_replace.filter(|_| failure.code == "file-exists") {
        None => view! { <ErrorCard failure /> }.into_any(),
        Some(replace) => view! {
            <ErrorCard failure>
                <Button
                    kind=ButtonKind::Danger
                    class="push"
                    on_press=move |()| replace.run(())
                    {..}
                    data-test="replace-file"
                >
                    {text.replace_file()}
                </Button>
            </ErrorCard>
        }
        .into_any(),
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
