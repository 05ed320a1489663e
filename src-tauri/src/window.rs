//! The window: how it opens, what it tells, what it remembers.

use std::sync::{Mutex, PoisonError};

use gantry_view::{Settings, WindowItem};
use tauri::{
    App, AppHandle, DragDropEvent, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    WindowEvent, webview::PageLoadEvent,
};

use crate::{
    feed::texts,
    size::{MINIMUM, WindowSize},
    transport::Session,
};

const LABEL: &str = "main";

/// Opens the window at the size it had.
pub(crate) fn open(app: &App) -> tauri::Result<()> {
    let session = app.state::<Session>();
    let own_title_bar = draws_own_title_bar(&session.desk.settings());
    let size = WindowSize::read();

    let builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Gantry")
        .inner_size(size.width, size.height)
        .min_inner_size(MINIMUM.0, MINIMUM.1)
        .maximized(size.maximized)
        .decorations(!own_title_bar)
        // The content is this app's own bundle; nothing it shows may replace it.
        .on_navigation(|url| url.scheme() == "tauri" || url.as_str() == "about:blank")
        .on_page_load(|window, page| {
            if page.event() == PageLoadEvent::Started {
                window.state::<Session>().streams.close_all();
            }
        });
    let window = builder.build()?;

    let maximized = size.maximized;
    session.feed.update(|state| {
        state.maximized = maximized;
        state.own_title_bar = own_title_bar;
    });
    let last = Mutex::new(size);
    window.on_window_event({
        let window = window.clone();
        move |event| follow(&window, &last, event)
    });
    Ok(())
}

/// Brings the window to the front.
pub(crate) fn present(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        // Each may be refused by the desktop, and nothing follows from that.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// Brings changed settings into force.
pub(crate) fn apply(window: &WebviewWindow, session: &Session) {
    let own_title_bar = draws_own_title_bar(&session.desk.settings());
    if window.set_decorations(!own_title_bar).is_ok() {
        session
            .feed
            .update(|state| state.own_title_bar = own_title_bar);
    }
}

fn draws_own_title_bar(settings: &Settings) -> bool {
    match settings.decorations.as_str() {
        "own" => true,
        "system" => false,
        _ => gantry_desk::own_title_bar_by_default(),
    }
}

fn follow(window: &WebviewWindow, last: &Mutex<WindowSize>, event: &WindowEvent) {
    let session = window.state::<Session>();
    let feed = &session.feed;
    match event {
        WindowEvent::Resized(size) => {
            let maximized = window.is_maximized().unwrap_or_default();
            feed.update(|state| state.maximized = maximized);
            let scale = window.scale_factor().unwrap_or(1.0);
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            last.maximized = maximized;
            if !maximized {
                let size = size.to_logical::<f64>(scale);
                (last.width, last.height) = (size.width, size.height);
            }
        }
        WindowEvent::Focused(focused) => feed.update(|state| state.focused = *focused),
        WindowEvent::CloseRequested { .. } | WindowEvent::Destroyed => {
            last.lock().unwrap_or_else(PoisonError::into_inner).write();
        }
        WindowEvent::DragDrop(event) => match event {
            DragDropEvent::Enter { paths, .. } => feed.tell(WindowItem::DragOver {
                paths: texts(paths),
            }),
            DragDropEvent::Drop { paths, .. } => feed.tell(WindowItem::Dropped {
                paths: texts(paths),
            }),
            DragDropEvent::Leave => feed.tell(WindowItem::DragLeft),
            _ => {}
        },
        _ => {}
    }
}
