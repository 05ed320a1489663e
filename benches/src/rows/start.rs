//! Create, start and wait of `/bin/true`: the shim alone, beside crun on the same root.

use std::{
    fs,
    os::fd::{AsFd, OwnedFd},
    path::Path,
};

use gantry_runtime::{BUNDLE_FILE, Bundle, RootFs};
use gantry_shim::{
    Started,
    protocol::{self, Event, FromShim, Hello, PacketError, Request, ToShim, VERSION},
    sealed_binary, spawn,
};
use gantry_tests::{Account, Engine, built};
use rustix::event::{PollFd, PollFlags, poll};
use serde_json::json;

use crate::{
    Effort,
    command::{self, program, run},
    report::{Report, Row},
    samples::Samples,
};

pub fn measure(effort: Effort, report: &mut Report) {
    let what = "create, start, wait: /bin/true, root";
    let engine = match command::engine(Account::Root) {
        Ok(engine) => engine,
        Err(why) => return report.skip(what, why),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = bundle(&engine, folder.path());
    let binary = sealed_binary(&built("gantry-shim")).expect("the shim's binary");
    let count = effort.of(20, 100);
    let shim = || run_shim(&binary, &bundle, folder.path());
    let note = "with overlay, seccomp filter and control groups; crun has the same namespaces, but none of these";
    let root = crun_root(&bundle, folder.path());
    if let Err(why) = crun(&root) {
        report.skip("the same with crun", why);
        return report.add(Row::new(what, "ms", Samples::timed(count, shim)));
    }
    let crun = || crun(&root).expect("what worked once");
    let (ours, theirs) = Samples::in_turn(count, shim, crun);
    let row = Row::new(what, "ms", ours).at_most_of(1.0, "crun", &theirs);
    report.add(row.note(note));
}

/// The bundle that the engine writes for such a container, moved to a folder of our own.
fn bundle(engine: &Engine, folder: &Path) -> Bundle {
    let create = [
        "create",
        "--name",
        "true",
        "--network",
        "none",
        "busybox",
        "/bin/true",
    ];
    engine.docker(&create).ok();
    engine.docker(&["start", "true"]).ok();
    engine.docker(&["wait", "true"]).ok();
    let id = engine.inspect("true", ".Id");
    let written = engine.root().join("containers").join(id).join(BUNDLE_FILE);
    let mut bundle = Bundle::read(&written).expect("the engine's bundle");
    bundle.socket = folder.join("s");
    bundle.exit_record = folder.join("exit.json");
    if let RootFs::Overlay { upper, work, .. } = &mut bundle.rootfs {
        (*upper, *work) = (folder.join("upper"), folder.join("work"));
        for folder in [upper, work] {
            fs::create_dir_all(folder).expect("a folder");
        }
    }
    if let Some(log) = &mut bundle.log {
        log.directory = folder.join("log");
    }
    bundle
        .write(&folder.join(BUNDLE_FILE))
        .expect("a small file");
    bundle
}

fn run_shim(binary: &OwnedFd, bundle: &Bundle, folder: &Path) {
    let _ = fs::remove_file(&bundle.socket);
    let Started {
        mut child,
        connection,
    } = spawn(binary, folder).expect("a shim");
    let send = |message: &ToShim| protocol::send(&connection, message, &[]).expect("a shim");
    send(&ToShim::Hello(Hello { version: VERSION }));
    send(&ToShim::Request {
        number: 1,
        request: Request::Start,
    });
    loop {
        match receive(&connection) {
            FromShim::Reply { reply, .. } => drop(reply.expect("a start")),
            FromShim::Event(Event::Exited { record }) => {
                assert_eq!(record.code, 0, "{record:?}");
                break;
            }
            _ => {}
        }
    }
    child.wait().expect("a child");
}

fn receive(connection: &OwnedFd) -> FromShim {
    loop {
        match protocol::recv(connection) {
            Ok((message, _)) => return message,
            Err(PacketError::WouldBlock) => {
                let mut poll_fd = [PollFd::from_borrowed_fd(connection.as_fd(), PollFlags::IN)];
                poll(&mut poll_fd, None).expect("poll");
            }
            Err(error) => panic!("the shim: {error}"),
        }
    }
}

/// The same container as an OCI bundle. Its root is a copy: a mount on this computer would be seen
/// by every process that is started meanwhile.
fn crun_root(bundle: &Bundle, folder: &Path) -> std::path::PathBuf {
    let root = folder.join("crun");
    let rootfs = root.join("rootfs");
    fs::create_dir_all(&rootfs).expect("a folder");
    let RootFs::Overlay { lower, .. } = &bundle.rootfs else {
        unreachable!("the engine makes overlays");
    };
    for layer in lower.iter().rev() {
        run(program("cp", ["--archive"])
            .arg(layer.join("."))
            .arg(&rootfs));
    }
    let mut spec = serde_json::to_value(&bundle.spec).expect("a spec");
    spec["ociVersion"] = json!("1.0.2");
    spec["root"] = json!({ "path": rootfs, "readonly": false });
    spec["process"]["user"] = json!({ "uid": 0, "gid": 0 });
    if let Some(linux) = spec["linux"].as_object_mut() {
        linux.remove("cgroupsPath");
    }
    fs::write(root.join("config.json"), spec.to_string()).expect("a small file");
    root
}

/// Without control groups: crun refuses those of a machine that has both versions.
fn crun(root: &Path) -> Result<(), String> {
    let arguments = ["--cgroup-manager=disabled", "run", "--bundle"];
    let output = program("crun", arguments)
        .arg(root)
        .arg("gantry-bench")
        .output();
    let output = output.map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    output
        .status
        .success()
        .then_some(())
        .ok_or(said.trim().to_owned())
}
