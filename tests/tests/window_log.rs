//! A long log in the window: at its end, in its middle, searched, and left alone where it stands.

use gantry_tests::{
    Account, Engine, skip, wait_for,
    window::{Door, Page, Window},
};

#[tokio::test]
async fn in_the_application() {
    read(Door::Application).await;
}

#[tokio::test]
async fn in_a_browser() {
    read(Door::Browser).await;
}

const LINES: u64 = 300_000;

/// Prints them at once, then one more whenever somebody writes to the note, and waits.
const SCRIPT: &str = "seq 1 300000 | sed 's/.*/row & of many/'; echo oops >&2; n=0; \
    while :; do if [ -s /note/more ]; then rm /note/more; n=$((n+1)); echo more $n; fi; \
    sleep 0.05; done";

async fn read(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.shows("nav a[aria-current=page]", "Containers").await;
    window.load_busybox();
    let notes = start(engine);

    page.shows("tr[data-row]", "printer").await;
    page.click("tr[data-row] a.name").await;
    page.shows(".log", "oops").await;
    page.shows(".log-foot", "300,001 lines").await;

    in_the_middle(page).await;
    stays_while_lines_come(page, &notes).await;
    stays_over_tabs(page).await;
    whole_log_is_searched(page).await;
    by_expression(page).await;
    one_stream(page).await;
    at_a_time(page).await;
    follows_again(page, &notes).await;
    is_saved(page, engine, door).await;
    window.close().await;
}

fn start(engine: &Engine) -> std::path::PathBuf {
    let notes = engine.file("notes");
    std::fs::create_dir(&notes).unwrap();
    // Whoever the container's root is outside.
    std::fs::set_permissions(&notes, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let bind = format!("{}:/note", notes.display());
    engine
        .docker(&[
            "run",
            "-d",
            "--name",
            "printer",
            "--stop-timeout",
            "0",
            "-v",
            &bind,
            "busybox",
            "sh",
            "-c",
            SCRIPT,
        ])
        .ok();
    notes
}

/// Scrolls to a share of the log.
async fn scroll_to(page: &Page, share: f64) {
    let script = "const log = document.querySelector('.log'); \
        log.scrollTop = (log.scrollHeight - log.clientHeight) * arguments[0];";
    page.run(script, vec![share.into()]).await;
}

/// The numbers of the rows that are seen whole.
async fn seen(page: &Page) -> Vec<u64> {
    let script = "const log = document.querySelector('.log').getBoundingClientRect(); \
        return [...document.querySelectorAll('.log-sheet .log-l')] \
        .filter(row => { const box = row.getBoundingClientRect(); \
            return box.top >= log.top - 1 && box.bottom <= log.bottom + 1; }) \
        .map(row => Number(row.querySelector('.no').textContent)).sort((a, b) => a - b);";
    let rows = page.run(script, vec![]).await;
    let rows = rows.as_array().unwrap().iter();
    rows.filter_map(serde_json::Value::as_u64).collect()
}

async fn in_the_middle(page: &Page) {
    scroll_to(page, 0.5).await;
    page.shows(".log", &format!("row {} of many", LINES / 2))
        .await;
    page.shows(".log-foot", "Holding still").await;
    let rows = seen(page).await;
    assert!(rows.contains(&(LINES / 2)), "{rows:?}");
    assert!(
        rows.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "{rows:?}"
    );
}

async fn stays_while_lines_come(page: &Page, notes: &std::path::Path) {
    let before = seen(page).await;
    std::fs::write(notes.join("more"), "1").unwrap();
    page.shows(".log-foot .follow", "1 new line").await;
    assert_eq!(seen(page).await, before);
}

async fn stays_over_tabs(page: &Page) {
    let before = seen(page).await;
    page.press("Inspect").await;
    page.loses(".log").await;
    page.press("Logs").await;
    page.shows(".log", &format!("row {} of many", LINES / 2))
        .await;
    assert_eq!(seen(page).await, before);
    page.click("a[href='#/images']").await;
    page.click("a[href='#/containers']").await;
    page.click("tr[data-row] a.name").await;
    page.shows(".log", &format!("row {} of many", LINES / 2))
        .await;
    assert_eq!(seen(page).await, before);
}

async fn whole_log_is_searched(page: &Page) {
    // 1234, 12340 to 12349 and 123400 to 123499.
    page.fill("[data-search]", "row 1234").await;
    page.shows(".log-search", "of 111").await;
    page.press("Next match (Enter)").await;
    page.shows(".log-search", "1 of 111").await;
    page.shows(".log", "row 1234 of many").await;
    page.press("Previous match (Shift+Enter)").await;
    page.shows(".log-search", "111 of 111").await;
    page.shows(".log mark[data-now]", "row 1234").await;
    page.shows(".log", "row 123499 of many").await;
    page.fill("[data-search]", "no such row").await;
    page.shows(".log-search", "none").await;
    page.press_key("[data-search]", "Escape").await;
}

async fn by_expression(page: &Page) {
    page.press("Regular expression").await;
    page.fill("[data-search]", "row 29999[0-8]+ of").await;
    page.shows(".log-search", "of 9").await;
    page.shows(".log mark[data-now]", "row 29999").await;
    page.fill("[data-search]", "row (").await;
    page.shows(".log-search", "not an expression").await;
    assert_eq!(page.count(".error-card").await, 0);
    page.press("Regular expression").await;
    page.shows(".log-search", "none").await;
    page.press_key("[data-search]", "Escape").await;
}

async fn one_stream(page: &Page) {
    page.press("Errors").await;
    page.loses(".log-sheet .log-l:not([data-e])").await;
    page.shows(".log", "oops").await;
    assert_eq!(seen(page).await, [LINES + 1]);
    page.press("Output").await;
    page.shows(".log", "of many").await;
    page.press("All").await;
}

async fn at_a_time(page: &Page) {
    page.fill("[data-test=log-time]", "9h").await;
    page.press_key("[data-test=log-time]", "Enter").await;
    page.shows(".log", "row 1 of many").await;
    assert_eq!(seen(page).await[0], 1);
}

async fn follows_again(page: &Page, notes: &std::path::Path) {
    page.press_key(".log", "End").await;
    page.shows(".log-foot", "Scroll up to hold still").await;
    std::fs::write(notes.join("more"), "1").unwrap();
    page.shows(".log", "more 2").await;
}

/// The whole of it, both streams: where the browser puts files, and where the person says.
async fn is_saved(page: &Page, engine: &Engine, door: Door) {
    let folder = engine.file("downloads");
    std::fs::create_dir_all(&folder).unwrap();
    engine.identity().own(&folder);
    let file = folder.join("printer.log");
    if door == Door::Browser {
        page.press("Save log…").await;
    } else {
        // The desktop's own dialog is not part of the page: the call behind it is made here.
        let script = "const request = { id: location.hash.split('/')[2], path: arguments[0], \
            timestamps: false }; \
            const body = new TextEncoder().encode(JSON.stringify(request)); \
            window.__TAURI_INTERNALS__.invoke('rpc', body, { headers: { 'x-call': 'save_log' } });";
        page.run(script, vec![file.to_str().unwrap().into()]).await;
    }
    let log = wait_for("the log's file", || std::fs::read_to_string(&file).ok());
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len() as u64, LINES + 3);
    // The page saves them with their times, as it shows them.
    let at = |index: usize, line: &str| lines[index].ends_with(line);
    assert!(at(0, "row 1 of many") && at(lines.len() - 1, "more 2"));
    assert!(lines.iter().any(|line| line.ends_with("oops")));
}
