//! The main job, by pointing and clicking: import an image, look at its layers, run it, watch it,
//! commit it, export it, remove it all.
//!
//! The window does; the docker CLI is asked whether it really happened.

use gantry_pack::{Archive, fixtures};
use gantry_tests::{
    Account, Engine, skip, wait_for,
    window::{Door, Page, Window},
};

#[tokio::test]
async fn in_the_application() {
    tell(Door::Application).await;
}

#[tokio::test]
async fn in_a_browser() {
    tell(Door::Browser).await;
}

async fn tell(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let shots = Shots {
        wanted: door == Door::Application,
    };
    let (page, engine) = (&window.page, &window.engine);
    page.shows("nav a[aria-current=page]", "Containers").await;
    shots.take(page, "first-run").await;

    import(page, engine).await;
    look_at_layers(page, &shots).await;
    run(page, engine).await;
    watch(page, &shots).await;
    every_action(page, engine).await;
    commit(page, engine).await;
    export(page, engine, door).await;
    remove_both(page, engine).await;
    window.close().await;
}

/// Pictures of the application, without passing notes; the README shows them.
struct Shots {
    wanted: bool,
}

impl Shots {
    async fn take(&self, page: &Page, name: &str) {
        if self.wanted {
            page.loses(".toast").await;
            page.photograph(name).await;
        }
    }
}

/// One image by its path, one by the button that needs no file.
async fn import(page: &Page, engine: &Engine) {
    let image = fixtures::whiteouts("story:1").unwrap();
    let file = engine.write("story.tar", Archive::Docker.to_vec(&[image]).unwrap());
    page.click("a[href='#/transfers']").await;
    page.fill("[data-test=import-path]", file.to_str().unwrap())
        .await;
    page.click("[data-test=import-path-go]").await;
    page.shows("[data-test=task]", "story:1").await;
    page.click("a[href='#/images']").await;
    page.find("[data-test=image-row][data-image='story:1']")
        .await;
    page.click("a[href='#/transfers']").await;
    page.click("[data-test=add-welcome]").await;
    page.click("a[href='#/images']").await;
    page.find("[data-test=image-row][data-image='gantry/welcome:latest']")
        .await;
}

async fn look_at_layers(page: &Page, shots: &Shots) {
    page.click("[data-test=image-row][data-image='story:1']")
        .await;
    page.shows("[data-test=image-detail]", "RUN rm -r /swept")
        .await;
    assert_eq!(
        page.count("[data-test=layer-row]").await,
        5,
        "four layers and a step without one"
    );
    explore(page).await;
    shots.take(page, "layers").await;
}

/// One layer's files, all files up to it, a search, and what ships in vain.
async fn explore(page: &Page) {
    page.shows("[data-test=image-wasted]", "B").await;
    // Step 4 replaces and deletes what step 3 brought.
    let fourth = "[data-test=layer-row][data-number='4']";
    page.click(fourth).await;
    page.shows("[data-test=layer-entry][title='data/gone']", "D")
        .await;
    page.shows("[data-test=layer-entry][title='data/kept']", "M")
        .await;
    page.press("Up to here").await;
    page.find("[data-test=layer-entry][title=bin]").await;
    page.fill("[data-test=layer-search]", "kept").await;
    page.shows("[data-test=layer-hit]", "data/kept").await;
    page.click("[data-test=layer-hit]").await;
    page.shows("[data-test=entry-foot]", "/data/kept").await;
    let backspace = "\u{e003}";
    page.fill("[data-test=layer-search]", backspace).await;
    page.loses("[data-test=layer-hit]").await;
    page.press("This layer").await;
    page.find("[data-test=layer-entry][title=data]").await;
}

/// Counts aloud, and ends by itself when it is asked to.
const COMMAND: &str = "sh -c \"trap 'exit 0' TERM; echo kept > /note; i=0; \
    while :; do i=$((i+1)); echo line $i; sleep 0.05; done\"";

async fn run(page: &Page, engine: &Engine) {
    page.click("[data-test=image-run]").await;
    page.find("[data-test=run-dialog]").await;
    page.press("Cancel").await;
    page.find("[data-test=image-run]:focus").await;
    page.click("[data-test=image-run]").await;
    page.find("[data-test=run-dialog]").await;
    page.fill("[data-test=run-name]", "teller").await;
    page.fill("[data-test=run-command-field]", COMMAND).await;
    page.click("[data-test=run-go]").await;
    page.loses("[data-test=run-dialog]").await;
    page.shows(".det-h", "Running").await;
    assert_eq!(engine.inspect("teller", ".State.Status"), "running");
}

async fn watch(page: &Page, shots: &Shots) {
    page.shows(".log", "line 1").await;
    // New lines come by themselves.
    page.shows(".log", "line 60").await;
    shots.take(page, "logs").await;
    page.click("a[href='#/containers']").await;
    page.shows("tr[data-row]", "teller").await;
    page.shows("tr[data-row]", "Running").await;
    shots.take(page, "containers").await;
    page.click("tr[data-row] a.name").await;
}

async fn every_action(page: &Page, engine: &Engine) {
    let state = || engine.inspect("teller", ".State.Status");
    page.press("Pause").await;
    page.shows(".det-h", "Paused").await;
    assert_eq!(state(), "paused");
    page.press("Resume").await;
    page.shows(".det-h", "Running").await;
    assert_eq!(state(), "running");

    let pid = engine.inspect("teller", ".State.Pid");
    page.press("Restart").await;
    let restarted =
        || (engine.inspect("teller", ".State.Pid") != pid && state() == "running").then_some(());
    wait_for("a new process", restarted);
    page.shows(".det-h", "Running").await;

    page.press("Stop").await;
    page.shows(".det-h", "Exited").await;
    assert_eq!(engine.inspect("teller", ".State.ExitCode"), "0");
    page.press("Start").await;
    page.shows(".det-h", "Running").await;
    page.press("More actions").await;
    page.press("Kill").await;
    page.shows(".det-h", "Exited").await;
    assert_eq!(engine.inspect("teller", ".State.ExitCode"), "137");
}

async fn commit(page: &Page, engine: &Engine) {
    page.press("More actions").await;
    page.press("Commit as image…").await;
    page.find("[data-test=commit-dialog]").await;
    page.fill("[data-test=commit-name]", "told").await;
    page.fill("[data-test=commit-tag]", "1").await;
    page.click("[data-test=commit-go]").await;
    page.loses("[data-test=commit-dialog]").await;
    let out = wait_for("the image", || {
        let run = engine.docker(&["run", "--rm", "--network", "none", "told:1", "cat", "/note"]);
        (run.code == 0).then_some(run.out)
    });
    assert_eq!(out, "kept\n");
}

async fn export(page: &Page, engine: &Engine, door: Door) {
    let file = engine.file("told.tar");
    page.click("a[href='#/images']").await;
    page.click("[data-test=image-row][data-image='told:1']")
        .await;
    page.click("[data-test=image-export]").await;
    page.find("[data-test=export-drawer]").await;
    if door == Door::Browser {
        // There the file goes to the browser's downloads unless one says otherwise.
        page.click("[data-test=export-go]").await;
        page.loses("[data-test=export-drawer]").await;
        page.shows(".last-action", "The browser saves the file")
            .await;
        page.find(".last-action .done").await;
        page.click("a[href='#/images']").await;
        page.click("[data-test=image-row][data-image='told:1']")
            .await;
        page.click("[data-test=image-export]").await;
        page.press("A path").await;
    }
    page.fill("[data-test=export-path]", file.to_str().unwrap())
        .await;
    page.click("[data-test=export-go]").await;
    wait_for("the archive", || file.exists().then_some(()));
    page.shows(".last-action", "told.tar").await;
    page.find(".last-action .done").await;
    let id = engine.inspect("told:1", ".Id");
    let loaded = engine
        .docker(&["load", "--input", file.to_str().unwrap()])
        .ok();
    assert_eq!(loaded, "Loaded image: told:1");
    assert_eq!(engine.inspect("told:1", ".Id"), id);
}

async fn remove_both(page: &Page, engine: &Engine) {
    page.click("a[href='#/containers']").await;
    page.click("tr[data-row] a.name").await;
    page.press("More actions").await;
    page.press("Remove").await;
    page.loses("tr[data-row]").await;
    page.press("Undo").await;
    page.shows("tr[data-row]", "teller").await;
    page.click("tr[data-row] a.name").await;
    page.press("More actions").await;
    page.press("Remove").await;
    page.loses("tr[data-row]").await;
    wait_for("the container to be gone", || {
        engine.docker(&["ps", "-aq"]).ok().is_empty().then_some(())
    });

    page.click("a[href='#/images']").await;
    page.click("[data-test=image-row][data-image='told:1']")
        .await;
    page.click("[data-test=image-more] button").await;
    page.press("Remove…").await;
    page.loses("[data-test=image-row][data-image='told:1']")
        .await;
    wait_for("the image to be gone", || {
        engine
            .docker(&["images", "-q", "told"])
            .ok()
            .is_empty()
            .then_some(())
    });
}
