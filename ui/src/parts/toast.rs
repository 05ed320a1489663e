//! Toasts at the lower right: results of work started elsewhere, and undo. A dialog lies over them,
//! and what only tells waits until it is closed.

use std::time::Duration;

use leptos::prelude::*;

use super::{Button, ButtonSize, Icon, IconButton, Symbol, use_layers};
use crate::{
    i18n::use_text,
    state::{Toast, ToastKind, Toasts},
};

const LIFE_MS: f64 = 6000.0;
const TICK: Duration = Duration::from_millis(100);

/// Draws the toasts; each leaves by itself unless it is looked at.
#[component]
pub fn ToastLayer(toasts: Toasts) -> impl IntoView {
    view! {
        <div class="toasts">
            <For
                each=move || toasts.all()
                key=|toast| toast.id
                children=move |toast| view! { <ToastView toast toasts /> }
            />
        </div>
    }
}

#[component]
fn ToastView(toast: Toast, toasts: Toasts) -> impl IntoView {
    let text = use_text().common;
    let Toast {
        id,
        kind,
        title,
        detail,
        action,
    } = toast;
    let left = RwSignal::new(LIFE_MS);
    // By the pointer and by the keyboard, each for itself.
    let (hovered, focused) = (StoredValue::new(false), StoredValue::new(false));
    let layers = use_layers();
    // What can be taken back can be only for so long.
    let waits = action.is_none();
    if let Ok(timer) = set_interval_with_handle(
        move || {
            let held = hovered.get_value() || focused.get_value();
            if held || (waits && layers.has_dialog()) {
                return;
            }
            left.update(|left| *left -= TICK.as_millis() as f64);
            if left.get_untracked() <= 0.0 {
                toasts.dismiss(id);
            }
        },
        TICK,
    ) {
        on_cleanup(move || timer.clear());
    }
    let (name, symbol, role) = match kind {
        ToastKind::Ok => ("ok", Symbol::CircleCheck, "status"),
        ToastKind::Bad => ("bad", Symbol::CircleX, "alert"),
        ToastKind::Info => ("info", Symbol::Info, "status"),
    };
    let action = action.map(|action| {
        let run = action.run;
        let press = move |()| {
            run.run(());
            toasts.dismiss(id);
        };
        view! { <Button size=ButtonSize::Small on_press=press>{action.label}</Button> }
    });
    view! {
        <div
            class="toast"
            role=role
            data-k=name
            on:pointerenter=move |_| hovered.set_value(true)
            on:pointerleave=move |_| hovered.set_value(false)
            on:focusin=move |_| focused.set_value(true)
            on:focusout=move |_| focused.set_value(false)
        >
            <Icon symbol />
            <div class="grow">
                <div class="med">{title}</div>
                {(!detail.is_empty()).then(|| view! { <div class="sm t3 selectable">{detail}</div> })}
            </div>
            {action}
            <IconButton
                symbol=Symbol::X
                label=text.dismiss()
                small=true
                on_press=move |_| toasts.dismiss(id)
            />
            <i class="life" style=move || format!("--p:{:.1}%", left.get() / LIFE_MS * 100.0)></i>
        </div>
    }
}
