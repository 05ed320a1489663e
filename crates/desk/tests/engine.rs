//! What the window is told when the engine answers, refuses or goes away.

mod fake;

use fake::{Answer, desk};
use gantry_desk::{Desk, Frames};
use gantry_view::{
    Call, Failure, Link, LogFound, LogNews, LogRun, Ran, ReadLog, RunContainer, SearchLog,
    Subscribe, Watch, WatchItem, WatchLog,
};
use gantry_wire::gantry::{Attachment, Change, Container, Network, Snapshot, Update};

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
async fn networks_and_their_members_come_with_the_watch() {
    let network = Network {
        id: "0123".into(),
        name: "shop_default".into(),
        ..Network::default()
    };
    let member = Container {
        networks: vec![Attachment {
            network: "shop_default".into(),
            addresses: vec!["10.9.0.2".into()],
            ..Attachment::default()
        }],
        ..Container::default()
    };
    let told = snapshot(1)
        + &update(2, Change::Network(Box::new(network)))
        + &update(3, Change::Container(Box::new(member)))
        + &update(4, Change::NetworkRemoved("0123".into()));
    let (desk, _folder) = desk(vec![events(told, true)]);
    let mut frames = desk.subscribe(Watch::NAME, b"{}").expect("a subscription");
    let items = read(&mut frames, 6).await;
    assert!(matches!(&items[3], WatchItem::Network(row) if row.name == "shop_default"));
    assert!(
        matches!(&items[4], WatchItem::Container(row) if row.networks[0].addresses == ["10.9.0.2"])
    );
    assert_eq!(items[5], WatchItem::NetworkRemoved("0123".into()));
}

#[tokio::test]
async fn what_is_done_with_networks_ports_and_backups_reaches_the_engine() {
    let answer = |to, body: &str| Answer {
        to,
        status: "200 OK",
        body: body.into(),
        open: false,
    };
    let (desk, _folder) = desk(vec![
        answer("POST /networks/create", r#"{"Id":"0123"}"#),
        answer("POST /networks/mine/connect", ""),
        answer("POST /networks/mine/disconnect", ""),
        answer("POST /gantry/v1/containers/web/ports", ""),
        answer("DELETE /networks/mine", ""),
        answer("POST /networks/prune", r#"{"NetworksDeleted":["a"]}"#),
        answer("POST /gantry/v1/volumes/backup", r#"{"task":"1"}"#),
        answer("POST /gantry/v1/volumes/restore", r#"{"task":"2"}"#),
    ]);
    for (name, request, reply) in [
        (
            "create_network",
            r#"{"name":"mine","subnet":"","gateway":"","ip_range":"","internal":false,"ipv6":true,"labels":[]}"#,
            r#""0123""#,
        ),
        (
            "connect_network",
            r#"{"network":"mine","container":"web","aliases":[],"address":"10.9.0.9"}"#,
            "null",
        ),
        (
            "disconnect_network",
            r#"{"network":"mine","container":"web"}"#,
            "null",
        ),
        (
            "change_ports",
            r#"{"id":"web","add":[{"host":8001,"container":80,"protocol":"tcp","address":""}],"remove":[]}"#,
            "null",
        ),
        ("remove_network", r#"{"id":"mine"}"#, "null"),
        ("prune_networks", "{}", r#"["a"]"#),
        (
            "backup_volume",
            r#"{"name":"v","path":"/tmp/v.tar","overwrite":false}"#,
            r#""1""#,
        ),
        (
            "restore_volume",
            r#"{"name":"v","path":"/tmp/v.tar"}"#,
            r#""2""#,
        ),
    ] {
        let answered = desk.call(name, request.as_bytes()).await;
        let answered = answered.unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        assert_eq!(answered, reply.as_bytes(), "{name}");
    }
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

fn log(path: &'static str, body: &str, open: bool) -> Answer {
    Answer {
        to: path,
        status: "200 OK",
        body: body.to_owned() + "\n",
        open,
    }
}

#[tokio::test]
async fn the_news_of_a_log_go_on_with_the_next_engine() {
    let path = "GET /gantry/v1/containers/0123/log/watch";
    let news = |last| {
        format!(r#"{{"extent":{{"first":1,"last":{last},"stderr":2,"bytes":90}},"lines":[]}}"#)
    };
    let cut = Answer {
        // Cut off in the middle, as by an engine that was killed.
        body: news(5) + "\n{",
        ..log(path, "", false)
    };
    let (desk, _folder) = desk(vec![cut, log(path, &news(9), true)]);
    let arguments = br#"{"id":"0123","lines":3}"#;
    let mut frames = desk
        .subscribe(WatchLog::NAME, arguments)
        .expect("a subscription");
    let mut lasts = Vec::new();
    while lasts.len() < 2 {
        let frame = frames.next().await.expect("a frame");
        let items: Vec<LogNews> = serde_json::from_slice(&frame).expect("items");
        lasts.extend(items.iter().map(|news| (news.last, news.errors)));
    }
    assert_eq!(lasts, [(5, 2), (9, 2)]);
}

#[tokio::test]
async fn a_log_is_read_and_searched_by_number() {
    let line = r#"{"lines":[{"number":7,"time":"1970-01-01T00:00:01Z","stream":"stderr","text":"oh"}],"at_end":true}"#;
    let found = r#"{"runs":[[7,2,3]],"searched":9,"at_end":true}"#;
    let (desk, _folder) = desk(vec![
        log("GET /gantry/v1/containers/0123/log/stream", line, false),
        log("GET /gantry/v1/containers/0123/log/search", found, true),
    ]);
    let request = br#"{"id":"0123","from":7,"limit":1,"side":"errors"}"#;
    let lines = desk.call(ReadLog::NAME, request).await.expect("lines");
    let lines: <ReadLog as Call>::Reply = serde_json::from_slice(&lines).expect("lines");
    assert!(lines.len() == 1 && lines[0].stderr && lines[0].time == 1000);
    let request = br#"{"id":"0123","text":"o.","regex":true,"side":null}"#;
    let mut frames = desk
        .subscribe(SearchLog::NAME, request)
        .expect("a subscription");
    let frame = frames.next().await.expect("a frame");
    let items: Vec<LogFound> = serde_json::from_slice(&frame).expect("items");
    assert_eq!(items[0].runs, [LogRun(7, 2, 3)]);
}
