//! Volumes in the window: made, filled by a container, looked into, guarded, removed.

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

/// Leaves more than a mebibyte, so that the removal asks for the name.
const FILL: &str = "mkdir /d/base; head -c 3145728 /dev/zero > /d/base/big; echo small > /d/note";

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
    window.load_busybox();
    page.click("nav a[href='#/volumes']").await;
    page.shows("main", "No volumes yet").await;

    made(page, engine).await;
    looked_into(page, engine).await;
    page.photograph("volumes").await;
    backed_up(page, engine, door).await;
    restored(page, engine).await;
    if door == Door::Browser {
        restored_from_the_browser(page, engine).await;
    }
    changed(page, engine, door).await;
    guarded_and_removed(page, engine).await;
    window.close().await;
}

async fn made(page: &Page, engine: &Engine) {
    page.click("[data-test=new-volume]").await;
    page.fill("[data-test=volume-name]", "shop_data").await;
    page.click("[data-test=create-volume]").await;
    page.shows("tr[data-test=volume]", "shop_data").await;
    page.shows("tr[data-test=volume]", "nothing").await;
    page.shows("footer.statusbar", "docker volume create shop_data")
        .await;
    assert_eq!(engine.docker(&["volume", "ls", "-q"]).ok(), "shop_data");
}

async fn looked_into(page: &Page, engine: &Engine) {
    let volume = "shop_data:/d";
    let run = [
        "run", "--name", "shop", "-v", volume, "busybox", "sh", "-c", FILL,
    ];
    engine.docker(&run).ok();
    page.shows("tr[data-test=volume]", "shop").await;
    page.shows("[data-test=volume-detail]", "/d").await;
    // What it holds is read when one comes to it.
    page.click("nav a[href='#/images']").await;
    page.click("nav a[href='#/volumes']").await;
    page.shows("tr[data-test=volume]", "3.0 MiB").await;
    page.shows("[data-test=volume-files]", "note").await;
    page.click("[data-test=volume-files] button").await;
    page.shows("[data-test=volume-files]", "big").await;
}

/// Into a file of this computer, and from a browser also into its downloads.
async fn backed_up(page: &Page, engine: &Engine, door: Door) {
    let file = engine.file("shop.tar");
    page.click("[data-test=backup-volume]").await;
    page.shows("[role=dialog]", "Writes 3.0 MiB in 2 files")
        .await;
    if door == Door::Browser {
        page.click("[data-test=backup-download]").await;
        let download = engine.file("downloads").join("shop_data.tar");
        wait_for("the download", || download.exists().then_some(()));
        page.click("[data-test=backup-volume]").await;
    }
    page.fill("[data-test=backup-path]", file.to_str().unwrap())
        .await;
    page.click("[data-test=backup-go]").await;
    page.loses("[role=dialog]").await;
    page.shows("footer.statusbar", "Backed up shop_data").await;
    assert!(file.metadata().unwrap().len() > 3 << 20);

    // What is there already is not written over in silence.
    engine.write("shop.tar", "precious");
    page.click("[data-test=backup-volume]").await;
    page.fill("[data-test=backup-path]", file.to_str().unwrap())
        .await;
    page.click("[data-test=backup-go]").await;
    page.shows("[role=dialog]", "There is a file of that name already")
        .await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    page.photograph("volumes-backup").await;
    page.click("[data-test=replace-file]").await;
    page.loses("[role=dialog]").await;
    wait_for("the backup in its place", || {
        (file.metadata().unwrap().len() > 3 << 20).then_some(())
    });
}

async fn restored(page: &Page, engine: &Engine) {
    page.click("[data-test=restore-volume]").await;
    let file = engine.file("shop.tar");
    page.fill("[data-test=restore-path]", file.to_str().unwrap())
        .await;
    page.fill("[data-test=restore-name]", "shop_data").await;
    page.shows("[role=dialog]", "shop_data exists already")
        .await;
    page.fill("[data-test=restore-name]", "again").await;
    page.click("[data-test=restore-go]").await;
    page.loses("[role=dialog]").await;
    page.shows("tr[data-test=volume][data-volume=again]", "3.0 MiB")
        .await;
    page.shows("footer.statusbar", "Restored again").await;
    page.shows(".toast", "Restored again").await;
    let told = "return [...document.querySelectorAll('.toast')] \
        .filter(toast => toast.textContent.includes('Restored again')).length";
    assert_eq!(page.run(told, vec![]).await, 1, "told once");
    let note = ["run", "--rm", "-v", "again:/d", "busybox", "cat", "/d/note"];
    assert_eq!(engine.docker(&note).ok(), "small");
    engine.docker(&["volume", "rm", "again"]).ok();
    page.loses("tr[data-test=volume][data-volume=again]").await;
    page.click("tr[data-test=volume][data-volume=shop_data] td")
        .await;
}

/// Of a tar that only the browser has.
async fn restored_from_the_browser(page: &Page, engine: &Engine) {
    const HAND_OVER: &str = "
        const files = new DataTransfer();
        files.items.add(new File([Uint8Array.from(arguments[0])], 'small.tar'));
        const input = document.querySelector('[data-test=restore-picked]');
        input.files = files.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));
    ";
    let mut header = tar::Header::new_gnu();
    header.set_size(6);
    header.set_mode(0o644);
    let mut tar = tar::Builder::new(Vec::new());
    tar.append_data(&mut header, "held", &b"so far"[..])
        .unwrap();
    let archive = tar.into_inner().unwrap();
    page.click("[data-test=restore-volume]").await;
    page.shows("[role=dialog]", "Choose a file of this browser")
        .await;
    page.run(HAND_OVER, vec![archive.into()]).await;
    page.shows("[role=dialog]", "small.tar").await;
    page.photograph("volumes-restore").await;
    page.click("[data-test=restore-go]").await;
    page.loses("[role=dialog]").await;
    page.shows("tr[data-test=volume][data-volume=small]", "small")
        .await;
    let held = ["run", "--rm", "-v", "small:/d", "busybox", "cat", "/d/held"];
    assert_eq!(engine.docker(&held).ok(), "so far");
    engine.docker(&["volume", "rm", "small"]).ok();
    page.loses("tr[data-test=volume][data-volume=small]").await;
    page.click("tr[data-test=volume][data-volume=shop_data] td")
        .await;
}

/// Opens the menu of an entry and presses what is called so.
async fn press_of(page: &Page, path: &str, name: &str) {
    let row = format!("[data-test=volume-files] [data-path='{path}']");
    page.click(&format!("{row} button[aria-haspopup=menu]"))
        .await;
    page.press(name).await;
}

/// What lies in a volume is made, copied, saved, renamed and deleted.
async fn changed(page: &Page, engine: &Engine, door: Door) {
    let inside = |volume: &str, script: &str| {
        let volume = format!("{volume}:/d");
        let run = ["run", "--rm", "-v", &volume, "busybox", "sh", "-c", script];
        engine.docker(&run).ok()
    };
    // What came and went meanwhile left everybody where he was.
    page.shows("[data-test=volume-place]", "/base").await;
    page.press("One folder up").await;
    page.find("[data-test=volume-files] [data-path='note']")
        .await;
    page.click("[data-test=volume-place] button[aria-haspopup=menu]")
        .await;
    page.click("[role=menu] [role=menuitem]").await;
    page.fill("[data-test=file-name]", "sub").await;
    page.click("[data-test=file-name-go]").await;
    page.find("[data-test=volume-files] [data-path='sub']")
        .await;

    engine.docker(&["volume", "create", "other"]).ok();
    page.find("tr[data-test=volume][data-volume=other]").await;
    press_of(page, "note", "Copy into a volume…").await;
    page.choose("[data-test=copy-volume]", "other").await;
    page.photograph("volumes-copy").await;
    page.click("[data-test=copy-go]").await;
    page.shows("footer.statusbar", "Copied 1 file into /").await;
    assert_eq!(inside("other", "cat /d/note"), "small");
    engine.docker(&["volume", "rm", "other"]).ok();

    if door == Door::Browser {
        page.click("[data-path='sub'] button").await;
        page.run(DROP, vec![]).await;
        page.shows("footer.statusbar", "Copied 1 file into /sub")
            .await;
        assert_eq!(inside("shop_data", "cat /d/sub/dropped.txt"), "dropped");
        press_of(page, "sub/dropped.txt", "Save a copy…").await;
        let download = engine.file("downloads").join("dropped.txt");
        wait_for("the download", || download.exists().then_some(()));
        page.press("One folder up").await;
    }
    press_of(page, "sub", "Rename…").await;
    page.fill("[data-test=file-name]", "old").await;
    page.click("[data-test=file-name-go]").await;
    page.find("[data-test=volume-files] [data-path='old']")
        .await;
    page.photograph("volumes-files").await;
    press_of(page, "old", "Delete…").await;
    page.shows("[role=alertdialog]", "deleted in the volume")
        .await;
    page.click("[data-test=file-delete]").await;
    page.loses("[data-test=volume-files] [data-path='old']")
        .await;
    assert_eq!(inside("shop_data", "ls /d"), "base\nnote");
}

async fn guarded_and_removed(page: &Page, engine: &Engine) {
    page.shows("[data-test=volume-detail]", "Remove is off while shop uses")
        .await;
    engine.docker(&["rm", "shop"]).ok();
    page.loses("[data-test=remove-volume][aria-disabled=true]")
        .await;
    // What tells of other volumes lies over that button.
    page.loses(".toast").await;
    page.click("[data-test=remove-volume]").await;
    page.shows("[role=dialog]", "(3,145,734 bytes) in 2 files are deleted")
        .await;
    page.fill("[role=dialog] input", "shop_data").await;
    page.click("[data-test=remove-volume-now]").await;
    page.shows("main", "No volumes yet").await;
    assert_eq!(engine.docker(&["volume", "ls", "-q"]).ok(), "");
}
