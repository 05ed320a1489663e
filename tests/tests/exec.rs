//! Further processes in a running container, with the docker CLI.

use std::io::{Read, Write};

use gantry_tests::{Engine, Terminal, as_root_and_as_user, http, wait_for};

as_root_and_as_user!(
    streams_and_codes_arrive,
    it_is_who_where_and_with_what_it_was_asked,
    what_cannot_be_executed_says_so,
    only_a_running_container_takes_one,
    it_is_held_to_what_the_container_is_held_to,
    bytes_pass_in_both_directions,
    a_terminal_has_its_size_and_can_be_left,
    a_detached_one_goes_on_and_ends_with_the_container,
    many_run_at_once,
    it_ends_while_what_it_left_behind_writes_for_ever,
    it_goes_on_without_the_engine,
    each_is_told_and_can_be_asked,
    without_upgrade_it_is_200,
    our_own_command_does_the_same,
);

fn start(engine: &Engine, options: &[&str]) {
    engine.run_detached("box", options, &["sleep", "1000"]);
}

fn exec(engine: &Engine, options: &[&str], script: &str) -> gantry_tests::Finished {
    engine.docker(&[&["exec"], options, &["box", "sh", "-c", script]].concat())
}

fn streams_and_codes_arrive(engine: &Engine) {
    start(engine, &[]);
    let end = exec(engine, &[], "echo out; echo err >&2; exit 7");
    assert_eq!((end.out.as_str(), end.err.as_str()), ("out\n", "err\n"));
    assert_eq!(end.code, 7);
    assert_eq!(exec(engine, &[], "kill -9 $$").code, 137);
    assert_eq!(exec(engine, &[], "true").code, 0);
    // Not its child, and it is not waited for.
    let end = exec(engine, &[], "sleep 1000 & echo started");
    assert_eq!((end.out.as_str(), end.code), ("started\n", 0));
}

fn it_is_who_where_and_with_what_it_was_asked(engine: &Engine) {
    start(engine, &["-e", "KEPT=1", "-e", "CHANGED=1", "-w", "/tmp"]);
    let script = "id -u; id -g; pwd; echo $KEPT $CHANGED $NEW $HOME $TERM";
    assert_eq!(exec(engine, &[], script).ok(), "0\n0\n/tmp\n1 1 /root");
    let options = ["-u", "7:8", "-w", "/etc", "-e", "CHANGED=2", "-e", "NEW=3"];
    assert_eq!(exec(engine, &options, script).ok(), "7\n8\n/etc\n1 2 3 /");
}

fn it_ends_while_what_it_left_behind_writes_for_ever(engine: &Engine) {
    start(engine, &[]);
    let end = exec(engine, &[], "yes & yes >&2 & exit 6");
    assert_eq!(end.code, 6);
    let end = exec(engine, &["-t"], "trap '' HUP; yes & exit 5");
    assert_eq!(end.code, 5);
}

fn what_cannot_be_executed_says_so(engine: &Engine) {
    start(engine, &[]);
    let end = engine.docker(&["exec", "box", "no-such-command"]);
    assert_eq!(end.code, 127);
    let said = end.out + &end.err;
    assert!(
        said.contains("executable file not found in $PATH"),
        "{said}"
    );
    let end = engine.docker(&["exec", "box", "/etc"]);
    assert_eq!(end.code, 126);
    let end = engine.docker(&["exec", "-w", "/missing", "box", "true"]);
    assert_eq!(end.code, 127);
    let said = end.out + &end.err;
    assert!(said.contains("/missing"), "{said}");
    let end = engine.docker(&["exec", "-u", "nobody-here", "box", "true"]);
    assert_eq!(end.code, 126);
    // Nothing of them stays.
    assert_eq!(engine.inspect("box", "json .ExecIDs"), "null");
    let id = engine.inspect("box", ".Id");
    let folder = engine.root().join("containers").join(id).join("exec");
    wait_for("their folders to go", || {
        let mut left = std::fs::read_dir(&folder).unwrap();
        left.next().is_none().then_some(())
    });
}

fn only_a_running_container_takes_one(engine: &Engine) {
    start(engine, &[]);
    engine.docker(&["pause", "box"]).ok();
    let said = exec(engine, &[], "true").fails_with(1);
    assert!(said.contains("unpause the container before exec"), "{said}");
    engine.docker(&["unpause", "box"]).ok();
    engine.docker(&["kill", "box"]).ok();
    let said = exec(engine, &[], "true").fails_with(1);
    assert!(said.contains("is not running"), "{said}");
    let head = "POST /v1.47/exec/0123/start HTTP/1.1\nConnection: close";
    assert_eq!(http::send(engine, head, b"{}").status, 404);
}

/// What the kernel says about process 1 and about the one that asks must be the same.
fn it_is_held_to_what_the_container_is_held_to(engine: &Engine) {
    start(engine, &["--cap-drop", "CHOWN", "--ulimit", "nofile=77:77"]);
    for what in [
        "grep -E '^(Cap|NoNewPrivs|Seccomp)' /proc/{}/status",
        "cat /proc/{}/cgroup",
        "grep 'open files' /proc/{}/limits",
        "cd /proc/{}/ns && for kind in cgroup ipc mnt net pid uts; do readlink $kind; done",
    ] {
        let of = |pid: &str| exec(engine, &[], &what.replace("{}", pid)).ok();
        assert_eq!(of("self"), of("1"), "{what}");
    }
    // Nothing of the host's is open, and its parent is out of sight.
    let script = "echo $$ > /pid; exec sleep 777";
    engine
        .docker(&["exec", "-d", "box", "sh", "-c", script])
        .ok();
    let script = "pid=$(cat /pid) && echo $(ls /proc/$pid/fd) $(grep PPid /proc/$pid/status)";
    let seen = || {
        let seen = exec(engine, &[], script);
        (seen.code == 0).then_some(seen.out)
    };
    assert_eq!(wait_for("it to run", seen), "0 1 2 PPid: 0\n");
    let powers = |options: &[&str]| exec(engine, options, "grep CapEff /proc/self/status").ok();
    assert_ne!(powers(&[]), powers(&["--privileged"]));
}

fn bytes_pass_in_both_directions(engine: &Engine) {
    const SIZE: usize = 32 << 20;
    start(engine, &[]);
    let bytes: Vec<u8> = (0..SIZE)
        .map(|at| (at * 31 + at / 255).to_le_bytes()[0])
        .collect();
    let mut docker = engine.command("docker".as_ref());
    docker.args(["exec", "-i", "box", "cat"]);
    docker.stdin(std::process::Stdio::piped());
    docker.stdout(std::process::Stdio::piped());
    let mut child = docker.spawn().unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let sent = bytes.clone();
    let writer = std::thread::spawn(move || input.write_all(&sent));
    let mut received = Vec::with_capacity(SIZE);
    output.read_to_end(&mut received).unwrap();
    writer.join().unwrap().unwrap();
    assert!(child.wait().unwrap().success());
    // Not `assert_eq`: nobody wants to read them.
    assert!(received == bytes, "{} bytes came", received.len());
}

fn a_terminal_has_its_size_and_can_be_left(engine: &Engine) {
    start(engine, &[]);
    let mut docker = engine.command("docker".as_ref());
    docker.args(["exec", "-it", "box", "sh"]);
    let mut terminal = Terminal::start(&docker, 31, 97);
    terminal.shows("# ");
    terminal.types("tty; echo =$TERM=; stty size\r");
    terminal.shows("/dev/pts/0");
    terminal.shows("=xterm=");
    terminal.shows("31 97");
    wait_for("the new size", || {
        terminal.resize(32, 99);
        terminal.resize(33, 99);
        terminal.types("stty size\r");
        terminal.screen().contains("33 99").then_some(())
    });
    terminal.types("sleep 777\r");
    terminal.types("\x10\x11");
    assert_eq!(terminal.finish(), 1);
    // Left, not ended.
    wait_for("the command", || {
        let found = exec(engine, &[], "ps").ok();
        found.contains("sleep 777").then_some(())
    });
}

fn a_detached_one_goes_on_and_ends_with_the_container(engine: &Engine) {
    for options in [&[][..], &["--pid", "host"]] {
        engine.run_detached("box", options, &["sleep", "1000"]);
        let mark = format!("90{}", options.len());
        engine.docker(&["exec", "-d", "box", "sleep", &mark]).ok();
        let runs = || {
            let all = std::process::Command::new("ps")
                .args(["-eo", "args"])
                .output();
            let all = String::from_utf8_lossy(&all.unwrap().stdout).into_owned();
            let wanted = format!("sleep {mark}");
            all.lines().any(|line| line == wanted)
        };
        wait_for("it to run", || runs().then_some(()));
        engine.docker(&["rm", "--force", "box"]).ok();
        wait_for("it to end", || (!runs()).then_some(()));
    }
}

fn many_run_at_once(engine: &Engine) {
    start(engine, &[]);
    let running: Vec<_> = (0..50)
        .map(|number: i32| {
            let script = format!("echo {number}; exit {number}");
            (
                number,
                engine.start_docker(&["exec", "box", "sh", "-c", &script]),
            )
        })
        .collect();
    for (number, client) in running {
        let end = client.finish();
        assert_eq!((end.code, end.out), (number, format!("{number}\n")));
    }
}

fn it_goes_on_without_the_engine(engine: &Engine) {
    start(engine, &[]);
    let script = "echo first; while [ ! -e /go ]; do sleep 0.05; done; echo second; exit 9";
    let client = engine.start_docker(&["exec", "box", "sh", "-c", script]);
    client.says("first");
    engine.kill();
    engine.launch();
    exec(engine, &[], "touch /go").ok();
    let end = client.finish();
    assert_eq!((end.code, end.out.as_str()), (9, "first\nsecond\n"));
}

fn each_is_told_and_can_be_asked(engine: &Engine) {
    start(engine, &[]);
    let id = engine.inspect("box", ".Id");
    let body = br#"{"Cmd":["sh","-c","exit 5"],"AttachStdout":true,"User":"7"}"#;
    let head = format!(
        "POST /v1.47/containers/{id}/exec HTTP/1.1\nContent-Type: application/json\nConnection: close"
    );
    let answer = http::send(engine, &head, body);
    assert_eq!(answer.status, 201);
    let exec_id = answer.json()["Id"].as_str().unwrap().to_owned();
    let ask = || {
        let head = format!("GET /v1.47/exec/{exec_id}/json HTTP/1.1\nConnection: close");
        http::send(engine, &head, b"").json()
    };
    let found = ask();
    assert_eq!(found["ExitCode"], serde_json::Value::Null);
    assert_eq!(found["ContainerID"], id.as_str());
    assert_eq!(found["ProcessConfig"]["entrypoint"], "sh");
    assert_eq!(found["ProcessConfig"]["user"], "7");
    assert_eq!(
        engine.inspect("box", "json .ExecIDs"),
        format!("[\"{exec_id}\"]")
    );
    let start = || {
        let head = format!(
            "POST /v1.47/exec/{exec_id}/start HTTP/1.1\nContent-Type: application/json\nConnection: close"
        );
        http::send(engine, &head, br#"{"Detach":true}"#).status
    };
    assert_eq!(start(), 200);
    wait_for("its end", || (ask()["ExitCode"] == 5).then_some(()));
    assert_eq!(start(), 409);
    let format = "{{.Action}} {{index .Actor.Attributes \"exitCode\"}}";
    let filter = format!("container={id}");
    let past = [
        "events", "--since", "10m", "--filter", &filter, "--format", format,
    ];
    let events = engine.start_docker(&past);
    for told in [
        "exec_create: sh -c exit 5",
        "exec_start: sh -c exit 5",
        "exec_die 5",
    ] {
        events.says(told);
    }
}

fn without_upgrade_it_is_200(engine: &Engine) {
    start(engine, &[]);
    let body = br#"{"Cmd":["echo","hello"],"AttachStdout":true}"#;
    let head = "POST /v1.47/containers/box/exec HTTP/1.1\nContent-Type: application/json\nConnection: close";
    let id = http::send(engine, head, body).json()["Id"]
        .as_str()
        .unwrap()
        .to_owned();
    let head = format!("POST /v1.47/exec/{id}/start HTTP/1.1\nContent-Type: application/json");
    let mut answer = http::send(engine, &head, b"{}");
    assert_eq!(answer.status, 200);
    let mut frame = Vec::new();
    answer.stream.read_to_end(&mut frame).unwrap();
    assert_eq!(frame, b"\x01\0\0\0\0\0\0\x06hello\n");
}

fn our_own_command_does_the_same(engine: &Engine) {
    start(engine, &[]);
    let end = engine.gantry(&["exec", "-e", "A=1", "box", "sh", "-c", "echo $A; exit 4"]);
    assert_eq!((end.code, end.out.as_str()), (4, "1\n"));
    let end = engine.gantry(&["exec", "box", "no-such-command"]);
    assert_eq!(end.code, 127);
    let mut gantry = engine.command(&gantry_tests::built("gantry"));
    gantry.args(["exec", "-it", "box", "sh"]);
    let mut terminal = Terminal::start(&gantry, 31, 97);
    terminal.shows("# ");
    terminal.types("stty size; exit 3\r");
    terminal.shows("31 97");
    assert_eq!(terminal.finish(), 3);
}
