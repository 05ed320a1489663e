//! Clients on the container's streams.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::time::Duration;

use crate::common::{can_run, container, read_frames, read_until, shell};
use gantry_runtime::{StdinPlan, TerminalSize};
use gantry_shim::protocol::{Attach, Event, Request};

fn detached(event: &Event) -> Option<(u64, bool)> {
    match event {
        Event::Detached { client, by_keys } => Some((*client, *by_keys)),
        _ => None,
    }
}

#[test]
fn a_client_attached_before_the_start_misses_nothing() {
    if !can_run() {
        return;
    }
    let mut supervised = shell("echo out; echo err >&2").create();
    let client = supervised.attach(|attach| attach.stdin = false);
    supervised.start().unwrap();
    assert_eq!(read_frames(&client), (b"out\n".to_vec(), b"err\n".to_vec()));
    assert_eq!(supervised.exited().code, 0);
}

#[test]
fn input_reaches_the_container_and_its_end_too() {
    if !can_run() {
        return;
    }
    let mut supervised = container(&["cat"])
        .with(|bundle| bundle.stdin = StdinPlan::Once)
        .create();
    let mut client = supervised.attach_after(b"first ", |_| {});
    supervised.start().unwrap();
    client.write_all(b"second\n").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    // Only the input is closed: the output still comes.
    assert_eq!(read_frames(&client).0, b"first second\n");
    assert_eq!(supervised.exited().code, 0);
}

#[test]
fn open_input_outlives_its_clients() {
    if !can_run() {
        return;
    }
    let mut supervised = shell("while read line; do echo got $line; done")
        .with(|b| b.stdin = StdinPlan::Open)
        .start();
    let mut first = supervised.attach(|attach| attach.client = 5);
    first.write_all(b"one\n").unwrap();
    supervised.wait_for_output("got one");
    drop(first);
    assert_eq!(supervised.connection.event(detached), (5, false));
    let mut second = supervised.attach(|attach| attach.framed = false);
    second.write_all(b"two\n").unwrap();
    assert_eq!(read_until(&second, "\n"), "got two\n");
    supervised
        .request(Request::Signal { signal: 9 }, &[])
        .unwrap();
    supervised.exited();
}

#[test]
fn several_clients_see_the_same() {
    if !can_run() {
        return;
    }
    let mut supervised = shell("read go; echo hello")
        .with(|b| b.stdin = StdinPlan::Open)
        .start();
    let watchers: Vec<_> = (0..3)
        .map(|number| {
            supervised.attach(|attach| {
                attach.client = number;
                attach.stdin = false;
                attach.framed = number != 1;
            })
        })
        .collect();
    let mut typist = supervised.attach(|attach| attach.stdout = false);
    typist.write_all(b"\n").unwrap();
    assert_eq!(read_frames(&watchers[0]).0, b"hello\n");
    assert_eq!(read_until(&watchers[1], "\n"), "hello\n");
    assert_eq!(read_frames(&watchers[2]).0, b"hello\n");
    assert_eq!(read_frames(&typist), (Vec::new(), Vec::new()));
}

#[test]
fn a_slow_client_slows_the_container_and_loses_nothing() {
    if !can_run() {
        return;
    }
    let bytes = 8_000_000;
    let script = format!("head -c {bytes} /dev/zero; echo done >&2");
    let mut supervised = shell(&script).with(|bundle| bundle.log = None).create();
    let client = supervised.attach(|attach| attach.stdin = false);
    supervised.start().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        !supervised.bundle.exit_record.exists(),
        "nobody reads, so it waits"
    );
    let (stdout, stderr) = read_frames(&client);
    assert_eq!(stdout.len(), bytes);
    assert!(stdout.iter().all(|byte| *byte == 0));
    assert_eq!(stderr, b"done\n");
    assert_eq!(supervised.exited().code, 0);
}

#[test]
fn what_nobody_else_reads_is_moved_unchanged() {
    if !can_run() {
        return;
    }
    let script = "seq 1 300000 & seq 1 300000 | sed s/^/e/ >&2; wait";
    let mut supervised = shell(script).with(|bundle| bundle.log = None).create();
    let client = supervised.attach(|attach| attach.stdin = false);
    supervised.start().unwrap();
    // The socket and the pipe are full before anybody reads.
    std::thread::sleep(Duration::from_millis(100));
    let (stdout, stderr) = read_frames(&client);
    let expected = |before: &str| -> String {
        let lines = (1..=300_000).map(|number| format!("{before}{number}\n"));
        lines.collect()
    };
    assert!(stdout == expected("").into_bytes(), "{}", stdout.len());
    assert!(stderr == expected("e").into_bytes(), "{}", stderr.len());
    assert_eq!(supervised.exited().code, 0);
}

#[test]
fn what_was_written_last_reaches_a_client_that_reads_late() {
    if !can_run() {
        return;
    }
    let mut supervised = shell("seq 1 30000").create();
    let client = supervised.attach(|attach| attach.stdin = false);
    supervised.start().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let (stdout, _) = read_frames(&client);
    assert!(stdout.ends_with(b"29999\n30000\n"));
    supervised.exited();
    assert_eq!(supervised.output().0.as_bytes(), stdout);
}

#[test]
fn input_of_any_length_is_passed_on_unchanged() {
    if !can_run() {
        return;
    }
    let mut supervised = container(&["cat"])
        .with(|bundle| {
            bundle.stdin = StdinPlan::Once;
            bundle.log = None;
        })
        .create();
    let sent: Vec<u8> = (0..3_000_000_u32)
        .flat_map(|n| (n % 251).to_le_bytes()[..1].to_vec())
        .collect();
    let mut client = supervised.attach_after(&sent[..300_000], |_| {});
    supervised.start().unwrap();
    let mut typist = client.try_clone().unwrap();
    let rest = sent[300_000..].to_vec();
    let typing = std::thread::spawn(move || {
        typist.write_all(&rest).unwrap();
        typist.shutdown(Shutdown::Write).unwrap();
    });
    let (stdout, _) = read_frames(&client);
    typing.join().unwrap();
    assert!(stdout == sent, "{} of {} bytes", stdout.len(), sent.len());
    assert_eq!(supervised.exited().code, 0);
    let _ = client.flush();
}

#[test]
fn a_terminal_is_one() {
    if !can_run() {
        return;
    }
    let mut supervised =
        shell("tty; stty size; ls -l /dev/console | head -c 1; read x; stty size; exit 4")
            .terminal()
            .with(|bundle| bundle.stdin = StdinPlan::Open)
            .create();
    let mut client = supervised.attach(|attach| attach.framed = false);
    supervised
        .request(
            Request::Resize(TerminalSize {
                rows: 33,
                columns: 101,
            }),
            &[],
        )
        .unwrap();
    supervised.start().unwrap();
    assert_eq!(read_until(&client, "101\r\nc"), "/dev/pts/0\r\n33 101\r\nc");
    supervised
        .request(
            Request::Resize(TerminalSize {
                rows: 40,
                columns: 80,
            }),
            &[],
        )
        .unwrap();
    client.write_all(b"\n").unwrap();
    assert!(read_until(&client, "80\r\n").ends_with("40 80\r\n"));
    assert_eq!(supervised.exited().code, 4);
    assert_eq!(client.read(&mut [0; 16]).unwrap(), 0);
}

#[test]
fn a_terminal_sends_signals_and_can_be_detached_from() {
    if !can_run() {
        return;
    }
    let mut supervised =
        shell("trap 'echo caught' INT; echo ready; while true; do sleep 0.05; done")
            .terminal()
            .with(|bundle| bundle.stdin = StdinPlan::Open)
            .start();
    let mut client = supervised.attach(|attach| {
        attach.client = 9;
        attach.framed = false;
    });
    supervised.wait_for_output("ready");
    client.write_all(b"\x03").unwrap();
    read_until(&client, "caught");
    client.write_all(b"\x10\x11").unwrap();
    assert_eq!(supervised.connection.event(detached), (9, true));
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).unwrap();
    // It can be attached to again.
    let again = supervised.attach(|attach| attach.framed = false);
    (&again).write_all(b"\x03").unwrap();
    read_until(&again, "caught");
    supervised
        .request(Request::Signal { signal: 9 }, &[])
        .unwrap();
    assert_eq!(supervised.exited().code, 137);
}

#[test]
fn a_terminal_belongs_to_its_user() {
    if !can_run() {
        return;
    }
    let outcome = shell("id -u; echo to-console > /dev/console; echo to-tty > /dev/tty")
        .terminal()
        .with(|bundle| bundle.user = "user".into())
        .run();
    assert_eq!(
        outcome.stdout.replace('\r', ""),
        "1000\nto-console\nto-tty\n",
        "{outcome:?}"
    );
}

#[test]
fn what_a_client_typed_before_it_left_still_counts() {
    if !can_run() {
        return;
    }
    let mut supervised = container(&["wc", "-c"])
        .with(|bundle| bundle.stdin = StdinPlan::Once)
        .create();
    let mut client = supervised.attach_after(&b"a".repeat(100_000), |attach| attach.framed = false);
    client.write_all(&b"b".repeat(50_000)).unwrap();
    drop(client);
    // The shim waits for the start without being busy.
    let pid = supervised.shim.child.id();
    let busy = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let fields: Vec<_> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let before = busy();
    std::thread::sleep(Duration::from_millis(300));
    assert!(busy() - before < 10, "the shim spins");
    supervised.start().unwrap();
    assert_eq!(supervised.exited().code, 0);
    assert_eq!(supervised.output().0, "150000\n");
}

#[test]
fn a_client_that_cannot_be_waited_for_is_dropped_and_the_container_goes_on() {
    if !can_run() {
        return;
    }
    let mut supervised = shell("read go; exit 4")
        .with(|bundle| bundle.stdin = StdinPlan::Open)
        .start();
    // epoll takes no regular file.
    let file = tempfile::tempfile().unwrap();
    let attach = Attach {
        client: 3,
        stdin: true,
        stdout: true,
        stderr: true,
        framed: true,
        detach_keys: Vec::new(),
        leftover: false,
        held: false,
        hang_up: false,
    };
    supervised
        .request(Request::Attach(attach), &[file.as_fd()])
        .unwrap();
    assert_eq!(supervised.connection.event(detached), (3, false));
    let mut client = supervised.attach(|attach| attach.client = 4);
    client.write_all(b"go\n").unwrap();
    assert_eq!(supervised.exited().code, 4);
}
