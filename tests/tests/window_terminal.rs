//! Terminals in the window: typed into, resized, pasted into, left and come back to; a container's
//! own terminal, and a shell beside a container that has none.

use fantoccini::key::Key;
use gantry_pack::{Image, Tree, fixtures};
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

/// What a terminal shows.
const ROWS: &str = "[data-test=terminal] .xterm-rows";

async fn story(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.shows("nav a[aria-current=page]", "Containers").await;
    window.load_busybox();

    opened_with_a_key(page, engine).await;
    composed(page).await;
    resized(page).await;
    pasted(page).await;
    kept_while_away(page).await;
    several(page, engine).await;
    ended_and_started_again(page).await;
    own_terminal(page, engine).await;
    without_a_shell(page, engine).await;
    window.close().await;
}

/// Waits for the prompt of a shell at its beginning.
async fn prompt(page: &Page) {
    page.shows(ROWS, "/ #").await;
}

async fn opened_with_a_key(page: &Page, engine: &Engine) {
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sleep", "1000"])
        .ok();
    page.shows("tr[data-row]", "box").await;
    let focus = "document.querySelector('tr[data-row]').focus()";
    page.run(focus, vec![]).await;
    page.type_text("t").await;
    prompt(page).await;
    page.shows("[data-test=terminal-tab]", "sh 1").await;
    page.type_text("echo $((6*7))x $TERM\n").await;
    page.shows(ROWS, "42x xterm-256color").await;
    page.photograph("terminal").await;
}

/// What an input method composes arrives as the letters that it became.
async fn composed(page: &Page) {
    page.type_text("echo ready; cat\n").await;
    page.shows(ROWS, "catready").await;
    let compose = "
        const field = document.querySelector('.xterm-helper-textarea');
        const tell = (kind, data) =>
            field.dispatchEvent(new CompositionEvent(kind, { data, bubbles: true }));
        tell('compositionstart', '');
        field.value += '한글';
        tell('compositionupdate', '한글');
        tell('compositionend', '한글');
    ";
    page.run(compose, vec![]).await;
    page.shows(ROWS, "ready한글").await;
    page.type_text("\n").await;
    page.shows(ROWS, "ready한글한글").await;
    page.press_with(&[Key::Control], 'd').await;
    page.shows(ROWS, "한글한글/ #").await;
}

async fn rows(page: &Page) -> u64 {
    let count = format!("return document.querySelector('{ROWS}').childElementCount");
    page.run(&count, vec![]).await.as_u64().unwrap()
}

/// The program knows the size, also when the letters become larger.
async fn resized(page: &Page) {
    let before = rows(page).await;
    page.type_text("echo $(stty size)x | cut -d' ' -f1 | sed s/^/now:/\n")
        .await;
    page.shows(ROWS, &format!("now:{before}/")).await;
    page.press_with(&[Key::Control], '=').await;
    page.press_with(&[Key::Control], '=').await;
    let mut after = rows(page).await;
    while after >= before {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        after = rows(page).await;
    }
    page.type_text("clear; echo $(stty size)x | cut -d' ' -f1 | sed s/^/then:/\n")
        .await;
    page.shows(ROWS, &format!("then:{after}/")).await;
    page.press_with(&[Key::Control], '0').await;
}

async fn pasted(page: &Page) {
    page.type_text("n=0\n").await;
    let text = "n=$((n+1))\n".repeat(200) + "echo added $n\n";
    let paste = "
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', arguments[0]);
        const event = new ClipboardEvent('paste', { clipboardData, bubbles: true });
        document.querySelector('.xterm-helper-textarea').dispatchEvent(event);
    ";
    page.run(paste, vec![text.into()]).await;
    page.shows(ROWS, "added 200").await;
}

async fn kept_while_away(page: &Page) {
    page.type_text("kept=still-here; clear\n").await;
    page.click("nav a[href='#/images']").await;
    page.shows("[data-test=image-list]", "busybox").await;
    page.click("nav a[href='#/containers']").await;
    page.click("tr[data-row] a.name").await;
    page.press("Terminal").await;
    page.find(".xterm.focus").await;
    page.type_text("echo =$kept=\n").await;
    page.shows(ROWS, "=still-here=").await;
}

/// How many further processes it has.
fn execs(engine: &Engine) -> usize {
    let ids = engine.inspect("box", "json .ExecIDs");
    let ids: Option<Vec<String>> = serde_json::from_str(&ids).unwrap();
    ids.unwrap_or_default().len()
}

/// Each has a shell of its own, which ends with it.
async fn several(page: &Page, engine: &Engine) {
    page.click("[data-test=terminal-new]").await;
    page.find("[data-test=terminal-tab][data-on]:nth-of-type(2)")
        .await;
    page.find(".xterm.focus").await;
    prompt(page).await;
    page.type_text("echo second$((1+1)) =$kept=; sleep 1234\n")
        .await;
    page.shows(ROWS, "second2 ==").await;
    assert_eq!(page.count("[data-test=terminal-tab]").await, 2);
    assert_eq!(execs(engine), 2);
    page.click("[data-test=terminal-tab]:nth-of-type(2) .icon-btn")
        .await;
    page.shows(ROWS, "=still-here=").await;
    wait_for("the second shell to end", || {
        (execs(engine) == 1).then_some(())
    });
    wait_for("what ran in it to end", || {
        let processes = engine.docker(&["exec", "box", "ps"]).ok();
        (!processes.contains("sleep 1234")).then_some(())
    });
}

async fn ended_and_started_again(page: &Page) {
    page.find(".xterm.focus").await;
    page.type_text("exit 7\n").await;
    page.shows("[data-test=terminal-over]", "sh ended with code 7")
        .await;
    page.click("[data-test=terminal-again]").await;
    page.loses("[data-test=terminal-over]").await;
    prompt(page).await;
    page.find(".xterm.focus").await;
    page.type_text("echo =$kept=\n").await;
    page.shows(ROWS, "==").await;
}

/// `run -it` by pressing: the container's own terminal, which goes on when it is left.
async fn own_terminal(page: &Page, engine: &Engine) {
    page.press("Run a container").await;
    page.fill("[data-test=run-image]", "busybox:latest").await;
    page.fill("[data-test=run-name]", "own").await;
    page.shows("[data-test=run-command]", "--name own busybox")
        .await;
    page.click("[data-test=run-tty]").await;
    page.shows("[data-test=run-effects]", "as in a terminal")
        .await;
    page.click("[data-test=run-stdin]").await;
    page.shows("[data-test=run-command]", "-i -t").await;
    page.click("[data-test=run-go]").await;
    page.loses("[data-test=run-dialog]").await;
    // What it wrote before anybody came is there.
    prompt(page).await;
    page.find(".xterm.focus").await;
    page.type_text("echo process $$\n").await;
    page.shows(ROWS, "process 1").await;
    page.click("[data-test=terminal-tab] .icon-btn").await;
    page.loses("[data-test=terminal-tab]").await;
    assert_eq!(engine.inspect("own", ".State.Running"), "true");
    page.click("[data-test=terminal-main]").await;
    page.shows(ROWS, "process 1").await;
    page.find(".xterm.focus").await;
    page.type_text("exit 3\n").await;
    page.shows("[data-test=terminal-over]", "sh ended with code 3")
        .await;
    engine.wait_for_state("own", "exited");
    assert_eq!(engine.inspect("own", ".State.ExitCode"), "3");
}

/// An image of one program and no shell.
fn bare() -> Image {
    let program = fixtures::find_busybox().and_then(std::fs::read).unwrap();
    let tree = Tree::new()
        .dirs(&["dev", "proc", "sys", "etc"])
        .file("busybox", 0o755, &program);
    Image::new("bare:1").layer("ADD bare.tar /", tree).unwrap()
}

async fn without_a_shell(page: &Page, engine: &Engine) {
    engine.load(&[bare()]);
    let run = ["run", "-d", "--name", "bare", "bare:1"];
    let program = ["/busybox", "sleep", "1000"];
    engine.docker(&[&run[..], &program].concat()).ok();
    let id = engine.inspect("bare", ".Id");
    let go = "location.hash = arguments[0]";
    page.run(go, vec![format!("#/containers/{id}/terminal").into()])
        .await;
    page.shows("[data-test=terminal-no-shell]", "This image has no shell")
        .await;
    page.photograph("terminal-no-shell").await;
    // Only what has a shell is offered.
    let offered = "[data-test=toolbox-image]";
    page.shows(offered, "busybox:latest").await;
    assert_eq!(page.text(offered).await, "busybox:latest");
    page.click("[data-test=toolbox-open]").await;
    prompt(page).await;
    page.find(".xterm.focus").await;
    page.type_text("ls /proc/1/root | head -n 1; cat /proc/1/comm\n")
        .await;
    page.shows(ROWS, "busyboxbusybox/ #").await;
    let toolboxes = || {
        let list = ["ps", "-q", "--filter", "ancestor=busybox"];
        engine.docker(&list).ok().lines().count()
    };
    // Another one sleeps in its box.
    assert_eq!(toolboxes(), 2);
    page.click("[data-test=terminal-tab] .icon-btn").await;
    wait_for("the toolbox to go", || (toolboxes() == 1).then_some(()));
}
