//! An image is pulled by its name and pushed under another, by pressing only.

use gantry_pack::fixtures;
use gantry_tests::{
    Account,
    registry::Registry,
    skip,
    window::{Door, Window},
};

async fn pulled_and_pushed(door: Door) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let name = registry.hold("team/app:1", &fixtures::busybox("app:1").unwrap());
    let page = &window.page;
    page.click("a[href='#/find']").await;
    page.fill("[data-test=find-name]", &registry.name("Not A Name"))
        .await;
    page.shows(".find-offer", "lower case").await;
    page.fill("[data-test=find-name]", &format!("docker pull {name}"))
        .await;
    page.shows("[data-test=find-offer] code", &name).await;
    page.photograph(&format!("find-{door:?}")).await;
    page.click("[data-test=find-pull]").await;
    page.shows("[data-test=task][data-state=done]", &name).await;
    page.shows("[data-test=find-offer]", "on this computer")
        .await;
    page.photograph(&format!("pulled-{door:?}")).await;
    assert_eq!(
        window
            .engine
            .docker(&["images", "--quiet"])
            .ok()
            .lines()
            .count(),
        1
    );

    // What is not there says so, and where it was looked for.
    page.fill("[data-test=find-name]", &registry.name("team/nobody:1"))
        .await;
    page.click("[data-test=find-pull]").await;
    page.shows("[data-test=task-failure]", "Not pulled").await;
    page.photograph(&format!("not-pulled-{door:?}")).await;

    let other = registry.name("mine/app:2");
    page.click("a[href='#/images']").await;
    page.click("[role=option]").await;
    page.click(".det-h button[aria-haspopup=menu]").await;
    page.press("Push…").await;
    page.fill("[data-test=push-name]", &other).await;
    page.photograph(&format!("push-{door:?}")).await;
    page.click("[data-test=push-go]").await;
    page.click("a[href='#/transfers']").await;
    page.shows("[data-test=task][data-state=done]", &other)
        .await;
    let there = ["inspect", "--tls-verify=false", "--format", "{{.Digest}}"];
    let there = registry.skopeo(&[&there[..], &[&format!("docker://{other}")]].concat());
    assert!(there.ok().starts_with("sha256:"));
    window.close().await;
}

#[tokio::test]
async fn as_an_application() {
    pulled_and_pushed(Door::Application).await;
}

#[tokio::test]
async fn in_a_browser() {
    pulled_and_pushed(Door::Browser).await;
}
