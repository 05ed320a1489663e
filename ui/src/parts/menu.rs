//! Menus: verbs with their keys at the right, the dangerous last.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{Icon, IconButton, Symbol, use_layers};

/// Where something floats: the edges of what it belongs to, in pixels of the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anchor {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) view_width: f64,
    pub(super) view_height: f64,
}

impl Anchor {
    /// Beside an element.
    pub fn of(element: &Element) -> Self {
        let rect = element.get_bounding_client_rect();
        Self::between(rect.left(), rect.right(), rect.top(), rect.bottom())
    }

    /// At the pointer.
    pub fn at(event: &ev::MouseEvent) -> Self {
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        Self::between(x, x, y, y)
    }

    fn between(left: f64, right: f64, top: f64, bottom: f64) -> Self {
        let size = |value: Result<wasm_bindgen::JsValue, _>| {
            value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0)
        };
        Self {
            left,
            right,
            top,
            bottom,
            view_width: size(window().inner_width()),
            view_height: size(window().inner_height()),
        }
    }
}

/// One verb.
#[derive(Clone)]
pub struct MenuItem {
    icon: Option<Symbol>,
    label: String,
    hint: String,
    danger: bool,
    disabled: Option<String>,
    run: Callback<()>,
}

impl MenuItem {
    pub fn new(
        icon: Symbol,
        label: impl Into<String>,
        run: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self {
            icon: Some(icon),
            label: label.into(),
            hint: String::new(),
            danger: false,
            disabled: None,
            run: Callback::new(move |()| run()),
        }
    }

    /// The key that does the same, or a word more.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    #[must_use]
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }

    /// Why it cannot be done now; `None` lets it.
    #[must_use]
    pub fn disabled(mut self, reason: Option<impl Into<String>>) -> Self {
        self.disabled = reason.map(Into::into);
        self
    }
}

/// A line of a menu.
#[derive(Clone)]
pub enum MenuEntry {
    Item(MenuItem),
    Separator,
}

impl From<MenuItem> for MenuEntry {
    fn from(item: MenuItem) -> Self {
        Self::Item(item)
    }
}

#[derive(Clone)]
pub(super) struct OpenMenu {
    pub anchor: Anchor,
    pub label: String,
    pub entries: Vec<MenuEntry>,
}

/// An icon button that opens a menu; the entries are made when it opens.
#[component]
pub fn MenuButton(
    #[prop(default = Symbol::Ellipsis)] symbol: Symbol,
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] small: bool,
    #[prop(optional)] untabbed: bool,
    #[prop(into)] entries: Callback<(), Vec<MenuEntry>>,
) -> impl IntoView {
    let layers = use_layers();
    let open = move |event: ev::MouseEvent| {
        if let Some(button) = event
            .current_target()
            .or_else(|| event.target())
            .and_then(|target| target.dyn_into::<Element>().ok())
        {
            layers.open_menu(Anchor::of(&button), label.get_untracked(), entries.run(()));
        }
    };
    view! { <IconButton symbol label small untabbed popup=true on_press=open /> }
}

/// Draws the open menu above everything and gives it the keyboard.
#[component]
pub fn MenuLayer() -> impl IntoView {
    let layers = use_layers();
    move || layers.menu.get().map(|menu| view! { <MenuView menu /> })
}

#[component]
fn MenuView(menu: OpenMenu) -> impl IntoView {
    let layers = use_layers();
    let node = NodeRef::<html::Div>::new();
    let opener = document().active_element();
    let place = RwSignal::new("opacity:0".to_owned());
    let anchor = menu.anchor;
    node.on_load(move |element| {
        request_animation_frame(move || {
            place.set(placed(anchor, &element));
            let first = element
                .query_selector("[role=menuitem]")
                .ok()
                .flatten()
                .and_then(|item| item.dyn_into::<HtmlElement>().ok());
            // The menu itself takes the keys until an item has the focus.
            let _ = first.map(|item| item.focus());
        });
    });
    on_cleanup(move || {
        let back = opener.and_then(|element| element.dyn_into::<HtmlElement>().ok());
        let inside = document().active_element().is_none_or(|now| {
            now.closest("[role=menu]").ok().flatten().is_some() || now.tag_name() == "BODY"
        });
        if let Some(element) = back.filter(|_| inside) {
            let _ = element.focus();
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        event.stop_propagation();
        match event.key().as_str() {
            "Escape" | "Tab" => layers.close_menu(),
            "ArrowDown" => step(node, 1),
            "ArrowUp" => step(node, -1),
            "Home" => step_to(node, 0),
            "End" => step_to(node, usize::MAX),
            _ => return,
        }
        event.prevent_default();
    };
    let items = menu
        .entries
        .into_iter()
        .map(|entry| match entry {
            MenuEntry::Separator => {
                view! { <div class="menu-sep" role="separator"></div> }.into_any()
            }
            MenuEntry::Item(item) => view! { <Line item /> }.into_any(),
        })
        .collect_view();
    view! {
        <div
            class="layer"
            on:pointerdown=move |_| layers.close_menu()
            on:contextmenu=move |event| {
                event.prevent_default();
                layers.close_menu();
            }
        >
            <div
                class="menu"
                role="menu"
                aria-label=menu.label
                node_ref=node
                style=move || place.get()
                on:keydown=on_key
                on:pointerdown=|event| event.stop_propagation()
            >
                {items}
            </div>
        </div>
    }
}

#[component]
fn Line(item: MenuItem) -> impl IntoView {
    let layers = use_layers();
    let MenuItem {
        icon,
        label,
        hint,
        danger,
        disabled,
        run,
    } = item;
    let enabled = disabled.is_none();
    let press = move |_| {
        if enabled {
            layers.close_menu();
            run.run(());
        }
    };
    let class = if danger {
        "menu-item menu-item--danger"
    } else {
        "menu-item"
    };
    // A key of one or two letters is drawn as one; anything longer is a word.
    let is_key = hint.chars().count() <= 3;
    let end = (!hint.is_empty()).then(|| {
        view! {
            <span class="end">
                {if is_key {
                    view! { <kbd class="kbd">{hint}</kbd> }.into_any()
                } else {
                    hint.into_any()
                }}
            </span>
        }
    });
    view! {
        <button
            type="button"
            class=class
            role="menuitem"
            tabindex="-1"
            aria-disabled=(!enabled).then_some("true")
            on:click=press
            on:pointerenter=|event| {
                let item = event.current_target().and_then(|item| item.dyn_into::<HtmlElement>().ok());
                let _ = item.map(|item| item.focus());
            }
        >
            {icon.map(|symbol| view! { <Icon symbol /> })}
            {label}
            {end}
        </button>
        {disabled.map(|reason| view! { <div class="menu-note">{reason}</div> })}
    }
}

/// Below the anchor and inside the window; above it where there is no room below.
fn placed(anchor: Anchor, menu: &HtmlElement) -> String {
    const MARGIN: f64 = 8.0;
    let (width, height) = (
        f64::from(menu.offset_width()),
        f64::from(menu.offset_height()),
    );
    let fits_right = anchor.left + width + MARGIN <= anchor.view_width;
    let left = if fits_right {
        anchor.left
    } else {
        (anchor.right - width).max(MARGIN)
    };
    let below = anchor.bottom + 4.0;
    let top = if below + height + MARGIN <= anchor.view_height {
        below
    } else {
        (anchor.top - 4.0 - height).max(MARGIN)
    };
    format!("position:fixed;left:{left}px;top:{top}px")
}

fn lines(node: NodeRef<html::Div>) -> Vec<HtmlElement> {
    let Some(found) = node
        .get_untracked()
        .and_then(|menu| menu.query_selector_all("[role=menuitem]").ok())
    else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into().ok())
        .collect()
}

fn step(node: NodeRef<html::Div>, by: isize) {
    let lines = lines(node);
    let now = document().active_element();
    let at = lines
        .iter()
        .position(|line| now.as_ref() == Some(line.as_ref()));
    let count = lines.len().max(1) as isize;
    let next = match at {
        Some(at) => (at as isize + by).rem_euclid(count),
        None if by > 0 => 0,
        None => count - 1,
    };
    if let Some(line) = lines.get(next as usize) {
        let _ = line.focus();
    }
}

fn step_to(node: NodeRef<html::Div>, index: usize) {
    let lines = lines(node);
    if let Some(line) = lines.get(index.min(lines.len().saturating_sub(1))) {
        let _ = line.focus();
    }
}
