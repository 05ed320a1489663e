//! What the window says this computer lacks is what `gantry doctor` says, and it has it mended.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use gantry_tests::{
    Account, Engine, PROGRAMS, skip,
    window::{Door, Window},
};
use serde_json::Value;

async fn says_what_the_doctor_says(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let page = &window.page;
    page.click("a[href='#/self-check']").await;
    page.find(".chk[data-check=kernel]").await;
    let doctor = window.engine.gantry(&["doctor", "--format", "json"]).out;
    let doctor: Vec<Value> = serde_json::from_str(&doctor).unwrap();
    for finding in &doctor {
        let row = format!(".chk[data-check={}]", finding["check"].as_str().unwrap());
        // What is free on a disk changes between two looks.
        if finding["check"] != "disk" {
            page.shows(&row, finding["what"].as_str().unwrap()).await;
        }
    }
    assert_eq!(page.count(".chk").await, doctor.len());
    page.photograph(&format!("self-check-{door:?}")).await;
    page.press("Check again").await;
    page.find(".chk[data-check=kernel]").await;
    window.close().await;
}

#[tokio::test]
async fn as_an_application() {
    says_what_the_doctor_says(Door::Application).await;
}

#[tokio::test]
async fn in_a_browser() {
    says_what_the_doctor_says(Door::Browser).await;
}

/// The line about the helpers.
const ROW: &str = ".chk[data-check=id-mapping-helpers]";

/// A program that cannot do its work, and somebody who does not give the password at first.
fn put_programs(engine: &Engine) {
    let folder = engine.file(PROGRAMS);
    fs::create_dir(&folder).unwrap();
    let ask = "#!/bin/sh\n[ -e \"${0%/*}/agreed\" ] || exit 126\nexec \"$@\"\n";
    fs::write(folder.join("pkexec"), ask).unwrap();
    fs::write(folder.join("newuidmap"), "#!/bin/sh\nexit 1\n").unwrap();
    for name in ["", "pkexec", "newuidmap"] {
        let path = folder.join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        engine.identity().own(&path);
    }
}

#[tokio::test]
async fn what_only_root_can_do_is_done_for_a_password() {
    if !Path::new("/usr/bin/newgidmap").exists() {
        return skip("no newgidmap here (package uidmap)");
    }
    let door = Door::Browser;
    let window = match Window::open_with(door, Account::User, put_programs).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let page = &window.page;
    page.click("a[href='#/self-check']").await;
    page.shows(ROW, "neither setuid").await;
    let fix = format!("{ROW} button");
    page.click(&fix).await;
    page.shows(ROW, "password was not given").await;
    page.photograph("self-check-refused").await;
    window.engine.write(&format!("{PROGRAMS}/agreed"), "");
    page.click(&fix).await;
    page.shows(ROW, "newuidmap and newgidmap").await;
    assert_eq!(page.count(&fix).await, 0);
    let helper = window.engine.file(PROGRAMS).join("newuidmap");
    assert_eq!(
        helper.metadata().unwrap().permissions().mode() & 0o7777,
        0o4755
    );
    window.close().await;
}

#[tokio::test]
async fn an_engine_that_does_not_begin_says_why() {
    let spoil = |engine: &Engine| engine.configure("nonsense = [");
    let window = match Window::open_with(Door::Browser, Account::User, spoil).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let page = &window.page;
    page.shows(".banner", "The engine did not start.").await;
    page.shows(".banner", "config.toml").await;
    page.photograph("engine-does-not-begin").await;
    window.close().await;
}
