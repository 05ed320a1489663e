//! What part of a scroller is in sight.

use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlElement, ResizeObserver};

/// A scroller's position and inner size in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Viewport {
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Viewport {
    pub fn of(element: &HtmlElement) -> Self {
        Self {
            top: f64::from(element.scroll_top()),
            width: f64::from(element.client_width()),
            height: f64::from(element.client_height()),
        }
    }
}

/// Follows a scroller: its position as it is scrolled, its size as it is resized.
pub fn use_viewport(node: NodeRef<html::Div>) -> ReadSignal<Viewport> {
    let (viewport, set_viewport) = signal(Viewport::default());
    let read = move || {
        if let Some(Some(element)) = node.try_get_untracked() {
            let now = Viewport::of(&element);
            if viewport
                .try_get_untracked()
                .is_some_and(|known| known != now)
            {
                set_viewport.set(now);
            }
        }
    };
    let watching = StoredValue::new_local(None::<Watching>);
    node.on_load(move |element| {
        read();
        watching.set_value(Watching::start(element.into(), read));
    });
    on_cleanup(move || {
        if let Some(watching) = watching.try_update_value(Option::take).flatten() {
            watching.stop();
        }
    });
    viewport
}

/// The listeners on one element, kept as long as they may be called.
struct Watching {
    element: HtmlElement,
    observer: ResizeObserver,
    handler: Closure<dyn FnMut()>,
}

impl Watching {
    fn start(element: HtmlElement, read: impl FnMut() + 'static) -> Option<Self> {
        let handler = Closure::<dyn FnMut()>::new(read);
        let function = handler.as_ref().unchecked_ref();
        element
            .add_event_listener_with_callback("scroll", function)
            .ok()?;
        let observer = ResizeObserver::new(function).ok()?;
        observer.observe(&element);
        Some(Self {
            element,
            observer,
            handler,
        })
    }

    fn stop(self) {
        self.observer.disconnect();
        // An element that is gone has no listeners left to remove.
        let _ = self
            .element
            .remove_event_listener_with_callback("scroll", self.handler.as_ref().unchecked_ref());
    }
}
