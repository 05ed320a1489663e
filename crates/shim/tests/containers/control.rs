//! Signals, stop, pause, and finding a shim again.

use std::time::{Duration, Instant};

use crate::common::{Connection, Supervised, can_run, shell, wait_until};
use gantry_runtime::{FailureKind, Step};
use gantry_shim::protocol::{Event, Phase, RefusalKind, Reply, Request};
use gantry_shim::{ExitRecord, SHIM_FILE, ShimRecord, connect_to, sealed_binary_of};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

fn stop(signal: Option<i32>, grace_ms: u64) -> Request {
    Request::Stop {
        signal,
        grace_ms: Some(grace_ms),
    }
}

const DEAF: &str = "trap '' TERM; echo ready; while true; do sleep 0.05; done";
const POLITE: &str = "trap 'echo bye; exit 7' TERM; echo ready; while true; do sleep 0.05; done";

#[test]
fn a_signal_reaches_the_first_process() {
    if !can_run() {
        return;
    }
    let mut container = shell(POLITE).start();
    container.wait_for_output("ready");
    container
        .request(Request::Signal { signal: 15 }, &[])
        .unwrap();
    assert_eq!(container.exited().code, 7);
    assert_eq!(container.output().0, "ready\nbye\n");

    let mut container = shell(DEAF).start();
    container.wait_for_output("ready");
    container
        .request(Request::Signal { signal: 9 }, &[])
        .unwrap();
    let record = container.exited();
    assert_eq!((record.code, record.signal), (137, Some(9)));
    assert!(!record.oom);
}

#[test]
fn stop_kills_after_the_grace_period() {
    if !can_run() {
        return;
    }
    let mut container = shell(DEAF).start();
    container.wait_for_output("ready");
    let begun = Instant::now();
    container.request(stop(None, 300), &[]).unwrap();
    let record = container.exited();
    let taken = begun.elapsed();
    assert_eq!((record.code, record.signal), (137, Some(9)));
    assert!(
        taken >= Duration::from_millis(300) && taken < Duration::from_secs(5),
        "{taken:?}"
    );
}

#[test]
fn stop_is_polite_first_and_a_second_one_may_hurry() {
    if !can_run() {
        return;
    }
    let mut container = shell(POLITE).start();
    container.wait_for_output("ready");
    container.request(stop(None, 20_000), &[]).unwrap();
    assert_eq!(container.exited().code, 7);

    let mut container = shell(DEAF).start();
    container.wait_for_output("ready");
    container.request(stop(None, 60_000), &[]).unwrap();
    container.request(stop(None, 0), &[]).unwrap();
    assert_eq!(container.exited().code, 137);
}

#[test]
fn processes_left_over_end_with_the_first() {
    if !can_run() {
        return;
    }
    let mut container = shell("sleep 1000 & sleep 1000 & echo started; exit 5").start();
    assert_eq!(container.exited().code, 5);
    assert_eq!(container.output().0, "started\n");
}

#[test]
fn pause_stands_still_and_resume_goes_on() {
    if !can_run() {
        return;
    }
    let mut container = shell("i=0; while true; do i=$((i+1)); echo $i; sleep 0.01; done").start();
    container.wait_for_output("5\n");
    container.request(Request::Pause, &[]).unwrap();
    assert!(matches!(container.request(Request::Status, &[]).unwrap(),
        Reply::Status(status) if status.phase == Phase::Paused));
    let before = container.output();
    std::thread::sleep(Duration::from_millis(200));
    // What was in the pipe when it was paused may still come.
    let after = container.output();
    assert!(after.0.lines().count() <= before.0.lines().count() + 1);
    container.request(Request::Resume, &[]).unwrap();
    let wanted = after.0.lines().count() + 5;
    wait_until("more output", || {
        container.output().0.lines().count() > wanted
    });
    // Stopping a paused container resumes it.
    container.request(Request::Pause, &[]).unwrap();
    container.request(stop(Some(9), 1000), &[]).unwrap();
    assert_eq!(container.exited().signal, Some(9));
}

#[test]
fn a_hold_ends_with_its_connection_at_the_latest() {
    if !can_run() {
        return;
    }
    let mut container = shell("sleep 1000").start();
    let socket = container.bundle.socket.clone();
    let mut phase = || match container.request(Request::Status, &[]).unwrap() {
        Reply::Status(status) => status.phase,
        other => panic!("{other:?}"),
    };
    let mut other = Connection::new(connect_to(&socket).unwrap());
    other.request(Request::Hold, &[]).unwrap();
    assert_eq!(phase(), Phase::Paused);
    other.request(Request::Release, &[]).unwrap();
    assert_eq!(phase(), Phase::Running);
    other.request(Request::Hold, &[]).unwrap();
    drop(other);
    wait_until("it to go on", || phase() == Phase::Running);

    // Who pauses it by hand wants it paused.
    let mut other = Connection::new(connect_to(&socket).unwrap());
    other.request(Request::Hold, &[]).unwrap();
    container.request(Request::Pause, &[]).unwrap();
    other.request(Request::Release, &[]).unwrap();
    let Reply::Status(status) = container.request(Request::Status, &[]).unwrap() else {
        panic!("no status");
    };
    assert_eq!(status.phase, Phase::Paused);
}

#[test]
fn a_restarted_engine_finds_the_shim_again() {
    if !can_run() {
        return;
    }
    let mut container = shell(POLITE).start();
    container.wait_for_output("ready");
    let record = ShimRecord::read(container.path()).unwrap().unwrap();
    assert!(record.is_alive());
    assert_eq!(record.shim.pid, container.shim.child.id() as i32);
    assert!(record.container.as_ref().unwrap().is_alive());
    sealed_binary_of(&record).unwrap();

    // The engine is gone: both ends of its connection close.
    let socket = connect_to(&record.socket).unwrap();
    container.connection = Connection::new(socket);
    container.shim.connection = connect_to(&record.socket).unwrap();
    assert_eq!(container.connection.status.phase, Phase::Running);
    assert_eq!(container.connection.status.process, record.container);
    container.request(stop(None, 20_000), &[]).unwrap();
    let exit = container.exited();
    assert_eq!(exit.code, 7);
    container.shim.child.wait().unwrap();
    assert!(!record.is_alive());
    assert!(!container.path().join(SHIM_FILE).exists());
    assert!(!record.socket.exists());
    assert_eq!(
        ExitRecord::read(&container.bundle.exit_record)
            .unwrap()
            .unwrap(),
        exit
    );
    assert_eq!(exit.process, record.container);
}

#[test]
fn a_container_outlives_every_connection_and_a_shim_without_one_ends() {
    if !can_run() {
        return;
    }
    let mut container = shell("sleep 0.3; echo late").start();
    let socket = container.bundle.socket.clone();
    // Both descriptors of the first connection.
    let spare = connect_to(&socket).unwrap();
    container.connection = Connection::new(connect_to(&socket).unwrap());
    container.shim.connection = spare;
    drop(std::mem::replace(
        &mut container.connection,
        Connection::new(connect_to(&socket).unwrap()),
    ));
    wait_until("the record", || container.bundle.exit_record.exists());
    assert_eq!(container.output().0, "late\n");

    let mut never_started = shell("true").create();
    let directory = never_started.directory.take().unwrap();
    let Supervised { ref mut shim, .. } = never_started;
    let mut child = std::process::Command::new("true").spawn().unwrap();
    std::mem::swap(&mut shim.child, &mut child);
    drop(never_started);
    assert!(child.wait().unwrap().success());
    assert!(!directory.path().join(SHIM_FILE).exists());
}

#[test]
fn killing_the_shim_ends_its_container() {
    if !can_run() {
        return;
    }
    let mut container = shell(DEAF).start();
    container.wait_for_output("ready");
    let record = ShimRecord::read(container.path()).unwrap().unwrap();
    container.shim.child.kill().unwrap();
    container.shim.child.wait().unwrap();
    let process = record.container.unwrap();
    wait_until("the container's end", || !process.is_alive());
    assert!(!container.bundle.exit_record.exists());
}

#[test]
fn requests_that_do_not_fit_are_refused() {
    if !can_run() {
        return;
    }
    let mut container = shell(POLITE).create();
    let refused = container.request(Request::Pause, &[]).unwrap_err();
    assert_eq!(refused.kind, RefusalKind::State);
    container.start().unwrap();
    assert_eq!(container.start().unwrap_err().kind, RefusalKind::State);
    container.wait_for_output("ready");
    container.request(stop(None, 20_000), &[]).unwrap();
    container
        .connection
        .event(|event| matches!(event, Event::Exited { .. }).then_some(()));
}

#[test]
fn a_bundle_that_cannot_be_read_is_refused_with_the_reason() {
    if !can_run() {
        return;
    }
    let mut container = shell("true").with(|bundle| bundle.version = 99).create();
    let refused = container.start().unwrap_err();
    let failure = refused.failure.unwrap();
    assert_eq!(
        (failure.kind, failure.step),
        (FailureKind::InvalidBundle, Step::Bundle)
    );
    let record = ExitRecord::read(&container.bundle.exit_record)
        .unwrap()
        .unwrap();
    assert_eq!(record.code, 125);
}

#[test]
fn orphans_in_the_hosts_pid_namespace_end_with_the_container() {
    if !can_run() {
        return;
    }
    let mark = format!("86{}", std::process::id());
    let script = format!("(sleep {mark} & sleep {mark} &) ; echo started; exit 6");
    let outcome = shell(&script)
        .spec(
            "/linux/namespaces",
            serde_json::json!([{ "type": "mount" }, { "type": "ipc" }]),
        )
        .run();
    assert_eq!(
        (outcome.record.code, outcome.stdout.as_str()),
        (6, "started\n")
    );
    let left = std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(&format!("sleep\0{mark}"))
    });
    assert!(!left);
}

/// Processor time that a process has used, in the kernel's ticks.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields: Vec<_> = fields.split_whitespace().collect();
    [11, 12]
        .map(|at: usize| fields[at].parse::<u64>().unwrap())
        .iter()
        .sum()
}

/// How many descriptors a process may have.
fn limit(pid: u32, current: Option<u64>) -> Option<u64> {
    let pid = Pid::from_raw(pid.cast_signed());
    let maximum = getrlimit(Resource::Nofile).maximum;
    let wanted = Rlimit { current, maximum };
    let before = prlimit(Some(pid.unwrap()), Resource::Nofile, wanted);
    before.unwrap().current
}

#[test]
fn a_lack_of_descriptors_costs_no_processor_and_ends() {
    if !can_run() {
        return;
    }
    let mut container = shell("sleep 1000").start();
    let shim = container.shim.child.id();
    let before = limit(shim, Some(3));
    let waiting = connect_to(&container.bundle.socket).unwrap();
    let used = ticks(shim);
    // Long enough for ten times that to show, were it tried again and again.
    std::thread::sleep(Duration::from_millis(600));
    assert!(ticks(shim) - used < 6, "{} ticks", ticks(shim) - used);
    limit(shim, before);
    let mut connection = Connection::new(waiting);
    assert_eq!(connection.status.phase, Phase::Running);
    container
        .request(Request::Signal { signal: 9 }, &[])
        .unwrap();
    assert_eq!(connection.exited().code, 137);
}
