//! What the window says this computer lacks is what `gantry doctor` says, and it has it mended.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use gantry_tests::{
    Account, Engine, PROGRAMS, skip, wait_for,
    window::{Door, Window},
};
use nix::sched::{CloneFlags, unshare};
use rustix::mount::{MountPropagationFlags, mount_bind, mount_change};
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
const HELPER: &str = "/usr/bin/newuidmap";
const SCRIPT: &str = "chmod u+s /usr/bin/newuidmap\n";

/// The system's program, which cannot do its work in this thread's mount namespace, and somebody who
/// is asked for the password and does not give it at first. What is run then is left to the test,
/// which is root.
fn put_programs(engine: &Engine) {
    let powerless = engine.file("newuidmap");
    fs::copy(HELPER, &powerless).unwrap();
    fs::set_permissions(&powerless, fs::Permissions::from_mode(0o755)).unwrap();
    unshare(CloneFlags::CLONE_NEWNS).unwrap();
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).unwrap();
    mount_bind(&powerless, HELPER).unwrap();
    let folder = engine.file(PROGRAMS);
    fs::create_dir(&folder).unwrap();
    let ask = "#!/bin/sh\ncd \"${0%/*}\"; [ -e agreed ] || exit 126\n\
        printf %s \"$5\" >script.new; mv script.new script\n\
        until [ -e done ]; do sleep 0.05; done\n";
    fs::write(folder.join("pkexec"), ask).unwrap();
    for name in ["", "pkexec"] {
        let path = folder.join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        engine.identity().own(&path);
    }
}

/// Asks for something else than what was shown.
const ANOTHER: &str = "
    const request = new XMLHttpRequest();
    request.open('POST', 'rpc/mend', false);
    request.setRequestHeader('content-type', 'application/json');
    request.send(JSON.stringify({ check: 'id-mapping-helpers', script: 'id' }));
    return request.responseText;
";

#[tokio::test]
async fn what_only_root_can_do_is_done_for_a_password() {
    if !Path::new(HELPER).exists() || !rustix::process::geteuid().is_root() {
        return skip("no newuidmap here (package uidmap), or not root");
    }
    let door = Door::Browser;
    let window = match Window::open_with(door, Account::User, put_programs).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let page = &window.page;
    page.click("a[href='#/self-check']").await;
    page.shows(ROW, "neither setuid").await;
    page.shows(&format!("{ROW} pre"), SCRIPT.trim()).await;
    let fix = format!("{ROW} button");
    page.click(&fix).await;
    page.shows(ROW, "password was not given").await;
    page.photograph("self-check-refused").await;
    let programs = window.engine.file(PROGRAMS);
    window.engine.write(&format!("{PROGRAMS}/agreed"), "");
    let refused = page.run(ANOTHER, vec![]).await;
    assert!(refused.to_string().contains("mending-changed"), "{refused}");
    assert!(!programs.join("script").exists());
    page.click(&fix).await;
    let script = wait_for("the script", || {
        fs::read_to_string(programs.join("script")).ok()
    });
    assert_eq!(script, SCRIPT);
    let ran = Command::new("sh").args(["-ec", &script]).status();
    assert!(ran.unwrap().success());
    window.engine.write(&format!("{PROGRAMS}/done"), "");
    page.shows(ROW, "newuidmap and newgidmap").await;
    assert_eq!(page.count(&fix).await, 0);
    let mode = fs::metadata(HELPER).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o4755);
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
