//! Images are found in a registry that asks who one is, and pulled from its tags.

use gantry_pack::fixtures;
use gantry_tests::{
    Account,
    registry::{PASSWORD, Registry, USER},
    skip,
    window::{Door, Page, Window},
};

#[tokio::test]
async fn as_an_application() {
    story(Door::Application).await;
}

#[tokio::test]
async fn in_a_browser() {
    story(Door::Browser).await;
}

async fn story(door: Door) {
    let Some(registry) = Registry::with_password() else {
        return;
    };
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let credentials = format!("{USER}:{PASSWORD}");
    for name in ["team/app:1", "team/app:2", "team/tool:1"] {
        let image = fixtures::busybox(name).unwrap();
        registry.hold_as(name, &image, &["--dest-creds", &credentials]);
    }
    let page = &window.page;
    page.click("a[href='#/find']").await;

    refused_until_signed_in(page, &registry, door).await;
    found_and_pulled(page, &registry, door).await;
    signed_out(page, &registry, door).await;
    window.close().await;
}

/// A pull that is refused asks for an account, and goes on with it.
async fn refused_until_signed_in(page: &Page, registry: &Registry, door: Door) {
    let name = registry.name("team/app:1");
    page.fill("[data-test=find-name]", &name).await;
    page.shows("[data-test=tags-failed]", "Sign in").await;
    page.photograph(&format!("find-refused-{door:?}")).await;
    page.press_key("[data-test=find-name]", "Enter").await;
    page.shows("[data-test=task-failure]", "Not pulled").await;
    page.click("[data-test=task-sign-in]").await;
    page.shows("[role=dialog] h2", "asks you to sign in").await;
    page.shows("[data-test=sign-in-kept]", "forgotten when Gantry closes")
        .await;
    page.fill("[data-test=sign-in-user]", USER).await;
    page.fill("[data-test=sign-in-secret]", "wrong").await;
    page.click("[data-test=sign-in-go]").await;
    page.shows("[role=dialog] .error-card", "password").await;
    page.photograph(&format!("sign-in-{door:?}")).await;
    page.fill("[data-test=sign-in-secret]", PASSWORD).await;
    page.press_key("[data-test=sign-in-secret]", "Enter").await;
    page.loses("[role=dialog]").await;
    page.shows("[data-test=task][data-state=done]", &name).await;
}

/// The registry lists what it has; a tag is chosen with the keyboard.
async fn found_and_pulled(page: &Page, registry: &Registry, door: Door) {
    page.fill("[data-test=find-name]", &registry.name("team"))
        .await;
    page.shows("[data-test=find-results]", &registry.name("team/tool"))
        .await;
    page.press_key("[data-test=find-name]", "Enter").await;
    page.shows("[data-test=find-repository]", "team/app").await;
    page.shows("[data-test=find-tag]:nth-child(1)", "on this computer")
        .await;
    page.click("[data-test=find-tag]:nth-child(2) td").await;
    page.shows("[data-test=find-offer] code", &registry.name("team/app:2"))
        .await;
    // It is the same image under another tag.
    page.shows("[data-test=find-cost]", "Nothing to download")
        .await;
    page.photograph(&format!("find-tags-{door:?}")).await;
    page.click("[data-test=find-pull]").await;
    page.shows("[data-test=find-tag]:nth-child(2)", "on this computer")
        .await;
    page.photograph(&format!("find-pulled-{door:?}")).await;
}

async fn signed_out(page: &Page, registry: &Registry, door: Door) {
    let row = format!("[data-test=registry][data-host='{}']", registry.host());
    page.click("a[href='#/settings']").await;
    page.shows(&row, &format!("signed in as {USER}")).await;
    page.shows(&row, "until Gantry closes").await;
    page.shows(
        "[data-test=registry][data-host='docker.io']",
        "not signed in",
    )
    .await;
    page.photograph(&format!("registries-{door:?}")).await;
    page.click(&format!("{row} button")).await;
    page.press("Sign out").await;
    page.shows(&row, "not signed in").await;

    page.click("[data-test=registry-add]").await;
    page.fill(
        "[data-test=registry-host]",
        "https://registry.example:5000/v2/",
    )
    .await;
    page.click("[data-test=registry-add-go]").await;
    page.shows("[data-host='registry.example:5000']", "not signed in")
        .await;
}
