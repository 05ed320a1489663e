//! Images of another engine of this computer are copied by ticking them.

use std::os::unix::fs::symlink;

use gantry_pack::fixtures;
use gantry_tests::{
    Account, Engine, skip,
    window::{Door, Window},
};

async fn copied(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    let other = Engine::start(engine.identity().clone());
    let images = ["shop/web:1", "shop/web:2", "tools:1"];
    other.load(&images.map(|name| fixtures::busybox(name).unwrap()));
    // Where a Docker without root has its socket.
    let run = engine.socket();
    symlink(other.socket(), run.with_file_name("docker.sock")).unwrap();

    page.shows("nav a[aria-current=page]", "Containers").await;
    page.click("nav a[href='#/transfers']").await;
    page.shows("[data-test=copy-offer]", "is on this computer")
        .await;
    page.photograph(&format!("copy-offer-{door:?}")).await;
    page.click("[data-test=copy-open]").await;
    page.shows("[role=dialog]", "tools").await;
    assert_eq!(page.count("[data-test=copy-image]").await, 3);
    page.fill("[role=dialog] input[type=search]", "shop").await;
    page.loses("[data-test=copy-image]:nth-of-type(3)").await;
    page.click("[data-test=copy-all]").await;
    page.shows("[role=dialog] [role=status]", "2 images").await;
    page.photograph(&format!("copy-pick-{door:?}")).await;
    page.click("[data-test=copy-go]").await;
    page.shows("[data-test=task][data-state=done]", "shop/web:1")
        .await;
    let id = |engine: &Engine, name| engine.inspect(name, ".Id");
    assert_eq!(id(engine, "shop/web:2"), id(&other, "shop/web:2"));
    engine
        .docker(&["image", "inspect", "tools:1"])
        .fails_with(1);

    // What is here is said; all three are one image under three names.
    page.click("[data-test=copy-open]").await;
    page.shows("[data-test=copy-image]", "on this computer")
        .await;
    page.photograph(&format!("copy-here-{door:?}")).await;
    window.close().await;
}

#[tokio::test]
async fn in_the_application() {
    copied(Door::Application).await;
}

#[tokio::test]
async fn in_a_browser() {
    copied(Door::Browser).await;
}
