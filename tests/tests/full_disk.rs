//! A disk without room: clear errors, nothing lost, nothing half, and all is well with room again.

use std::fs::{self, File};
use std::io::Write;

use gantry_pack::{Image, Tree, fixtures};
use gantry_tests::{Account, Engine, http, skip, wait_for};
use nix::sched::{CloneFlags, unshare};
use rustix::fs::statvfs;
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};

/// Runs a behaviour as both accounts on a disk of this many bytes.
macro_rules! on_a_disk {
    ($($behaviour:ident: $bytes:expr),+ $(,)?) => {
        mod as_root {
            $(#[test] fn $behaviour() { super::on_a_disk(super::Account::Root, $bytes, super::$behaviour); })+
        }
        mod as_user {
            $(#[test] fn $behaviour() { super::on_a_disk(super::Account::User, $bytes, super::$behaviour); })+
        }
    };
}

on_a_disk!(
    a_load_without_room_leaves_nothing: 88 << 20,
    what_runs_can_be_watched_and_stopped: 88 << 20,
    an_engine_starts_and_tells_what_is_there: 88 << 20,
    a_file_that_cannot_be_written_anew_stays: 88 << 20,
);

fn on_a_disk(account: Account, bytes: u64, behaviour: fn(&Engine)) {
    if !rustix::process::geteuid().is_root() {
        return skip("only root can mount a small disk");
    }
    let identity = match account.identity() {
        Ok(identity) => identity,
        Err(why) => return skip(&why),
    };
    let engine = Engine::prepare(identity);
    let owner = engine.identity();
    let options = format!("size={bytes},mode=700,uid={},gid={}", owner.uid, owner.gid);
    let options = std::ffi::CString::new(options).unwrap();
    // In a mount namespace of this thread and its children: nobody else sees the disk.
    unshare(CloneFlags::CLONE_NEWNS).unwrap();
    mount_change(
        "/",
        MountPropagationFlags::PRIVATE | MountPropagationFlags::REC,
    )
    .unwrap();
    mount(
        "tmpfs",
        engine.root(),
        "tmpfs",
        MountFlags::empty(),
        options.as_c_str(),
    )
    .unwrap();
    engine.launch();
    engine.load(&[fixtures::busybox("busybox:latest").unwrap()]);
    behaviour(&engine);
}

fn free(engine: &Engine) -> u64 {
    let disk = statvfs(engine.root()).unwrap();
    disk.f_bfree * disk.f_frsize
}

/// Takes all room but `leave` bytes.
fn fill(engine: &Engine, leave: u64) {
    let mut ballast = File::create(engine.root().join("ballast")).unwrap();
    let room = free(engine).saturating_sub(leave);
    let block = vec![0; 4096];
    for _ in 0..room / 4096 {
        if ballast.write_all(&block).is_err() {
            break;
        }
    }
}

fn make_room(engine: &Engine) {
    fs::remove_file(engine.root().join("ballast")).unwrap();
}

fn noise(name: &str, bytes: usize) -> Image {
    // Nothing that a disk could make small.
    let noise: Vec<u8> = (0..bytes as u64)
        .map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8)
        .collect();
    fixtures::busybox(name)
        .unwrap()
        .layer("COPY noise /", Tree::new().file("noise", 0o644, &noise))
        .unwrap()
}

fn a_load_without_room_leaves_nothing(engine: &Engine) {
    let archive = gantry_pack::Archive::Docker
        .to_vec(&[noise("large:latest", 6 << 20)])
        .unwrap();
    let archive = engine.write("large.tar", archive).display().to_string();
    for leave in [68 << 20, 65 << 20, 1 << 20, 64 << 10, 0] {
        fill(engine, leave);
        let before = free(engine);
        let said = engine.docker(&["load", "--input", &archive]).fails_with(1);
        assert!(said.to_lowercase().contains("no space left"), "{said}");
        wait_for("the room to come back", || {
            (free(engine) + (64 << 10) >= before).then_some(())
        });
        let images = engine
            .docker(&["images", "--format", "{{.Repository}}"])
            .ok();
        assert_eq!(images, "busybox");
        make_room(engine);
    }
    engine.docker(&["load", "--input", &archive]).ok();
    let size = ["run", "--rm", "large", "stat", "-c", "%s", "/noise"];
    assert_eq!(engine.docker(&size).ok(), (6 << 20).to_string());
}

fn what_runs_can_be_watched_and_stopped(engine: &Engine) {
    let script = "trap 'exit 9' TERM; echo up; while :; do sleep 0.05; done";
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sh", "-c", script])
        .ok();
    wait_for("its first line", || {
        (engine.docker(&["logs", "box"]).ok() == "up").then_some(())
    });
    fill(engine, 0);
    // Whether there is room for them is chance; that they end, and say why, is not.
    for words in [
        &["tag", "busybox", "another"][..],
        &["create", "--name", "more", "busybox"],
        &["commit", "box", "made"],
        &["rename", "box", "renamed"],
    ] {
        let end = engine.docker(words);
        assert!(
            end.code == 0 || end.err.to_lowercase().contains("no space left"),
            "{end:?}"
        );
    }
    let name = engine.docker(&["ps", "--format", "{{.Names}}"]).ok();
    assert_eq!(engine.docker(&["logs", &name]).ok(), "up");
    engine.docker(&["stop", &name]).ok();
    engine.wait_for_state(&name, "exited");
    make_room(engine);
    assert_eq!(engine.inspect(&name, ".State.ExitCode"), "9");
    engine.kill();
    engine.launch();
    assert_eq!(engine.inspect(&name, ".State.ExitCode"), "9");
    engine.docker(&["start", &name]).ok();
    engine.docker(&["rm", "--force", &name]).ok();
}

fn an_engine_starts_and_tells_what_is_there(engine: &Engine) {
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sleep", "600"])
        .ok();
    engine.kill();
    fill(engine, 0);
    engine.launch();
    assert_eq!(engine.inspect("box", ".State.Status"), "running");
    engine.docker(&["image", "inspect", "busybox"]).ok();
    engine.docker(&["rm", "--force", "box"]).ok();
    make_room(engine);
    engine.docker(&["run", "--rm", "busybox", "true"]).ok();
}

fn a_file_that_cannot_be_written_anew_stays(engine: &Engine) {
    let sh = |script: &str| engine.shell(&["-v", "data:/d"], script);
    let put = |what: &str, body: &[u8]| {
        let path = format!("/gantry/v1/volumes/data/files/content?path=/f{what}");
        let answer = http::send(
            engine,
            &format!("PUT {path} HTTP/1.1\nConnection: close"),
            body,
        );
        (answer.status, answer.json())
    };
    sh("true");
    let (_, facts) = put("", b"as it was");
    let known = format!("&size=9&mtime={}", facts["mtime"].as_str().unwrap());
    for leave in [66 << 20, 1 << 20, 0] {
        fill(engine, leave);
        let (status, told) = put(&known, &vec![b'x'; 8 << 20]);
        make_room(engine);
        assert!(status >= 500, "{told}");
        assert!(told.to_string().contains("disk-full"), "{told}");
        assert_eq!(sh("cat /d/f"), "as it was");
    }
    let (status, told) = put(&known, b"as it is");
    assert_eq!(status, 200, "{told}");
    assert_eq!(sh("cat /d/f"), "as it is");
}
