//! A group of rows under one head, with the buttons that add to it.

use leptos::prelude::*;

use crate::parts::{Button, ButtonKind, ButtonSize, Symbol};

/// A button in the head that adds a row.
pub struct Add {
    symbol: Symbol,
    label: &'static str,
    test: &'static str,
    press: Callback<()>,
}

impl Add {
    /// `test` is its name in tests.
    pub fn new(
        symbol: Symbol,
        label: &'static str,
        test: &'static str,
        press: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self {
            symbol,
            label,
            test,
            press: Callback::new(move |()| press()),
        }
    }
}

#[component]
pub fn Group(
    label: &'static str,
    /// Explains the rows once there are any.
    note: &'static str,
    #[prop(into)] filled: Signal<bool>,
    adds: Vec<Add>,
    children: Children,
) -> impl IntoView {
    let button = |add: Add| {
        view! {
            <Button
                kind=ButtonKind::Quiet
                size=ButtonSize::Small
                icon=add.symbol
                on_press=add.press
                {..}
                data-test=add.test
            >
                {add.label}
            </Button>
        }
    };
    view! {
        <div role="group" class="fs col run-group" aria-label=label>
            <div class="lg">
                {label}
                <Show when=move || filled.get()>
                    <span class="hint plain p3">{note}</span>
                </Show>
                <span class="push">{adds.into_iter().map(button).collect_view()}</span>
            </div>
            {children()}
        </div>
    }
}
