//! Files on their way into volumes: a whole volume copied, a copy that is stopped, and what is let
//! go over a dialog.

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

/// With a file that takes longer to copy than to stop that.
const FILL: &str = "mkdir /d/sub; echo small > /d/sub/note; ln -s sub/note /d/link; \
                    head -c 629145600 /dev/zero > /d/large";

async fn story(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.shows("nav a[aria-current=page]", "Containers").await;
    window.load_busybox();
    inside(engine, "full", FILL);
    engine.docker(&["volume", "create", "empty"]).ok();
    page.click("nav a[href='#/volumes']").await;

    stopped(page, engine).await;
    copied_whole(page, engine).await;
    if door == Door::Browser {
        for_the_dialog(page, engine).await;
    }
    window.close().await;
}

fn inside(engine: &Engine, volume: &str, script: &str) -> String {
    let volume = format!("{volume}:/d");
    let run = ["run", "--rm", "-v", &volume, "busybox", "sh", "-c", script];
    engine.docker(&run).ok()
}

async fn press_of(page: &Page, path: &str, name: &str) {
    let row = format!("[data-test=volume-files] [data-path='{path}']");
    page.click(&format!("{row} button[aria-haspopup=menu]"))
        .await;
    page.press(name).await;
}

async fn stopped(page: &Page, engine: &Engine) {
    page.click("tr[data-volume=full] td").await;
    press_of(page, "large", "Copy into a volume…").await;
    page.choose("[data-test=copy-volume]", "empty").await;
    page.click("[data-test=copy-go]").await;
    page.shows("[data-test=copying]", "Copying 1 file into /")
        .await;
    page.shows("[data-test=copying] .num", "iB").await;
    page.photograph("copying").await;
    page.click("[data-test=stop-copy]").await;
    page.loses("[data-test=copying]").await;
    page.shows("footer.statusbar", "Stopped").await;
    // Half a file is none.
    wait_for("the copy to be given up", || {
        inside(engine, "empty", "ls /d").is_empty().then_some(())
    });
}

async fn copied_whole(page: &Page, engine: &Engine) {
    inside(engine, "full", "rm /d/large");
    page.click("tr[data-volume=full] td").await;
    page.click("[data-test=duplicate-volume]").await;
    page.shows("[role=dialog]", "Owners, permissions and links")
        .await;
    page.fill("[data-test=duplicate-name]", "empty").await;
    page.shows("[role=dialog]", "empty exists already").await;
    page.fill("[data-test=duplicate-name]", "twin").await;
    page.photograph("volumes-duplicate").await;
    page.click("[data-test=duplicate-go]").await;
    page.find("tr[data-volume=twin][aria-current=true]").await;
    page.shows("footer.statusbar", "Copied 1 file into /").await;
    page.shows("[data-test=volume-files]", "link").await;
    assert_eq!(
        inside(engine, "twin", "cat /d/sub/note; readlink /d/link; ls /d"),
        "small\nsub/note\nlink\nsub"
    );
}

/// Lets a tar go over the window.
const DROP: &str = "
    const data = new DataTransfer();
    data.items.add(new File(['no tar'], 'dropped.tar'));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
";

async fn for_the_dialog(page: &Page, engine: &Engine) {
    page.click("[data-test=restore-volume]").await;
    page.find("[data-test=restore-path]").await;
    page.run(DROP, vec![]).await;
    page.shows("[role=dialog]", "dropped.tar").await;
    page.click("[aria-modal=true] .dlg-h button").await;
    page.loses("[aria-modal=true]").await;
    // A dialog that takes no files keeps them from the page behind it.
    page.click("[data-test=new-volume]").await;
    page.find("[data-test=volume-name]").await;
    page.run(DROP, vec![]).await;
    page.fill("[data-test=volume-name]", "last").await;
    page.click("[data-test=create-volume]").await;
    page.find("tr[data-volume=last]").await;
    assert_eq!(inside(engine, "twin", "ls /d"), "link\nsub");
    assert_eq!(page.count("[data-test=copying]").await, 0);
}
