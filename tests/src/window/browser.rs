//! `gantry web` in Chromium.

use serde_json::json;

use super::{Page, free_port, needs};
use crate::{Engine, Running, built, wait_for};

pub async fn open(engine: &Engine) -> Result<(Page, Vec<Box<dyn Send>>), String> {
    needs(&[
        ("chromium", "chromium"),
        ("chromedriver", "chromium-driver"),
    ])?;
    let server = Running::start(engine.command(&built("gantry")).args(["web"]));
    let address = wait_for("gantry web to print its address", || {
        let said = server.out() + &server.err();
        said.split_whitespace()
            .find(|word| word.starts_with("http://"))
            .map(str::to_owned)
    });

    let port = free_port();
    let profile = engine.file(&format!("chromium-{port}"));
    let mut driver = engine.command("chromedriver".as_ref());
    let driver = Running::start(driver.arg(format!("--port={port}")));
    let quiet = [
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--lang=en-US",
        "--window-size=1440,900",
    ];
    let mut arguments: Vec<String> = quiet.map(str::to_owned).to_vec();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    let page = Page::connect(
        port,
        json!({
            "goog:chromeOptions": {
                "binary": "/usr/bin/chromium",
                "args": arguments,
                "prefs": { "download.default_directory": engine.file("downloads") },
            },
        }),
    )
    .await
    .unwrap_or_else(|error| panic!("the browser did not open: {error}\n{}", driver.err()));
    page.go(&address).await;
    Ok((page, vec![Box::new(driver), Box::new(server)]))
}
