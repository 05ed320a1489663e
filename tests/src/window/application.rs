//! `gantry-desktop`, driven by WebKit's own driver.

use serde_json::json;

use super::{Page, display::Display, free_port, needs};
use crate::{Engine, Running, built};

pub async fn open(engine: &Engine) -> Result<(Page, Vec<Box<dyn Send>>), String> {
    needs(&[
        ("Xvfb", "xvfb"),
        ("dbus-daemon", "dbus"),
        ("WebKitWebDriver", "webkit2gtk-driver"),
    ])?;
    let display = Display::start(engine);
    let port = free_port();
    let mut driver = engine.command("WebKitWebDriver".as_ref());
    driver
        .arg(format!("--port={port}"))
        .env("TAURI_WEBVIEW_AUTOMATION", "true");
    display.give_to(&mut driver);
    let driver = Running::start(&mut driver);

    let application = built("gantry-desktop");
    let page = Page::connect(
        port,
        json!({
            "webkitgtk:browserOptions": { "binary": application, "args": [] },
        }),
    )
    .await
    .unwrap_or_else(|error| panic!("the window did not open: {error}\n{}", driver.err()));
    Ok((page, vec![Box::new(driver), Box::new(display)]))
}
