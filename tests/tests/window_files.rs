//! A container's files in the window: looked at, edited, dropped in, kept as an image, removed.

use gantry_pack::{Archive, fixtures};
use gantry_tests::{
    Account, Engine, skip, wait_for,
    window::{Door, Page, Window},
};

#[tokio::test]
async fn in_the_application() {
    story(Door::Application).await;
}

#[tokio::test]
async fn in_a_browser() {
    story(Door::Browser).await;
}

/// What the container does to its image before it rests.
const CHANGES: &str = "echo one > /etc/conf; echo note > /root/note; rm /etc/group; \
                       echo extra:x:7:7::/:/bin/sh >> /etc/passwd; sleep 1000";
/// Lets a file go over the window, as a file manager would.
const DROP: &str = "
    const data = new DataTransfer();
    data.items.add(new File(['dropped\\n'], 'dropped.txt'));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
";

async fn story(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.shows("nav a[aria-current=page]", "Containers").await;
    let id = container(engine);
    let go = format!("location.hash = '#/containers/{id}/files'");
    page.run(&go, vec![]).await;

    changes_are_seen(page).await;
    a_text_is_edited(page, engine).await;
    a_text_waits_until_it_is_saved(page, engine).await;
    if door == Door::Browser {
        a_file_is_dropped(page, engine).await;
    }
    chosen_ones_become_an_image(page, engine, door).await;
    one_is_renamed(page, engine).await;
    one_is_deleted(page, engine).await;
    what_was_done_is_taken_back(page, engine).await;
    everything_is_seen_of_one_that_does_not_run(page, engine).await;
    window.close().await;
}

fn container(engine: &Engine) -> String {
    // The window starts it.
    wait_for("the engine", || {
        (engine.docker(&["version"]).code == 0).then_some(())
    });
    let image = fixtures::busybox("busybox:latest").unwrap();
    let archive = engine.write("load.tar", Archive::Docker.to_vec(&[image]).unwrap());
    let archive = archive.to_str().unwrap();
    engine.docker(&["load", "-q", "-i", archive]).ok();
    let id = engine.run_detached("work", &[], &["sh", "-c", CHANGES]);
    wait_for("what the container writes", || {
        let sleeps = engine.docker(&["exec", "work", "grep", "-q", "extra", "/etc/passwd"]);
        (sleeps.code == 0).then_some(())
    });
    id
}

fn inside(engine: &Engine, script: &str) -> String {
    engine.docker(&["exec", "work", "sh", "-c", script]).ok()
}

/// Presses a line of the tree, and waits until what can be done is about that one.
async fn choose(page: &Page, path: &str) {
    page.click(&format!("[id='entry/{path}'] .nm")).await;
    page.shows(".files-path", &format!("/{path}")).await;
}

async fn changes_are_seen(page: &Page) {
    page.shows("[data-test=files-sums]", "2 added").await;
    page.shows("[data-test=files-sums]", "1 modified").await;
    page.shows("[data-test=files-sums]", "1 deleted").await;
    page.shows("[role=tab][aria-selected=true] .n", "4").await;
    choose(page, "etc").await;
    page.find("[id='entry/etc/group'][data-c=d]").await;
    choose(page, "etc/passwd").await;
    page.shows("[data-test=file-diff] .add", "extra:x:7:7")
        .await;
    page.photograph("files").await;
    let dark = "document.documentElement.dataset.theme = arguments[0]";
    page.run(dark, vec!["dark".into()]).await;
    page.photograph("files-dark").await;
    page.run(dark, vec!["light".into()]).await;
}

async fn a_text_is_edited(page: &Page, engine: &Engine) {
    choose(page, "etc/conf").await;
    page.shows("[data-test=file-text]", "one").await;
    page.click("[data-test=file-edit]").await;
    page.fill("[data-test=file-editor]", "written by hand")
        .await;
    page.click("[data-test=file-save]").await;
    page.shows("[data-test=file-text]", "written by hand").await;
    assert_eq!(inside(engine, "cat /etc/conf"), "written by hand");
    // What somebody else wrote meanwhile is not lost.
    page.click("[data-test=file-edit]").await;
    inside(engine, "echo theirs > /etc/conf");
    page.fill("[data-test=file-editor]", "mine").await;
    page.click("[data-test=file-save]").await;
    page.shows("[data-test=file-preview]", "changed meanwhile")
        .await;
    assert_eq!(inside(engine, "cat /etc/conf"), "theirs");
    page.press("Cancel").await;
    page.loses("[data-test=file-editor]").await;
}

/// Neither another file, nor another page, nor the container itself takes what was typed.
async fn a_text_waits_until_it_is_saved(page: &Page, engine: &Engine) {
    let typed = "return document.querySelector('[data-test=file-editor]').value";
    page.click("[data-test=file-edit]").await;
    page.fill("[data-test=file-editor]", "half a tho").await;
    choose(page, "etc/passwd").await;
    page.shows(".toast:last-child", "conf is not saved yet")
        .await;
    choose(page, "etc/conf").await;
    page.shows("[data-test=file-preview]", "Not saved yet")
        .await;
    assert_eq!(page.run(typed, vec![]).await, "half a tho");
    page.click("nav a[href='#/images']").await;
    page.run("history.back()", vec![]).await;
    choose(page, "etc").await;
    choose(page, "etc/conf").await;
    assert_eq!(page.run(typed, vec![]).await, "half a tho");
    page.press("Cancel").await;
    page.shows("[data-test=file-text]", "theirs").await;
    assert_eq!(inside(engine, "cat /etc/conf"), "theirs");
}

async fn a_file_is_dropped(page: &Page, engine: &Engine) {
    page.run(DROP, vec![]).await;
    page.shows("footer.statusbar", "Copied 1 file into /etc")
        .await;
    page.find("[id='entry/etc/dropped.txt'][data-c=a]").await;
    assert_eq!(inside(engine, "cat /etc/dropped.txt"), "dropped");
}

async fn chosen_ones_become_an_image(page: &Page, engine: &Engine, door: Door) {
    let mut chosen = vec!["etc/conf"];
    if door == Door::Browser {
        chosen.push("etc/dropped.txt");
    }
    for path in &chosen {
        page.click(&format!("[id='entry/{path}'] [data-test=tick]"))
            .await;
    }
    let label = format!("Commit {} chosen", chosen.len());
    page.shows("[data-test=files-commit]", &label).await;
    page.click("[data-test=files-commit]").await;
    page.shows("[data-test=commit-chosen]", "/etc/conf").await;
    page.fill("[data-test=commit-name]", "kept").await;
    page.photograph("files-commit").await;
    page.click("[data-test=commit-go]").await;
    page.loses("[data-test=commit-dialog]").await;
    let run = |command: &[&str]| {
        let run = ["run", "--rm", "--network", "none", "kept"];
        engine.docker(&[&run[..], command].concat())
    };
    wait_for("the image", || {
        (engine.docker(&["image", "inspect", "kept"]).code == 0).then_some(())
    });
    assert_eq!(run(&["cat", "/etc/conf"]).ok(), "theirs");
    if door == Door::Browser {
        assert_eq!(run(&["cat", "/etc/dropped.txt"]).ok(), "dropped");
    }
    // What was not chosen is as in the image that it came from.
    let rest = "test -e /etc/group && ! test -e /root/note && ! grep extra /etc/passwd";
    run(&["sh", "-c", rest]).ok();
}

async fn one_is_renamed(page: &Page, engine: &Engine) {
    choose(page, "root").await;
    choose(page, "root/note").await;
    page.open("[data-test=file-rename]", "[data-test=file-name]")
        .await;
    page.fill("[data-test=file-name]", "a/b").await;
    page.shows("[role=dialog]", "without a slash").await;
    page.fill("[data-test=file-name]", "memo").await;
    page.click("[data-test=file-name-go]").await;
    page.find("[id='entry/root/memo']").await;
    assert_eq!(inside(engine, "cat /root/memo"), "note");
}

async fn one_is_deleted(page: &Page, engine: &Engine) {
    choose(page, "root/memo").await;
    page.open("[data-test=file-ask-delete]", "[role=alertdialog]")
        .await;
    page.shows("[role=alertdialog]", "/root/memo").await;
    page.click("[data-test=file-delete]").await;
    page.loses("[id='entry/root/memo']").await;
    assert_eq!(inside(engine, "ls /root"), "");
}

async fn what_was_done_is_taken_back(page: &Page, engine: &Engine) {
    for (path, told) in [
        ("etc/group", "put back where the container deleted it"),
        ("etc/conf", "has no such file"),
    ] {
        choose(page, path).await;
        page.open("[data-test=file-ask-revert]", "[role=alertdialog]")
            .await;
        page.shows("[role=alertdialog]", told).await;
        page.click("[data-test=file-revert]").await;
        page.loses(&format!("[id='entry/{path}']")).await;
    }
    let image = ["run", "--rm", "--network", "none", "busybox"];
    let look = "ls -ln --full-time /etc/group; cat /etc/group; ls /etc/conf";
    let fresh = engine.docker(&[&image[..], &["sh", "-c", look]].concat());
    let now = engine.docker(&["exec", "work", "sh", "-c", look]);
    assert_eq!(now.out, fresh.out);
}

async fn everything_is_seen_of_one_that_does_not_run(page: &Page, engine: &Engine) {
    engine.docker(&["kill", "work"]).ok();
    page.press("All files").await;
    choose(page, "etc").await;
    choose(page, "etc/passwd").await;
    page.press("In image").await;
    page.shows("[data-test=file-text]", "alice").await;
    // So long a folder that what comes behind it is not in the page.
    choose(page, "bin").await;
    page.find("[id='entry/bin/busybox']").await;
    page.photograph("files-all").await;
}
