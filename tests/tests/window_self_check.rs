//! What the window says this computer lacks is what `gantry doctor` says.

use gantry_tests::{
    Account, skip,
    window::{Door, Window},
};
use serde_json::Value;

async fn says_what_the_doctor_says(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let page = &window.page;
    page.click("a[href='#/self-check']").await;
    page.find(".chk[data-check=kernel]").await;
    let doctor = window.engine.gantry(&["doctor", "--format", "json"]).out;
    let doctor: Vec<Value> = serde_json::from_str(&doctor).unwrap();
    for finding in &doctor {
        let row = format!(".chk[data-check={}]", finding["check"].as_str().unwrap());
        // What is free on a disk changes between two looks.
        if finding["check"] != "disk" {
            page.shows(&row, finding["what"].as_str().unwrap()).await;
        }
    }
    assert_eq!(page.count(".chk").await, doctor.len());
    page.photograph(&format!("self-check-{door:?}")).await;
    page.press("Check again").await;
    page.find(".chk[data-check=kernel]").await;
    window.close().await;
}

#[tokio::test]
async fn as_an_application() {
    says_what_the_doctor_says(Door::Application).await;
}

#[tokio::test]
async fn in_a_browser() {
    says_what_the_doctor_says(Door::Browser).await;
}
