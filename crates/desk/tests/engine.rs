//! What the window is told when the engine answers, refuses or goes away.

mod fake;

use fake::{Answer, desk};
use gantry_desk::{Desk, Frames};
use gantry_view::{Call, Failure, Link, Ran, RunContainer, Subscribe, Watch, WatchItem};
use gantry_wire::gantry::{Change, Container, Snapshot, Update};

fn update(revision: u64, change: Change) -> String {
    let update = Update { revision, change };
    serde_json::to_string(&update).expect("JSON") + "\n"
}

fn snapshot(revision: u64) -> String {
    let snapshot = Snapshot {
        revision,
        ..Snapshot::default()
    };
    update(revision, Change::Snapshot(Box::new(snapshot)))
}

fn events(body: String, open: bool) -> Answer {
    Answer {
        to: "GET /gantry/v1/events",
        status: "200 OK",
        body,
        open,
    }
}

async fn read(frames: &mut Frames, count: usize) -> Vec<WatchItem> {
    let mut items = Vec::new();
    while items.len() < count {
        let frame = frames.next().await.expect("a frame");
        items.extend(serde_json::from_slice::<Vec<WatchItem>>(&frame).expect("items"));
    }
    items
}

#[tokio::test]
async fn a_watch_goes_on_with_the_next_engine() {
    let web = Container {
        name: "web".into(),
        ..Container::default()
    };
    let first = snapshot(1) + &update(2, Change::Container(Box::new(web)));
    let (desk, _folder) = desk(vec![events(first, false), events(snapshot(9), true)]);
    let mut frames = desk.subscribe(Watch::NAME, b"{}").expect("a subscription");
    let items = read(&mut frames, 7).await;

    assert_eq!(items[0], WatchItem::Link(Link::Connecting));
    assert_eq!(items[1], WatchItem::Link(Link::Ready));
    assert!(matches!(&items[2], WatchItem::Snapshot(first) if first.revision == 1));
    assert!(matches!(&items[3], WatchItem::Container(row) if row.name == "web"));
    assert_eq!(items[4], WatchItem::Link(Link::Connecting));
    assert_eq!(items[5], WatchItem::Link(Link::Ready));
    assert!(matches!(&items[6], WatchItem::Snapshot(next) if next.revision == 9));
}

#[tokio::test]
async fn an_engine_that_says_nothing_is_lost() {
    let (desk, _folder) = desk(vec![events(String::new(), false)]);
    let mut frames = desk.subscribe(Watch::NAME, b"{}").expect("a subscription");
    let items = read(&mut frames, 2).await;
    assert!(matches!(&items[1], WatchItem::Link(Link::Lost(lost)) if lost.code == "engine-lost"));
}

fn created() -> Answer {
    Answer {
        to: "POST /containers/create",
        status: "201 Created",
        body: r#"{"Id":"0123","Warnings":["no network yet"]}"#.into(),
        open: false,
    }
}

async fn run(desk: &Desk) -> Result<Ran, Failure> {
    let request = RunContainer {
        image: "web".into(),
        name: "web-1".into(),
        ..RunContainer::default()
    };
    let body = serde_json::to_vec(&request).expect("JSON");
    let reply = desk.call(RunContainer::NAME, &body).await?;
    Ok(serde_json::from_slice(&reply).expect("the reply"))
}

#[tokio::test]
async fn a_container_that_runs_comes_with_its_warnings() {
    let started = Answer {
        to: "POST /containers/0123/start",
        status: "204 No Content",
        body: String::new(),
        open: false,
    };
    let (desk, _folder) = desk(vec![created(), started]);
    let ran = run(&desk).await.expect("it runs");
    assert_eq!((&*ran.id, &*ran.name), ("0123", "web-1"));
    assert_eq!(ran.warnings, ["no network yet"]);
}

#[tokio::test]
async fn a_container_that_does_not_start_is_named_in_the_failure() {
    let refused = Answer {
        to: "POST /containers/0123/start",
        status: "400 Bad Request",
        body: r#"{"message":"exec: \"x\": not found","gantry":{"code":"command-not-found"}}"#
            .into(),
        open: false,
    };
    let (desk, _folder) = desk(vec![created(), refused]);
    let failure = run(&desk).await.expect_err("it does not start");
    assert_eq!(failure.code, "command-not-found");
    assert_eq!(failure.fact("container"), "0123");
    assert_eq!(failure.raw, "exec: \"x\": not found");
}
