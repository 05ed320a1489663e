//! Supervisors that stand still, and connections to them that break.

use std::{fs, os::fd::OwnedFd};

use gantry_tests::{Engine, as_root_and_as_user, lives, signal_parent_of, wait_for};
use rustix::{
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, connect,
        recv, send, socket_with,
    },
    process::{Pid, Signal, kill_process},
};
use serde_json::{Value, json};

as_root_and_as_user!(
    a_container_outlives_a_connection_that_breaks,
    a_supervisor_that_stands_still_keeps_no_engine_from_starting,
    what_its_supervisor_does_not_end_is_ended_by_force,
);

/// Runs a container that ends with 6 when it is asked to.
fn polite(engine: &Engine, name: &str) -> String {
    let script = "trap 'exit 6' TERM; echo up; while :; do sleep 0.05; done";
    engine.run_detached(name, &[], &["sh", "-c", script]);
    wait_for("the trap", || {
        let said = engine.docker(&["logs", name]).ok();
        said.contains("up").then_some(())
    });
    engine.inspect(name, ".State.Pid")
}

/// A second connection to the supervisor of a container.
fn connection(engine: &Engine, name: &str) -> OwnedFd {
    let folder = engine
        .root()
        .join("containers")
        .join(engine.inspect(name, ".Id"));
    let record = fs::read(folder.join("shim.json")).unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    let address = SocketAddrUnix::new(record["socket"].as_str().unwrap()).unwrap();
    let flags = SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).unwrap();
    connect(&socket, &address).unwrap();
    socket
}

/// Asks the supervisor and waits for its answer.
fn ask(connection: &OwnedFd, number: u32, request: &str) {
    let text = json!({"request": {"number": number, "request": request}}).to_string();
    send(connection, text.as_bytes(), SendFlags::empty()).unwrap();
    let mut packet = vec![0; 65536];
    loop {
        let (count, _) = recv(connection, &mut packet[..], RecvFlags::empty()).unwrap();
        let answer: Value = serde_json::from_slice(&packet[..count]).unwrap();
        if answer["reply"]["number"] == number {
            return assert!(answer["reply"]["reply"].get("Ok").is_some(), "{answer}");
        }
    }
}

fn signal(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal).unwrap();
}

fn a_container_outlives_a_connection_that_breaks(engine: &Engine) {
    let pid = polite(engine, "box");
    let connection = connection(engine, "box");
    signal(engine.pid(), Signal::STOP);
    // More than a supervisor keeps for an engine that reads nothing.
    for number in 0..1000 {
        ask(&connection, 2 * number, "pause");
        ask(&connection, 2 * number + 1, "resume");
    }
    signal(engine.pid(), Signal::CONT);
    // What it had heard before comes first, the pauses too.
    wait_for("the container to be reached again", || {
        (engine.docker(&["exec", "box", "true"]).code == 0).then_some(())
    });
    assert_eq!(engine.inspect("box", ".State.Pid"), pid);
    engine.docker(&["stop", "box"]).ok();
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "6");
}

fn a_supervisor_that_stands_still_keeps_no_engine_from_starting(engine: &Engine) {
    let pids = ["box", "other"].map(|name| polite(engine, name));
    for pid in &pids {
        signal_parent_of(pid, Signal::STOP);
    }
    engine.kill();
    engine.launch();
    let state = |name: &str| engine.inspect(name, ".State.Status");
    assert_eq!(
        (state("box").as_str(), state("other").as_str()),
        ("running", "running")
    );
    let said = engine.docker(&["pause", "box"]).fails_with(1);
    assert!(said.contains("does not answer"), "{said}");
    // It goes on, and is found.
    signal_parent_of(&pids[0], Signal::CONT);
    engine.docker(&["stop", "box"]).ok();
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "6");
    engine.docker(&["kill", "other"]).ok();
    assert_eq!(state("other"), "exited");
    assert!(!lives(&pids[1]));
}

fn what_its_supervisor_does_not_end_is_ended_by_force(engine: &Engine) {
    let names = ["killed", "removed", "stopped"];
    let pids = names.map(|name| polite(engine, name));
    for pid in &pids {
        signal_parent_of(pid, Signal::STOP);
    }
    let asked = [
        engine.start_docker(&["kill", "killed"]),
        engine.start_docker(&["rm", "--force", "removed"]),
        engine.start_docker(&["stop", "--time", "1", "stopped"]),
    ];
    for command in asked {
        command.finish().ok();
    }
    assert!(pids.iter().all(|pid| !lives(pid)));
    assert_eq!(engine.inspect("killed", ".State.ExitCode"), "137");
    let error = engine.inspect("killed", ".State.Error");
    assert!(error.contains("by force"), "{error}");
    engine.docker(&["start", "killed"]).ok();
    assert_eq!(engine.inspect("killed", ".State.Status"), "running");
    let left = engine
        .docker(&["ps", "--all", "--format", "{{.Names}}"])
        .ok();
    assert_eq!(left, "stopped\nkilled");
}
