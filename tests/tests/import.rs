//! `docker import` and `docker export`, and nothing lost from load to load.

use std::path::Path;
use std::process::Command;

use gantry_pack::fixtures;
use gantry_pack::hostile::{Raw, around};
use gantry_tests::{Engine, as_root_and_as_user, http, skip, wait_for};

as_root_and_as_user!(
    an_exported_container_is_imported_again,
    a_running_container_is_exported,
    import_and_export_as_tasks,
    everything_survives_commit_and_save,
    pruning_takes_what_docker_takes,
);

/// What `tar` lists of an archive: type, mode, owner, size, time to the nanosecond, name, target.
fn listing(tar: &Path) -> String {
    let output = Command::new("tar")
        .args(["-tvv", "--full-time", "--numeric-owner", "--xattrs", "-f"])
        .arg(tar)
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{err}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn an_exported_container_is_imported_again(engine: &Engine) {
    let script = "echo new > /new; rm /etc/group; mkdir -p /d/e; ln /new /d/same; ln -s /new /d/l";
    engine
        .docker(&["run", "--name", "box", "busybox", "sh", "-c", script])
        .ok();
    let (first, second) = (engine.file("first.tar"), engine.file("second.tar"));
    engine
        .docker(&["export", "-o", first.to_str().unwrap(), "box"])
        .ok();
    let list = listing(&first);
    assert!(
        list.contains(" new link to d/same") && list.contains("d/l -> /new"),
        "{list}"
    );
    assert!(
        !list.contains("etc/group") && !list.contains(".wh."),
        "{list}"
    );

    let import = [
        "import",
        "-c",
        "CMD [\"cat\", \"/d/same\"]",
        "-m",
        "because",
        first.to_str().unwrap(),
        "made:1",
    ];
    let id = engine.docker(&import).ok();
    assert_eq!(engine.inspect("made:1", ".Id"), id.trim());
    assert_eq!(engine.docker(&["run", "--rm", "made:1"]).ok(), "new");
    let history = engine.docker(&["history", "--no-trunc", "made:1"]).ok();
    assert!(history.contains("because"), "{history}");
    engine.docker(&["create", "--name", "again", "made:1"]).ok();
    engine
        .gantry(&["export", "-o", second.to_str().unwrap(), "again"])
        .ok();
    assert_eq!(listing(&second), list);

    let refused = engine.docker(&[
        "import",
        engine.write("zip", b"PK\x03\x04").to_str().unwrap(),
        "bad",
    ]);
    let said = refused.fails_with(1);
    assert!(said.contains("ZIP"), "{said}");
    engine
        .gantry(&["import", first.to_str().unwrap(), "made:2"])
        .ok();
    assert_eq!(
        engine.inspect("made:2", ".RootFS.Layers"),
        engine.inspect("made:1", ".RootFS.Layers")
    );
}

fn a_running_container_is_exported(engine: &Engine) {
    // It replaces a directory by a link out of itself, again and again.
    let script = "mkdir /a; echo ready; while :; do mkdir /a/b; echo x > /a/b/hostname; rm -r /a/b; ln -s /etc /a/b; rm /a/b; done";
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sh", "-c", script])
        .ok();
    wait_for("the container to begin", || {
        engine
            .docker(&["logs", "box"])
            .ok()
            .contains("ready")
            .then_some(())
    });
    for round in 0..10 {
        let file = engine.file(&format!("{round}.tar"));
        engine
            .docker(&["export", "-o", file.to_str().unwrap(), "box"])
            .ok();
        let list = listing(&file);
        assert!(list.contains("bin/busybox"), "{list}");
        assert!(!list.contains("a/b/passwd"), "{list}");
    }
    engine.docker(&["rm", "-f", "box"]).ok();
    engine.docker(&["export", "box"]).fails_with(1);
}

fn import_and_export_as_tasks(engine: &Engine) {
    engine
        .docker(&["create", "--name", "box", "busybox", "true"])
        .ok();
    let file = engine.file("out.tar");
    let task = |path: &str, body: serde_json::Value| http::task(engine, path, &body);
    let done = task(
        "export",
        serde_json::json!({"container": "box", "path": file}),
    );
    assert_eq!(done["state"], "done", "{done}");
    assert!(listing(&file).contains("bin/busybox"));
    let done = task(
        "import",
        serde_json::json!({"path": file, "reference": "tasked:1"}),
    );
    assert_eq!(done["state"], "done", "{done}");
    assert_eq!(
        engine.inspect("tasked:1", ".Id"),
        done["result"]["ids"][0].as_str().unwrap()
    );
    let failed = task("import", serde_json::json!({"path": "/dev/zero"}));
    assert_eq!(failed["failure"]["code"], "not-an-image", "{failed}");
}

/// A layer with something of everything that a tar can say.
fn everything() -> Vec<u8> {
    let busybox = std::fs::read(fixtures::find_busybox().unwrap()).unwrap();
    let long = format!("long/{}/{}", "d".repeat(120), "f".repeat(200));
    let executable = |block: &mut [u8; 512]| block[100..108].copy_from_slice(b"0000755\0");
    let capability: &[u8] = b"\x01\0\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    Raw::new()
        .dir("bin/")
        .header(b'0', b"bin/sh", b"", busybox.len() as u64, executable)
        .data(&busybox)
        .dir("etc/")
        .file("etc/kept", b"kept")
        .file("etc/gone", b"gone")
        .dir("far/")
        .hardlink("far/away", "etc/kept")
        .dir("long/")
        .pax(&[("path", format!("long/{}/", "d".repeat(120)).as_bytes())])
        .dir("x")
        .dir("hidden/")
        .file("hidden/below", b"x")
        .pax(&[
            ("mtime", b"1600000000.123456789"),
            ("SCHILY.xattr.user.note", b"a\0\n=b"),
        ])
        .file("times", b"t")
        .pax(&[("SCHILY.xattr.security.capability", capability)])
        .header(b'0', b"capable", b"", 0, executable)
        .pax(&[("uid", b"70000"), ("gid", b"4000000000")])
        .file("owned", b"o")
        .pax(&[("path", long.as_bytes())])
        .file("x", b"long")
        .pax(&[("path", b"caf\xe9\nline")])
        .file("x", b"odd")
        .pax(&[("path", "\u{d55c}\u{ad6d}".as_bytes())])
        .file("x", b"korean")
        .pax(&[
            ("GNU.sparse.size", b"30000000"),
            ("GNU.sparse.numblocks", b"2"),
            ("GNU.sparse.map", b"0,1,29999999,1"),
        ])
        .file("sparse", b"ab")
        .member(b'6', b"pipe", b"", b"")
        .device(b'3', "null", 1, 3)
        .device(b'4', "disk", 8, 300)
        .symlink("link", "/etc/kept")
        .dir("tmp/")
        .end()
}

fn everything_survives_commit_and_save(engine: &Engine) {
    let layer = everything();
    let archive = engine.write("everything.tar", around(&layer, &layer));
    engine
        .docker(&["load", "-i", archive.to_str().unwrap()])
        .ok();
    let script = "rm /etc/gone; rm -r /hidden; mkdir /hidden; echo n > /hidden/new; ln /times /also; \
        mkfifo /pipe2; ln -s x /odd; echo t > /tmp/t; chmod 4711 /tmp/t; chown 1000:50 /tmp/t; \
        echo x > \"$(printf 'caf\\351 2')\"; mv /link /moved; mkdir -p /a/b; \
        i=0; while [ $i -lt 3 ]; do echo $i > /a/b/$i; i=$((i+1)); done";
    let run = engine.docker(&["run", "--name", "box", "hostile:1", "sh", "-c", script]);
    run.ok();
    let before = engine.file("before.tar");
    engine
        .docker(&["export", "-o", before.to_str().unwrap(), "box"])
        .ok();
    engine.docker(&["commit", "box", "committed:1"]).ok();
    let saved = engine.file("saved.tar");
    engine
        .docker(&["save", "-o", saved.to_str().unwrap(), "committed:1"])
        .ok();
    let id = engine.inspect("committed:1", ".Id");
    engine.docker(&["rm", "box"]).ok();
    engine
        .docker(&["rmi", "-f", "committed:1", "hostile:1"])
        .ok();
    engine.docker(&["load", "-i", saved.to_str().unwrap()]).ok();
    assert_eq!(engine.inspect("committed:1", ".Id"), id);
    engine
        .docker(&["create", "--name", "after", "committed:1"])
        .ok();
    let after = engine.file("after.tar");
    engine
        .docker(&["export", "-o", after.to_str().unwrap(), "after"])
        .ok();
    let list = listing(&before);
    assert_eq!(listing(&after), list);
    // Also what a user namespace cannot hold.
    for part in [
        "70000/4000000000",
        "1,3",
        "8,300",
        "30000000",
        ":26:40.123456789",
    ] {
        assert!(list.contains(part), "{part}: {list}");
    }
    if engine.is_root() {
        umoci_agrees(engine, &saved, &after);
    }
}

/// What umoci unpacks of a saved image is what GNU tar unpacks of an exported container.
fn umoci_agrees(engine: &Engine, saved: &Path, exported: &Path) {
    if !Path::new("/usr/bin/umoci").exists() || !Path::new("/usr/bin/skopeo").exists() {
        return skip("no umoci and skopeo here");
    }
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {arguments:?}: {err}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let path = |name: &str| engine.file(name).to_str().unwrap().to_owned();
    let layout = format!("{}:x", path("layout"));
    let source = format!("docker-archive:{}", saved.display());
    run("skopeo", &["copy", "-q", &source, &format!("oci:{layout}")]);
    run("umoci", &["unpack", "--image", &layout, &path("bundle")]);
    let (theirs, ours) = (path("bundle/rootfs"), path("unpacked"));
    std::fs::create_dir(&ours).unwrap();
    let exported = exported.to_str().unwrap();
    run(
        "tar",
        &[
            "--xattrs",
            "--xattrs-include=*",
            "--numeric-owner",
            "-xpf",
            exported,
            "-C",
            &ours,
        ],
    );
    let tree = |root: &str| {
        let print = "%P %y %m %U:%G %s %T@ %l %n\n";
        let files = run(
            "find",
            &[
                root,
                "-mindepth",
                "1",
                "-not",
                "-type",
                "d",
                "-printf",
                print,
            ],
        );
        let dirs = run(
            "find",
            &[
                root,
                "-mindepth",
                "1",
                "-type",
                "d",
                "-printf",
                "%P %m %U:%G %T@\n",
            ],
        );
        let sums = run(
            "sh",
            &[
                "-c",
                "cd \"$0\" && find . -type f -exec sha256sum {} +",
                root,
            ],
        );
        let mut lines: Vec<String> = [files, dirs, sums]
            .concat()
            .lines()
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines.join("\n")
    };
    let (theirs_tree, ours_tree) = (tree(&theirs), tree(&ours));
    let only = |a: &str, b: &str| -> Vec<String> {
        let b: Vec<&str> = b.lines().collect();
        let missing = a.lines().filter(|line| !b.contains(line));
        missing.map(str::to_owned).collect()
    };
    let (left, right) = (
        only(&theirs_tree, &ours_tree),
        only(&ours_tree, &theirs_tree),
    );
    assert!(left.is_empty() && right.is_empty(), "{left:#?}\n{right:#?}");
    for file in ["capable", "times"] {
        let attributes = |root: &str| {
            let names = ["security.capability", "user.note"];
            names.map(|name| {
                let mut value = [0; 256];
                let path = format!("{root}/{file}");
                rustix::fs::getxattr(&path, name, &mut value)
                    .ok()
                    .map(|count| value[..count].to_vec())
            })
        };
        assert_eq!(attributes(&theirs), attributes(&ours), "{file}");
        assert!(attributes(&ours).iter().any(Option::is_some), "{file}");
    }
}

fn pruning_takes_what_docker_takes(engine: &Engine) {
    let label = |name: &str| {
        vec![
            "create".to_owned(),
            "--name".to_owned(),
            name.to_owned(),
            "--label".to_owned(),
            format!("kind={name}"),
            "busybox".to_owned(),
        ]
    };
    for name in ["one", "two", "three"] {
        let arguments = label(name);
        engine
            .docker(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
            .ok();
    }
    engine
        .docker(&["run", "-d", "--name", "runs", "busybox", "sleep", "1000"])
        .ok();
    engine
        .docker(&["commit", "-c", "LABEL kind=a", "one", "named:1"])
        .ok();
    let dangling = engine.docker(&["commit", "-c", "LABEL kind=b", "one"]).ok();
    let names = || engine.docker(&["ps", "-a", "--format", "{{.Names}}"]).ok();
    let out = engine
        .docker(&["container", "prune", "-f", "--filter", "label=kind=one"])
        .ok();
    assert!(
        out.contains("Deleted Containers") && !names().contains("one"),
        "{out}"
    );
    engine
        .docker(&["container", "prune", "-f", "--filter", "label!=kind=two"])
        .ok();
    assert_eq!(names(), "runs\ntwo");
    engine
        .docker(&["container", "prune", "-f", "--filter", "until=1h"])
        .ok();
    assert_eq!(names(), "runs\ntwo");
    engine.docker(&["container", "prune", "-f"]).ok();
    assert_eq!(names(), "runs");

    let has = |image: &str| {
        engine
            .docker(&["images", "-a", "-q", "--no-trunc"])
            .ok()
            .contains(image.trim())
    };
    engine
        .docker(&["image", "prune", "-f", "--filter", "label=kind=a"])
        .ok();
    engine
        .docker(&["image", "prune", "-f", "--filter", "until=1h"])
        .ok();
    assert!(has(&dangling));
    let out = engine.docker(&["image", "prune", "-f"]).ok();
    assert!(!has(&dangling) && out.contains(dangling.trim()), "{out}");
    let kept = engine.inspect("named:1", ".Id");
    engine
        .docker(&["image", "prune", "-a", "-f", "--filter", "label!=kind=a"])
        .ok();
    assert!(has(&kept));
    engine.docker(&["image", "prune", "-a", "-f"]).ok();
    // A container uses it.
    assert!(!has(&kept) && has(&engine.inspect("busybox", ".Id")));
    engine
        .docker(&["image", "prune", "-f", "--filter", "nonsense=1"])
        .fails_with(1);
    engine.docker(&["rm", "-f", "runs"]).ok();
}
