//! Docker Hub as the window shows it: found by a word, its tags with size and age, a pull layer by
//! layer that is paused and goes on. A registry of the tests' own plays its part.

use gantry_pack::{Image, Tree, fixtures};
use gantry_tests::{
    Account,
    crooked::{Answer, Asked, Crooked},
    registry::{Registry, hub_settings, left},
    skip, wait_for,
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

const FOUND: &str = r#"{"count":1240,"next":"x","previous":"","results":[
  {"repo_name":"postgres","short_description":"The PostgreSQL object-relational database system","star_count":14123,"pull_count":10000000000,"is_official":true},
  {"repo_name":"postgrest/postgrest","short_description":"REST API for any Postgres database","star_count":152,"pull_count":12000000,"is_official":false},
  {"repo_name":"bitnami/postgresql","short_description":"Bitnami container image for PostgreSQL","star_count":289,"pull_count":512000000,"is_official":false}
]}"#;

const TAGS: &str = r#"{"count":4,"next":null,"previous":null,"results":[
  {"name":"latest","last_updated":"2026-11-17T10:00:00Z","digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","images":[{"architecture":"amd64","os":"linux","size":159803801},{"architecture":"arm64","os":"linux","size":159803802}]},
  {"name":"17.1-bookworm","last_updated":"2026-11-17T10:00:00Z","digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","images":[{"architecture":"amd64","os":"linux","size":159803801}]},
  {"name":"17","last_updated":"2026-11-17T10:00:00Z","digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","images":[{"architecture":"amd64","os":"linux","size":159803801}]},
  {"name":"17-alpine","last_updated":"2026-11-17T10:00:00Z","digest":"sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","images":[{"architecture":"amd64","os":"linux","size":108422758}]}
]}"#;

/// A layer of this many bytes, which no compression makes smaller.
const LARGE: usize = 6 << 20;

fn postgres() -> Image {
    let mut noise = vec![0; LARGE];
    let mut state = 1_u32;
    for byte in &mut noise {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
    }
    let tree = Tree::new().file("data", 0o644, &noise);
    let image = fixtures::busybox("postgres:17").unwrap();
    image.layer("COPY data /", tree).unwrap()
}

/// Hub's own API, and its registry, which holds back half of the large layer when it is asked for
/// all of it.
fn hub(registry: &Registry) -> Crooked {
    Crooked::start(&registry.host(), |asked: &Asked, answer: Answer| {
        if asked.is("GET", "/v2/search/repositories/") {
            return Answer::new(200).body(FOUND);
        }
        if asked.is("GET", "/v2/repositories/library/postgres/tags") {
            return Answer::new(200).body(TAGS);
        }
        let whole = asked.is("GET", "/blobs/") && !asked.headers.contains_key("range");
        if whole && answer.body.len() >= LARGE {
            let length = answer.body.len();
            let half = answer.body[..length / 2].to_vec();
            return Answer {
                hold: true,
                ..answer.with("content-length", length).body(half)
            };
        }
        answer
    })
}

async fn story(door: Door) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    registry.hold("library/postgres:17", &postgres());
    let hub = hub(&registry);
    let settings = hub_settings(&hub);
    let window = Window::open_with(door, Account::User, |engine| engine.configure(&settings)).await;
    let window = match window {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    window.page.click("a[href='#/find']").await;
    found(&window.page, door).await;
    paused_and_resumed(&window, &hub).await;
    window.close().await;
}

async fn found(page: &Page, door: Door) {
    page.fill("[data-test=find-name]", "postg").await;
    page.shows("[data-test=find-results]", "14.1k").await;
    page.shows("[data-test=find-results]", "Official").await;
    page.shows(".find-count", "1,240 results").await;
    // What was typed is no image: the first result is open.
    page.shows("[data-test=find-repository]", "postgres").await;
    sorted(page, door).await;
    page.find(".find-bar input[placeholder='Filter 4 tags']")
        .await;
    page.shows("[data-test=find-tag]:nth-child(1)", "17.1-bookworm")
        .await;
    page.shows("[data-test=find-tag]:nth-child(1)", "152 MiB")
        .await;
    assert_eq!(page.count("[data-test=find-tag]").await, 2);
    page.click("[data-test=find-tag]:nth-child(1) td").await;
    page.shows(
        "[data-test=find-offer] code",
        "docker.io/library/postgres:17",
    )
    .await;
    page.shows("[data-test=find-cost]", "0 of 2 layers").await;
    page.photograph(&format!("hub-{door:?}")).await;
}

/// In the registry's order first, then in that of somebody's choice.
async fn sorted(page: &Page, door: Door) {
    let first = "[data-test=find-result]:first-of-type";
    for (order, name) in [
        ("Name", "bitnami/postgresql"),
        ("Most pulled", "postgres"),
        ("Best match", "postgres"),
    ] {
        page.click("[data-test=find-sort]").await;
        page.shows("[role=menu]", "Most stars").await;
        page.photograph(&format!("find-sort-{door:?}")).await;
        page.press(order).await;
        page.shows("[data-test=find-sort]", order).await;
        page.shows(first, name).await;
    }
}

async fn paused_and_resumed(window: &Window, hub: &Crooked) {
    let (page, door) = (&window.page, window.door);
    page.click("[data-test=find-pull]").await;
    page.shows("[data-test=task-layer]:nth-child(2)", "6.0 MiB")
        .await;
    wait_for("some of the large layer", || {
        (left(&window.engine) > LARGE as u64 / 4).then_some(())
    });
    page.shows("[data-test=find-tag]:nth-child(1)", "%").await;
    page.photograph(&format!("hub-pulling-{door:?}")).await;
    page.click("[data-test=pause-task]").await;
    page.shows("[data-test=task][data-state=cancelled]", "Paused")
        .await;
    page.photograph(&format!("hub-paused-{door:?}")).await;
    page.click("[data-test=task-retry]").await;
    page.shows("[data-test=task][data-state=done]", "postgres:17")
        .await;
    page.shows("[data-test=find-tag]:nth-child(1)", "on this computer")
        .await;
    // It went on where it was.
    let asked = hub.asked();
    let resumed = asked
        .iter()
        .filter(|asked| asked.headers.contains_key("range"));
    assert_eq!(resumed.count(), 1);
}
