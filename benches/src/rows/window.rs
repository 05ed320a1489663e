//! The real window, driven through WebDriver and timed from within its page.

use std::time::Duration;

use gantry_tests::{
    Account, Engine,
    window::{Door, Page, Window},
};

use super::{
    list::{MANY, create_many},
    logs::{LINES, print_a_million},
};
use crate::{
    Effort,
    command::{gantry, run},
    report::{Report, Row},
    samples::Samples,
};

pub fn measure(effort: Effort, report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(async {
        let opened = match Window::open(Door::Application, Account::User).await {
            Err(_) => Window::open(Door::Application, Account::Root).await,
            opened => opened,
        };
        let window = match opened {
            Ok(window) => window,
            Err(why) => return report.skip("the window", why),
        };
        let (page, engine) = (&window.page, &window.engine);
        page.shows("nav a[aria-current=page]", "Containers").await;
        window.load_busybox();
        million(effort, page, engine, report).await;
        flood(effort, page, engine, report).await;
        keystroke(effort, page, engine, report).await;
        many(effort, page, engine, report).await;
        running(effort, page, engine, report).await;
        window.close().await;
    });
}

/// Does something in the page and waits, frame by frame, until a condition holds; milliseconds.
async fn timed(page: &Page, act: &str, until: &str) -> f64 {
    let start = format!(
        "window.took = null; const start = performance.now(); \
         const look = () => {{ if ({until}) window.took = performance.now() - start; \
         else requestAnimationFrame(look); }}; {act}; look();"
    );
    page.run(&start, vec![]).await;
    loop {
        if let Some(took) = page.run("return window.took", vec![]).await.as_f64() {
            return took;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Watches the page's frames from now on.
const WATCH_FRAMES: &str = "window.longest = 0; let last = performance.now(); \
    const frame = now => { window.longest = Math.max(window.longest, now - last); last = now; \
    if (window.longest !== null) requestAnimationFrame(frame); }; \
    window.stopFrames = () => { const longest = window.longest; window.longest = null; \
    return longest; }; requestAnimationFrame(now => { last = now; requestAnimationFrame(frame); });";

async fn longest_frame(page: &Page) -> f64 {
    let longest = page.run("return window.stopFrames()", vec![]).await;
    longest.as_f64().expect("a number")
}

/// Whether a text is among the rows of the log.
fn log_shows(text: &str) -> String {
    format!("document.querySelector('.log')?.textContent.includes('{text}')")
}

async fn million(effort: Effort, page: &Page, engine: &Engine, report: &mut Report) {
    print_a_million(engine);
    page.shows("tr[data-row]", "printer").await;
    let rounds = effort.of(3, 10);
    let (mut opens, mut jumps, mut searches) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let open = "document.querySelector('tr[data-row] a.name').click()";
        opens.push(timed(page, open, &log_shows(&format!("id={LINES}"))).await);
        let half = LINES / 2 + 1000 * round;
        let jump = format!(
            "const log = document.querySelector('.log'); log.scrollTop = \
             (log.scrollHeight - log.clientHeight) * {half} / {LINES}"
        );
        jumps.push(timed(page, &jump, &log_shows(&format!("id={half}"))).await);
        let needle = 123_456 + round;
        let search = format!(
            "const field = document.querySelector('[data-search]'); field.value = 'id={needle}'; \
             field.dispatchEvent(new Event('input', {{ bubbles: true }}))"
        );
        let found =
            format!("document.querySelector('.log mark[data-now]')?.textContent === 'id={needle}'");
        searches.push(timed(page, &search, &found).await);
        let clear = "const field = document.querySelector('[data-search]'); field.value = ''; \
            field.dispatchEvent(new Event('input', { bubbles: true }))";
        page.run(clear, vec![]).await;
        page.press_key(".log", "End").await;
        page.click("a[href='#/images']").await;
        page.click("a[href='#/containers']").await;
        page.shows("tr[data-row]", "printer").await;
    }
    let mut add = |what: &str, times: Vec<f64>, limit: f64| {
        let what = format!("window, 1 M log lines: {what}");
        report.add(Row::new(what, "ms", times.into_iter().collect()).at_most(limit));
    };
    add("open at the end", opens, 300.0);
    add("jump to the middle", jumps, 100.0);
    add("search all and show", searches, 1000.0);
    run(&mut gantry(engine, ["rm", "printer"]));
}

/// A hundred thousand lines a second, looked at.
async fn flood(effort: Effort, page: &Page, engine: &Engine, report: &mut Report) {
    let seconds = effort.of(3, 10);
    // A thousand lines every hundredth of a second.
    let script = format!(
        "yes 'a line of some sixty letters, as a web server prints them' | head -n 1000 > /lines; \
         i=0; while [ $i -lt {} ]; do cat /lines; i=$((i+1)); usleep 8500; done; echo the end",
        seconds * 100
    );
    let create = ["create", "--name", "flood", "--network", "none", "busybox"];
    run(gantry(engine, create).args(["sh", "-c", &script]));
    page.click("a[href='#/containers']").await;
    page.shows("tr[data-row]", "flood").await;
    page.click("tr[data-row] a.name").await;
    page.shows(".log-empty", "Nothing printed yet").await;
    page.run(WATCH_FRAMES, vec![]).await;
    let took = crate::samples::millis(|| {
        run(&mut gantry(engine, ["start", "flood"]));
        run(&mut gantry(engine, ["wait", "flood"]));
    });
    page.shows(".log", "the end").await;
    let longest = longest_frame(page).await;
    let rate = f64::from(seconds * 100_000) / took * 1000.0;
    report.add(
        Row::new(
            "window, 100,000 log lines a second: longest freeze",
            "ms",
            Samples::one(longest),
        )
        .at_most(200.0)
        .note(format!(
            "{rate:.0} lines a second for {:.1} s",
            took / 1000.0
        )),
    );
    run(&mut gantry(engine, ["rm", "flood"]));
}

/// From a letter that is typed into a terminal to its echo in the page.
async fn keystroke(effort: Effort, page: &Page, engine: &Engine, report: &mut Report) {
    let create = ["run", "-d", "--name", "typed", "--network", "none"];
    run(gantry(engine, create).args(["busybox", "sleep", "1000"]));
    page.click("a[href='#/containers']").await;
    page.shows("tr[data-row]", "typed").await;
    page.click("tr[data-row] a.name").await;
    page.press("Terminal").await;
    page.shows(".xterm-rows", "/ #").await;
    page.type_text("cat\n").await;
    page.shows(".xterm-rows", "cat").await;
    let mut times = Vec::new();
    for round in 0..effort.of(20, 100) {
        let letter = "document.querySelector('.xterm-helper-textarea').dispatchEvent( \
            new InputEvent('input', { data: 'q', inputType: 'insertText' }))";
        let echoed = format!(
            "document.querySelector('.xterm-rows').textContent.split('q').length > {}",
            round + 1
        );
        times.push(timed(page, letter, &echoed).await);
    }
    let what = "window, terminal: keystroke to echo";
    report.add(Row::new(what, "ms", times.into_iter().collect()).at_most(30.0));
    page.click("[data-test=terminal-tab] .icon-btn").await;
    run(&mut gantry(engine, ["rm", "--force", "typed"]));
}

/// Many containers that start and end while their list is looked at.
async fn many(effort: Effort, page: &Page, engine: &Engine, report: &mut Report) {
    create_many(engine, "box", "true", MANY);
    page.click("a[href='#/containers']").await;
    page.shows("tr[data-row]", "box-").await;
    page.run(WATCH_FRAMES, vec![]).await;
    let names: Vec<String> = (0..effort.of(100, MANY))
        .map(|n| format!("box-{n}"))
        .collect();
    run(gantry(engine, ["start"]).args(&names));
    let longest = longest_frame(page).await;
    report.add(
        Row::new(
            format!("window, {MANY} containers changing state: longest frame"),
            "ms",
            Samples::one(longest),
        )
        .at_most(50.0),
    );
}

/// Many containers that run, whose figures are told once a second.
async fn running(effort: Effort, page: &Page, engine: &Engine, report: &mut Report) {
    let count = effort.of(100, MANY);
    // Before all others in the order of names, and so in sight.
    create_many(engine, "awake", "sleep 10000", count);
    let names: Vec<String> = (0..count).map(|n| format!("awake-{n}")).collect();
    run(gantry(engine, ["start"]).args(&names));
    page.shows(".head .sub", &format!("{count} of")).await;
    page.shows("[data-test=row-memory]", "iB").await;
    page.run(WATCH_FRAMES, vec![]).await;
    tokio::time::sleep(Duration::from_secs(effort.of(5, 20))).await;
    let longest = longest_frame(page).await;
    report.add(
        Row::new(
            format!("window, {count} running containers with figures: longest frame"),
            "ms",
            Samples::one(longest),
        )
        .at_most(50.0),
    );
    run(gantry(engine, ["rm", "--force"]).args(&names));
}
