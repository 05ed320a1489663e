//! `gantry copy-from`: images of another engine of this computer. A second engine plays Docker,
//! whose API it speaks.

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::thread;

use gantry_pack::fixtures;
use gantry_tests::{
    Account, Engine, Finished, Running, as_root_and_as_user, built, on, skip, wait_for,
};

as_root_and_as_user!(
    images_are_listed_and_copied,
    one_that_breaks_off_leaves_nothing,
    no_other_engine_is_said,
);

/// `gantry copy-from …` where `DOCKER_HOST` names that socket.
#[track_caller]
fn copy_from(engine: &Engine, socket: &Path, arguments: &[&str]) -> Finished {
    let mut command = engine.command(&built("gantry"));
    command.env("DOCKER_HOST", format!("unix://{}", socket.display()));
    command.arg("copy-from").args(arguments);
    Running::start(&mut command).finish()
}

fn images_are_listed_and_copied(engine: &Engine) {
    let other = Engine::start(engine.identity().clone());
    let images = ["tools:1", "tools:2"].map(|name| fixtures::busybox(name).unwrap());
    other.load(&images);
    other
        .docker(&["tag", "tools:1", "localhost:5000/a/b:c"])
        .ok();
    let socket = other.socket();
    let at = socket.to_str().unwrap();

    let engines = copy_from(engine, &socket, &[]).ok();
    assert!(
        engines.contains("gantry") && engines.contains(at),
        "{engines}"
    );
    let own = engine.socket();
    assert!(!engines.contains(own.to_str().unwrap()), "{engines}");

    let listed = copy_from(engine, &socket, &[at]).ok();
    assert!(listed.contains("localhost:5000/a/b:c"), "{listed}");
    // The same image is here under another name.
    assert!(listed.contains("yes"), "{listed}");

    engine.docker(&["rmi", "busybox"]).ok();
    let copied = copy_from(engine, &socket, &[at, "tools:1", "localhost:5000/a/b:c"]).ok();
    assert!(copied.contains("Loaded image: tools:1"), "{copied}");
    assert_eq!(
        engine.inspect("tools:1", ".Id"),
        other.inspect("tools:1", ".Id")
    );
    assert_eq!(
        engine.inspect("localhost:5000/a/b:c", ".Id"),
        engine.inspect("tools:1", ".Id")
    );
    assert_eq!(
        engine
            .docker(&["run", "--rm", "tools:1", "echo", "here"])
            .ok(),
        "here"
    );
    engine
        .docker(&["image", "inspect", "tools:2"])
        .fails_with(1);
    copy_from(engine, &socket, &[at, "--all", "--quiet"]).ok();
    engine.docker(&["image", "inspect", "tools:2"]).ok();

    let refused = copy_from(engine, &socket, &[at, "no/such:image"]).fails_with(1);
    assert!(refused.contains("no/such:image"), "{refused}");
}

/// Answers as Docker does, and goes away in the middle of the archive.
fn breaking_engine(socket: &Path) {
    let listener = UnixListener::bind(socket).unwrap();
    fs::set_permissions(socket, Permissions::from_mode(0o666)).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read(&mut byte).unwrap_or(0) == 0 {
                    break;
                }
                head.push(byte[0]);
            }
            let answer: &[u8] = if head.starts_with(b"GET /version") {
                b"HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{\"Version\":\"28\"}"
            } else {
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n200\r\nmanifest.json\0\0"
            };
            let _ = stream.write_all(answer);
        }
    });
}

fn one_that_breaks_off_leaves_nothing(engine: &Engine) {
    let socket = engine.file("docker.sock");
    breaking_engine(&socket);
    let before = engine.docker(&["images", "--quiet"]).ok();
    let engines = copy_from(engine, &socket, &[]).ok();
    assert!(engines.contains("docker"), "{engines}");
    let said = copy_from(engine, &socket, &["docker", "x:1"]).fails_with(1);
    assert!(!said.is_empty());
    assert_eq!(engine.docker(&["images", "--quiet"]).ok(), before);
    let staging = engine.root().join("staging");
    wait_for("nothing to be staged", || {
        let left = fs::read_dir(&staging).map_or(0, Iterator::count);
        (left == 0).then_some(())
    });
}

fn no_other_engine_is_said(engine: &Engine) {
    let nowhere = engine.file("nowhere.sock");
    let said = copy_from(engine, &nowhere, &["podman", "x:1"]).fails_with(1);
    assert!(said.contains("Podman does not run here"), "{said}");
    let said = copy_from(engine, &nowhere, &[nowhere.to_str().unwrap()]).fails_with(1);
    assert!(said.contains("nowhere.sock"), "{said}");
}

#[test]
fn a_socket_of_others_is_named_with_the_way_out() {
    on(Account::User, |engine| {
        if !engine.identity().is_another() {
            return skip("the socket of another user needs root");
        }
        let socket = engine.file("docker.sock");
        let _listener = UnixListener::bind(&socket).unwrap();
        fs::set_permissions(&socket, Permissions::from_mode(0o600)).unwrap();
        let engines = copy_from(engine, &socket, &[]).ok();
        assert!(engines.contains("not open to you"), "{engines}");
        let said = copy_from(engine, &socket, &["docker", "x:1"]).fails_with(1);
        assert!(said.contains("sudo docker save"), "{said}");
    });
}
