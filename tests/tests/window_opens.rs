//! The window opens and shows its first page.

use gantry_tests::{
    Account, skip,
    window::{Door, Window},
};

async fn opens(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    window.page.find("nav a[aria-current=page]").await;
    window.close().await;
}

#[tokio::test]
async fn as_an_application() {
    opens(Door::Application).await;
}

#[tokio::test]
async fn in_a_browser() {
    opens(Door::Browser).await;
}
