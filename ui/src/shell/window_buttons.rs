//! The window's buttons, on the side and in the order the desktop wants them.

use gantry_view::{WindowAction, WindowControl};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    backend,
    i18n::use_text,
    parts::{Icon, Symbol},
    state::use_store,
};

/// The buttons of one side; nothing where the desktop draws the title bar.
#[component]
pub fn WindowButtons(at_start: bool) -> impl IntoView {
    let store = use_store();
    move || {
        let buttons = store
            .host
            .with(|host| buttons(&host.button_layout, at_start));
        (store.own_title_bar() && !buttons.is_empty()).then(|| {
            let buttons = buttons
                .into_iter()
                .map(|action| view! { <WindowButton action /> })
                .collect_view();
            view! { <div class="winctl" data-start=at_start.then_some("")>{buttons}</div> }
        })
    }
}

#[component]
fn WindowButton(action: WindowAction) -> impl IntoView {
    let text = use_text().shell;
    let store = use_store();
    let label = move || match action {
        WindowAction::Minimize => text.minimize(),
        WindowAction::ToggleMaximize if store.window.with(|window| window.maximized) => {
            text.restore()
        }
        WindowAction::ToggleMaximize => text.maximize(),
        WindowAction::Close | WindowAction::Quit => text.close(),
    };
    let symbol = match action {
        WindowAction::Minimize => Symbol::Minus,
        WindowAction::ToggleMaximize => Symbol::Square,
        WindowAction::Close | WindowAction::Quit => Symbol::X,
    };
    let press = move |_| {
        spawn_local(async move {
            // A window that cannot do it stays as it is, which the person sees.
            let _ = backend::call(&WindowControl { action }).await;
        });
    };
    view! {
        <button type="button" tabindex="-1" aria-label=label on:click=press>
            <Icon symbol />
        </button>
    }
}

/// The buttons of a side of GNOME's `button-layout`: `appmenu:minimize,maximize,close`.
fn buttons(layout: &str, at_start: bool) -> Vec<WindowAction> {
    let layout = if layout.is_empty() {
        ":minimize,maximize,close"
    } else {
        layout
    };
    let (start, end) = layout.split_once(':').unwrap_or((layout, ""));
    let side = if at_start { start } else { end };
    side.split(',')
        .filter_map(|name| match name.trim() {
            "minimize" => Some(WindowAction::Minimize),
            "maximize" => Some(WindowAction::ToggleMaximize),
            "close" => Some(WindowAction::Close),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::buttons;
    use gantry_view::WindowAction::{Close, Minimize, ToggleMaximize};

    #[test]
    fn the_desktops_order_is_kept_on_both_sides() {
        assert_eq!(
            buttons("appmenu:minimize,maximize,close", false),
            [Minimize, ToggleMaximize, Close]
        );
        assert_eq!(buttons("appmenu:minimize,maximize,close", true), []);
        assert_eq!(buttons("close,minimize:", true), [Close, Minimize]);
        assert_eq!(buttons("", false).len(), 3);
    }
}
