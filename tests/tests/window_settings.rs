//! What is chosen is there again, and a switch that is refused goes back.

use gantry_pack::fixtures;
use gantry_tests::{
    Account,
    link::Link,
    registry::{Form, Registry},
    skip,
    window::{Door, Window},
};

/// What a view remembers, once it is kept.
const KEPT: &str = "
    const ask = () => fetch('rpc/get_settings', { method: 'POST', body: '{}',
        headers: { 'content-type': 'application/json' } })
        .then(answer => answer.json())
        .then(settings => settings.views[arguments[0]] ?? ask());
    return ask();
";

#[tokio::test]
async fn a_page_begins_with_what_it_remembers() {
    let window = match Window::open(Door::Browser, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.shows("nav a[aria-current=page]", "Containers").await;
    window.load_busybox();
    engine.docker(&["create", "--name", "one", "busybox"]).ok();
    let head = ".tbl--containers th:nth-child(2)";
    page.find(&format!("{head}[aria-sort=none]")).await;
    page.click(&format!("{head} button")).await;
    page.find(&format!("{head}[aria-sort=ascending]")).await;
    let kept = page.run(KEPT, vec!["containers.sort".into()]).await;
    assert_eq!(kept, "status");
    page.run("location.reload()", vec![]).await;
    page.find("[data-row]").await;
    page.find(&format!("{head}[aria-sort=ascending]")).await;
    window.close().await;
}

/// This computer's systemd starts the engine at login, or refuses to change that.
const LOGIN: &str = "
    const real = window.fetch;
    window.asked = [];
    window.fetch = (address, ...rest) => {
        const answer = (status, body) => Promise.resolve(new Response(JSON.stringify(body), { status }));
        if (String(address).endsWith('rpc/get_login_start')) return answer(200, 'off');
        if (!String(address).endsWith('rpc/set_login_start')) return real(address, ...rest);
        const { on } = JSON.parse(new TextDecoder().decode(rest[0].body));
        window.asked.push(on);
        if (on) return answer(200, { on: { lingers: false } });
        const failure = { code: 'unit-refused', what: 'The start was not changed', why: 'systemctl',
            next: '', raw: 'systemctl disable: no', facts: {} };
        return new Promise(done => { window.refuse = () => answer(500, failure).then(done); });
    };
";

#[tokio::test]
async fn the_start_at_login_is_switched_and_a_refusal_switches_back() {
    let window = match Window::open(Door::Browser, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let page = &window.page;
    page.shows("nav a[aria-current=page]", "Containers").await;
    page.run(LOGIN, vec![]).await;
    page.click("a[href='#/settings']").await;
    let switch = "[data-test=login-start]";
    let is_on = "return document.querySelector('[data-test=login-start]').checked";
    page.click(switch).await;
    page.find(&format!("{switch}:checked:not([disabled])"))
        .await;
    page.shows("main", "When you log in").await;
    page.photograph("login-start").await;

    page.click(switch).await;
    page.find(&format!("{switch}[disabled]")).await;
    page.run("window.refuse()", vec![]).await;
    page.shows(".error-card", "The start was not changed").await;
    assert_eq!(page.run(is_on, vec![]).await, true, "as it is");

    // Whoever leaves meanwhile finds a window that goes on.
    page.click(switch).await;
    page.find(&format!("{switch}[disabled]")).await;
    page.click("a[href='#/volumes']").await;
    page.shows("main", "No volumes yet").await;
    page.run("window.refuse()", vec![]).await;
    page.click("a[href='#/settings']").await;
    page.find(&format!("{switch}:not([disabled])")).await;
    let asked = page.run("return window.asked", vec![]).await;
    assert_eq!(asked, serde_json::json!([true, false, false]));
    window.close().await;
}

#[tokio::test]
async fn a_registry_without_encryption_is_allowed_once_somebody_read_what_that_means() {
    let window = match Window::open(Door::Browser, Account::Root).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.shows("nav a[aria-current=page]", "Containers").await;
    let link = Link::new(engine);
    let Some(registry) = Registry::start(|_| Form {
        ip: link.address().into(),
        network_of: Some(link.pid()),
        ..Form::default()
    }) else {
        return;
    };
    let name = registry.hold("team/app:1", &fixtures::busybox("app:1").unwrap());
    page.click("a[href='#/find']").await;
    page.fill("[data-test=find-name]", &name).await;
    page.shows("[data-test=tags-failed]", "allow plain HTTP for it")
        .await;
    page.photograph("plain-refused").await;

    let row = format!("[data-test=registry][data-host='{}']", registry.host());
    page.click("a[href='#/settings']").await;
    page.click("[data-test=registry-add]").await;
    page.fill("[data-test=registry-host]", &registry.host())
        .await;
    page.click("[data-test=registry-add-go]").await;
    page.click(&format!("{row} button")).await;
    page.press("Allow plain HTTP…").await;
    page.shows("[role=alertdialog]", "passwords too").await;
    page.photograph("plain-dialog").await;
    page.click("[data-test=plain-go]").await;
    page.shows(&row, "plain HTTP, allowed by you").await;
    page.photograph("plain-allowed").await;

    page.click("a[href='#/find']").await;
    page.shows("[data-test=find-offer] code", &name).await;
    page.click("[data-test=find-pull]").await;
    page.shows("[data-test=task][data-state=done]", &name).await;

    page.click("a[href='#/settings']").await;
    page.click(&format!("{row} button")).await;
    page.press("Ask for encryption again").await;
    page.loses(&format!("{row} [data-test=registry-plain]"))
        .await;
    let pull = engine.docker(&["pull", &name]);
    assert_ne!(pull.code, 0, "{}", pull.out);
    window.close().await;
}
