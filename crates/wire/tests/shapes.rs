//! The JSON that clients see and send.

use gantry_wire as wire;
use gantry_wire::gantry;
use serde_json::{Value, json};

/// What `docker run -d -p 8080:80 busybox` sends, `null`s and all, and a key from the future.
fn body_of_the_docker_cli() -> Value {
    json!({
        "Hostname": "", "Domainname": "", "User": "", "AttachStdin": false,
        "AttachStdout": false, "AttachStderr": false, "ExposedPorts": {"80/tcp": {}},
        "Tty": false, "OpenStdin": false, "StdinOnce": false, "Env": null, "Cmd": null,
        "Image": "busybox", "Volumes": null, "WorkingDir": "", "Entrypoint": null,
        "OnBuild": null, "Labels": {}, "FromTheFuture": {"kept": [1, null]},
        "HostConfig": {
            "Binds": null, "ContainerIDFile": "", "LogConfig": {"Type": "", "Config": {}},
            "NetworkMode": "default", "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]},
            "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}, "AutoRemove": false,
            "ConsoleSize": [24, 80], "CapAdd": null, "CapDrop": null, "CgroupnsMode": "",
            "Dns": null, "DnsOptions": [], "DnsSearch": [], "MemorySwappiness": -1,
            "OomKillDisable": false, "PidsLimit": 0, "MaskedPaths": null, "AlsoNew": true
        },
        "NetworkingConfig": {"EndpointsConfig": {"default": null}}
    })
}

#[test]
fn a_create_body_is_read_with_nulls_and_written_back_with_unknown_keys() {
    let body: wire::ContainerCreate = serde_json::from_value(body_of_the_docker_cli()).unwrap();
    assert_eq!(body.config.image, "busybox");
    assert!(body.config.exposed_ports.contains("80/tcp"));
    assert_eq!(body.host_config.resources.memory_swappiness, Some(-1));
    assert_eq!(body.host_config.extra["AlsoNew"], json!(true));

    let written = serde_json::to_value(&body).unwrap();
    assert_eq!(written["FromTheFuture"], json!({"kept": [1, null]}));
    assert_eq!(written["ExposedPorts"], json!({"80/tcp": {}}));
    assert_eq!(written["Cmd"], Value::Null);
    let again: wire::ContainerCreate = serde_json::from_value(written).unwrap();
    assert_eq!(again, body);
}

#[test]
fn a_container_shows_every_key_that_docker_shows() {
    insta::assert_json_snapshot!(wire::ContainerInspect::default());
}

#[test]
fn a_row_of_the_list_shows_every_key_that_docker_shows() {
    insta::assert_json_snapshot!(wire::ContainerSummary::default());
}

#[test]
fn an_image_shows_every_key_that_docker_shows() {
    insta::assert_json_snapshot!((
        wire::ImageInspect::default(),
        wire::ImageSummary::default(),
        wire::HistoryItem::default(),
        [
            wire::ImageDeleteItem::Untagged("a:1".to_owned()),
            wire::ImageDeleteItem::Deleted("sha256:0".to_owned()),
        ],
    ));
}

#[test]
fn the_engine_shows_every_key_that_docker_shows() {
    insta::assert_json_snapshot!((
        wire::SystemInfo::default(),
        wire::Version::default(),
        wire::DiskUsage::default(),
    ));
}

#[test]
fn networks_and_volumes_show_every_key_that_docker_shows() {
    insta::assert_json_snapshot!((
        wire::Network::default(),
        wire::Volume::default(),
        wire::VolumeList::default(),
    ));
}

#[test]
fn an_event_carries_the_old_keys_only_where_they_are_set() {
    insta::assert_json_snapshot!(wire::EventMessage {
        kind: "container".to_owned(),
        action: "die".to_owned(),
        actor: wire::EventActor {
            id: "abc".to_owned(),
            attributes: [("exitCode".to_owned(), "0".to_owned())].into(),
        },
        scope: "local".to_owned(),
        time: 1,
        time_nano: 1_000_000_000,
        ..wire::EventMessage::default()
    });
}

#[test]
fn progress_has_only_what_it_says() {
    insta::assert_json_snapshot!([
        wire::Progress::text("Loaded image: busybox:latest\n"),
        wire::Progress::failed("not an image"),
    ]);
}

#[test]
fn changes_are_numbers() {
    let change = wire::Change {
        path: "/etc".to_owned(),
        kind: wire::ChangeKind::Modified,
    };
    let written = serde_json::to_value(&change).unwrap();
    assert_eq!(written, json!({"Path": "/etc", "Kind": 0}));
    assert!(serde_json::from_value::<wire::Change>(json!({"Path": "/", "Kind": 3})).is_err());
}

#[test]
fn updates_say_what_they_are() {
    let updates = [
        gantry::Change::Snapshot(Box::default()),
        gantry::Change::Container(Box::default()),
        gantry::Change::ContainerRemoved("abc".to_owned()),
        gantry::Change::Task(Box::default()),
    ]
    .map(|change| gantry::Update {
        revision: 7,
        change,
    });
    insta::assert_json_snapshot!(updates);
    let written = serde_json::to_string(&updates).unwrap();
    let read: Vec<gantry::Update> = serde_json::from_str(&written).unwrap();
    assert_eq!(read, updates);
}
