//! Nothing is cut off in the smallest window, in the longer language, on any page.

use std::os::unix::fs::symlink;

use gantry_pack::fixtures;
use gantry_tests::{
    Account, Engine, skip, wait_for,
    window::{Door, Page, SMALLEST, Window},
};

/// What of the page is not where a person could see or press it. What scrolls by itself because it
/// is text of others – logs, terminals, code – may be wider than its box.
const MISFITS: &str = "
    const wrong = [], text = 'pre, code, textarea, .log, .log *, .xterm, .xterm *';
    const told = element => `${element.tagName.toLowerCase()}.${element.className} ` +
        JSON.stringify(element.textContent.trim().slice(0, 40));
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth) wrong.push('the page scrolls sideways');
    if (root.scrollHeight > innerHeight) wrong.push('the page scrolls');
    const seen = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
        && !element.closest('.sr, [inert], [aria-hidden=true]') && element.getClientRects().length > 0;
    for (const element of document.querySelectorAll('body *')) {
        if (!seen(element) || element.matches(text)) continue;
        const style = getComputedStyle(element);
        const wider = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
        if (wider && /auto|scroll/.test(style.overflowX)) wrong.push(`scrolls sideways: ${told(element)}`);
        const label = element.matches('button, th, h1, h2, h3, label, .chip, .tag, .hint');
        if (label && wider && style.textOverflow !== 'ellipsis') {
            wrong.push(`${element.scrollWidth} in ${element.clientWidth}: ${told(element)}`);
        }
        if (!element.matches('button, a, input, select, [role=option], [role=tab]')) continue;
        const box = element.getBoundingClientRect();
        let scrolls = false;
        for (let around = element.parentElement; around; around = around.parentElement) {
            const { overflowX, overflowY } = getComputedStyle(around), clip = around.getBoundingClientRect();
            if (overflowX !== 'visible' && (box.right > clip.right + 1 || box.left < clip.left - 1)) {
                wrong.push(`cut by ${around.className}: ${told(element)}`);
            }
            if (/auto|scroll/.test(overflowY)) scrolls = true;
            if (getComputedStyle(around).position === 'fixed') break;
        }
        if (box.right > innerWidth + 1 || box.left < -1) wrong.push(`outside: ${told(element)}`);
        if (!scrolls && (box.bottom > innerHeight + 1 || box.top < -1)) wrong.push(`below: ${told(element)}`);
    }
    return wrong;
";

#[tokio::test]
async fn every_page_in_korean() {
    let window = match Window::open(Door::Browser, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.resize(SMALLEST).await;
    page.shows("nav a[aria-current=page]", "Containers").await;
    window.load_busybox();
    let other = other_engine(engine);
    let id = containers(engine);
    speak_korean(page).await;

    let mut misfits = Vec::new();
    for (address, sign) in [
        ("containers", "tr[data-row] .spark".to_owned()),
        (&format!("containers/{id}"), ".log-l".to_owned()),
        (
            &format!("containers/{id}/terminal"),
            ".xterm-rows".to_owned(),
        ),
        (
            &format!("containers/{id}/stats"),
            "[data-test=stats-process]".to_owned(),
        ),
        (
            &format!("containers/{id}/files"),
            "[data-test=files-tab]".to_owned(),
        ),
        (
            &format!("containers/{id}/network"),
            ".pane .card".to_owned(),
        ),
        (
            &format!("containers/{id}/inspect"),
            ".inspect .json".to_owned(),
        ),
        ("images", "[data-test=image-row]".to_owned()),
        ("find", "[data-test=find-name]".to_owned()),
        ("transfers", "[data-test=copy-offer]".to_owned()),
        ("volumes/data", "main h2".to_owned()),
        ("networks", "main table".to_owned()),
        ("self-check", ".chk".to_owned()),
        ("settings", ".pref".to_owned()),
    ] {
        go(page, address).await;
        page.find(&sign).await;
        misfits.extend(look(page, address.split('/').next_back().unwrap()).await);
    }
    misfits.extend(dialogs(page, &id).await);
    misfits.extend(dialogs_of_volumes(page, engine).await);
    misfits.extend(dialogs_of_settings(page).await);
    drop(other);
    assert_eq!(misfits, [""; 0]);
    window.close().await;
}

/// An engine of somebody else's to copy images from.
fn other_engine(engine: &Engine) -> Engine {
    let other = Engine::start(engine.identity().clone());
    let images = ["registry.example.org/a-long-name/of-an-image:with-a-long-tag"];
    other.load(&images.map(|name| fixtures::busybox(name).unwrap()));
    symlink(
        other.socket(),
        engine.socket().with_file_name("docker.sock"),
    )
    .unwrap();
    other
}

/// Containers in several states and with long names; the id of one that runs.
fn containers(engine: &Engine) -> String {
    engine.docker(&["volume", "create", "data"]).ok();
    engine.docker(&["network", "create", "a-network"]).ok();
    let run = "run -d --name a-container-with-quite-a-long-name --network a-network \
        -p 127.0.0.1::80 -p 127.0.0.1::8080 -v data:/data -e SOME_VARIABLE=value --label tier=web \
        --stop-timeout 0 busybox sh -c";
    let script = "echo a line; touch /etc/motd; while :; do usleep 100000; done";
    let words = run.split_whitespace().chain([script]);
    let id = engine.docker(&words.collect::<Vec<_>>()).ok();
    let failed = ["run", "--name", "failed", "busybox", "sh", "-c", "exit 3"];
    engine.docker(&failed).fails_with(3);
    wait_for("what the container writes", || {
        let wrote = engine.docker(&["exec", &id, "cat", "/etc/motd"]);
        (wrote.code == 0).then_some(())
    });
    id
}

async fn speak_korean(page: &Page) {
    let set = "fetch('rpc/set_settings', { method: 'POST', body: JSON.stringify(
        { settings: { language: 'ko', theme: 'dark' } }),
        headers: { 'content-type': 'application/json' } }).then(() => location.reload())";
    page.run(set, vec![]).await;
    page.shows("nav a[aria-current=page]", "컨테이너").await;
}

async fn go(page: &Page, address: &str) {
    page.run(
        "location.hash = arguments[0]",
        vec![format!("#/{address}").into()],
    )
    .await;
}

/// What does not fit here, with where that is.
async fn look(page: &Page, name: &str) -> Vec<String> {
    page.photograph(&format!("fits-{name}")).await;
    let found = page.run(MISFITS, vec![]).await;
    let found = found.as_array().cloned().unwrap_or_default();
    let found = found.iter().filter_map(|misfit| misfit.as_str());
    found.map(|misfit| format!("{name}: {misfit}")).collect()
}

/// The dialogs of a container, and that of its images.
async fn dialogs(page: &Page, id: &str) -> Vec<String> {
    let mut misfits = Vec::new();
    go(page, &format!("containers/{id}")).await;
    for (entry, sign) in [
        ("바꿔서 복제…", "[data-test=run-dialog]"),
        ("제한 변경…", "[data-test=limits-dialog]"),
        ("이미지로 저장…", "[data-test=commit-dialog]"),
        ("이름 바꾸기…", "[data-test=rename-name]"),
        ("삭제…", "[role=alertdialog]"),
    ] {
        page.press("추가 작업").await;
        page.find("[role=menu]").await;
        misfits.extend(look(page, "menu").await);
        page.press(entry).await;
        page.find(sign).await;
        misfits.extend(look(page, entry.trim_end_matches('…')).await);
        page.click("[aria-modal=true] .dlg-h button").await;
        page.loses("[aria-modal=true]").await;
    }
    go(page, "transfers").await;
    page.click("[data-test=copy-open]").await;
    page.find("[data-test=copy-image]").await;
    misfits.extend(look(page, "copy").await);
    page.click("[aria-modal=true] .dlg-h button").await;
    page.loses("[aria-modal=true]").await;
    misfits
}

async fn dialogs_of_volumes(page: &Page, engine: &Engine) -> Vec<String> {
    let fill = "head -c 3145728 /dev/zero > /d/a-file-with-a-rather-long-name; mkdir /d/folder";
    let run = ["run", "--rm", "-v", "free:/d", "busybox", "sh", "-c", fill];
    engine.docker(&run).ok();
    let mut misfits = Vec::new();
    go(page, "volumes/free").await;
    page.find("[data-path='a-file-with-a-rather-long-name']")
        .await;
    misfits.extend(look(page, "volume").await);
    page.press("a-file-with-a-rather-long-name 작업").await;
    page.press("볼륨으로 복사…").await;
    misfits.extend(look_at_dialog(page, "volume-copy", "[data-test=copy-volume]").await);
    for (button, sign) in [
        ("backup-volume", "[data-test=backup-path]"),
        ("duplicate-volume", "[data-test=duplicate-name]"),
        ("remove-volume", "[data-test=remove-volume-name]"),
    ] {
        page.click(&format!("[data-test={button}]")).await;
        misfits.extend(look_at_dialog(page, button, sign).await);
    }
    go(page, "volumes").await;
    for (button, sign) in [
        ("restore-volume", "[data-test=restore-path]"),
        ("new-volume", "[data-test=volume-name]"),
        ("new-network", "[data-test=network-name]"),
    ] {
        page.click(&format!("[data-test={button}]")).await;
        misfits.extend(look_at_dialog(page, button, sign).await);
    }
    misfits
}

async fn dialogs_of_settings(page: &Page) -> Vec<String> {
    let mut misfits = Vec::new();
    go(page, "settings").await;
    page.click("[data-test=registry-add]").await;
    page.fill("[data-test=registry-host]", "registry.example.org:5000")
        .await;
    misfits.extend(look(page, "registry-add").await);
    page.click("[data-test=registry-add-go]").await;
    page.click("[data-host='registry.example.org:5000'] button")
        .await;
    page.press("암호화 없는 HTTP 허용…").await;
    misfits.extend(look_at_dialog(page, "registry-plain", "[data-test=plain-go]").await);
    page.click("[data-host='docker.io'] button").await;
    misfits.extend(look_at_dialog(page, "sign-in", "[data-test=sign-in-user]").await);
    misfits
}

/// Looks at the dialog that was opened, and closes it.
async fn look_at_dialog(page: &Page, name: &str, sign: &str) -> Vec<String> {
    page.find(sign).await;
    let misfits = look(page, name).await;
    page.click("[aria-modal=true] .dlg-h button").await;
    page.loses("[aria-modal=true]").await;
    misfits
}
