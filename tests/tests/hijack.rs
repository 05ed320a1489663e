//! Attach over both kinds of hijacked connection, as bytes.

use std::io::{Read, Write};

use gantry_tests::{Engine, as_root_and_as_user, http};

as_root_and_as_user!(
    with_upgrade_it_is_101_and_frames,
    without_upgrade_it_is_200_and_frames,
    with_a_terminal_the_bytes_are_raw,
    bytes_sent_with_the_request_are_not_lost,
);

const CAT: &str =
    r#"{"Image":"busybox","Cmd":["cat"],"OpenStdin":true,"StdinOnce":true,"AttachStdin":true}"#;

fn create(engine: &Engine, body: &str) -> String {
    let head =
        "POST /v1.47/containers/create HTTP/1.1\nContent-Type: application/json\nConnection: close";
    let answer = http::send(engine, head, body.as_bytes());
    assert_eq!(answer.status, 201);
    answer.json()["Id"].as_str().unwrap().to_owned()
}

fn start(engine: &Engine, id: &str) {
    let head = format!("POST /v1.47/containers/{id}/start HTTP/1.1\nConnection: close");
    assert_eq!(http::send(engine, &head, b"").status, 204);
}

fn attach(engine: &Engine, id: &str, upgrade: &str, early: &[u8]) -> http::Answer {
    let query = "stream=1&stdin=1&stdout=1&stderr=1";
    let head = format!("POST /v1.47/containers/{id}/attach?{query} HTTP/1.1{upgrade}");
    http::send_early(engine, &head, early)
}

fn echo(engine: &Engine, upgrade: &str, status: u16) {
    let id = create(engine, CAT);
    let mut answer = attach(engine, &id, upgrade, b"");
    assert_eq!(answer.status, status);
    assert_eq!(
        answer.header("content-type"),
        Some(if status == 101 {
            "application/vnd.docker.multiplexed-stream"
        } else {
            "application/vnd.docker.raw-stream"
        })
    );
    start(engine, &id);
    answer.stream.get_mut().write_all(b"hello\n").unwrap();
    let mut frame = [0; 14];
    answer.stream.read_exact(&mut frame).unwrap();
    assert_eq!(frame, *b"\x01\0\0\0\0\0\0\x06hello\n");
    answer
        .stream
        .get_mut()
        .shutdown(std::net::Shutdown::Write)
        .unwrap();
    assert_eq!(
        answer.rest(),
        b"",
        "cat ends with its input, and the connection with it"
    );
}

fn with_upgrade_it_is_101_and_frames(engine: &Engine) {
    echo(engine, "\nConnection: Upgrade\nUpgrade: tcp", 101);
}

fn without_upgrade_it_is_200_and_frames(engine: &Engine) {
    echo(engine, "", 200);
}

fn with_a_terminal_the_bytes_are_raw(engine: &Engine) {
    let body = r#"{"Image":"busybox","Cmd":["echo","hello"],"Tty":true}"#;
    let id = create(engine, body);
    let answer = attach(engine, &id, "\nConnection: Upgrade\nUpgrade: tcp", b"");
    assert_eq!(
        answer.header("content-type"),
        Some("application/vnd.docker.raw-stream")
    );
    start(engine, &id);
    assert_eq!(answer.rest(), b"hello\r\n");
}

fn bytes_sent_with_the_request_are_not_lost(engine: &Engine) {
    let id = create(engine, CAT);
    let answer = attach(
        engine,
        &id,
        "\nConnection: Upgrade\nUpgrade: tcp",
        b"early\n",
    );
    start(engine, &id);
    answer
        .stream
        .get_ref()
        .shutdown(std::net::Shutdown::Write)
        .unwrap();
    assert_eq!(answer.rest(), b"\x01\0\0\0\0\0\0\x06early\n");
}
