//! Volumes, through the docker CLI.

use std::fs;

use gantry_pack::{Tree, fixtures};
use gantry_tests::{Engine, as_root_and_as_user, http};
use serde_json::{Value, json};

as_root_and_as_user!(
    a_volume_is_made_listed_inspected_and_removed,
    what_is_written_stays_after_the_container,
    a_volume_in_use_is_not_removed,
    a_missing_volume_is_named,
    the_first_use_takes_the_images_content,
    a_volume_made_before_takes_the_images_content_too,
    nocopy_leaves_a_volume_empty,
    anonymous_volumes_go_with_their_container,
    prune_takes_what_nobody_uses,
    mounts_of_another_container_are_taken,
    a_volume_may_stand_for_a_folder_of_the_host,
    labels_and_filters_choose,
    disk_usage_counts_volumes,
    events_tell_of_volumes,
    a_killed_engine_knows_its_volumes_again,
    names_with_tricks_are_refused,
    a_backup_becomes_a_new_volume_with_everything_in_it,
    a_hostile_backup_is_refused_and_leaves_nothing,
    the_gantry_cli_handles_volumes,
);

fn sh(engine: &Engine, volume: &str, script: &str) -> String {
    engine
        .docker(&["run", "--rm", "-v", volume, "busybox", "sh", "-c", script])
        .ok()
}

fn names(engine: &Engine, filters: &[&str]) -> Vec<String> {
    let mut arguments = vec!["volume", "ls", "-q"];
    for filter in filters {
        arguments.extend(["--filter", filter]);
    }
    let out = engine.docker(&arguments).ok();
    out.lines().map(str::to_owned).collect()
}

fn a_volume_is_made_listed_inspected_and_removed(engine: &Engine) {
    let made = engine.docker(&["volume", "create", "--label", "for=test", "data"]);
    assert_eq!(made.ok(), "data");
    // Again is no mistake.
    assert_eq!(engine.docker(&["volume", "create", "data"]).ok(), "data");
    assert_eq!(names(engine, &[]), ["data"]);
    let field = |field: &str| {
        let format = format!("{{{{{field}}}}}");
        engine
            .docker(&["volume", "inspect", "-f", &format, "data"])
            .ok()
    };
    assert_eq!(field("index .Labels \"for\""), "test");
    assert_eq!(field(".Driver"), "local");
    assert_eq!(field(".Scope"), "local");
    let place = engine.root().join("volumes/data/_data");
    assert_eq!(field(".Mountpoint"), place.to_str().unwrap());
    assert_eq!(engine.docker(&["volume", "rm", "data"]).ok(), "data");
    assert!(names(engine, &[]).is_empty());
    assert!(!place.exists());
}

fn what_is_written_stays_after_the_container(engine: &Engine) {
    sh(engine, "data:/d", "echo kept > /d/file; mkdir /d/sub");
    assert_eq!(
        sh(engine, "data:/d:ro", "cat /d/file; ls /d"),
        "kept\nfile\nsub"
    );
    let refused = engine.docker(&[
        "run",
        "--rm",
        "-v",
        "data:/d:ro",
        "busybox",
        "touch",
        "/d/x",
    ]);
    assert!(refused.fails_with(1).contains("Read-only"));
}

fn a_volume_in_use_is_not_removed(engine: &Engine) {
    let create = ["create", "--name", "box", "-v", "data:/d", "busybox"];
    let id = engine.docker(&create).ok();
    let said = engine.docker(&["volume", "rm", "data"]).fails_with(1);
    assert!(said.contains("volume is in use"), "{said}");
    assert!(said.contains(&id), "{said}");
    engine.docker(&["rm", "-v", "box"]).ok();
    // It has a name, so it stays until it is removed by it.
    assert_eq!(names(engine, &[]), ["data"]);
    engine.docker(&["volume", "rm", "data"]).ok();
}

fn a_missing_volume_is_named(engine: &Engine) {
    let said = engine
        .docker(&["volume", "inspect", "nowhere"])
        .fails_with(1);
    assert!(said.contains("no such volume"), "{said}");
    let said = engine.docker(&["volume", "rm", "nowhere"]).fails_with(1);
    assert!(said.contains("no such volume"), "{said}");
    engine.docker(&["volume", "rm", "--force", "nowhere"]).ok();
    let said = engine
        .docker(&["volume", "create", "--driver", "nfs", "x1"])
        .fails_with(1);
    assert!(said.contains("nfs"), "{said}");
}

fn the_first_use_takes_the_images_content(engine: &Engine) {
    let seen = "stat -c %a /etc/group; grep -c root /etc/group; touch /etc/mine";
    assert_eq!(sh(engine, "conf:/etc", seen), "644\n1");
    // The second use finds what the first left, also where the image has something else.
    assert!(sh(engine, "conf:/bin2", "ls /bin2").contains("mine"));
}

fn a_volume_made_before_takes_the_images_content_too(engine: &Engine) {
    engine.docker(&["volume", "create", "conf"]).ok();
    assert_eq!(sh(engine, "conf:/etc", "grep -c root /etc/group"), "1");
    // Also when a container without that content has it already.
    engine.docker(&["volume", "create", "other"]).ok();
    engine
        .docker(&["create", "-v", "other:/nothing", "busybox"])
        .ok();
    assert_eq!(sh(engine, "other:/etc", "grep -c root /etc/group"), "1");
}

fn nocopy_leaves_a_volume_empty(engine: &Engine) {
    let seen = sh(
        engine,
        "conf:/etc:nocopy",
        "ls /etc | grep -c group || true",
    );
    assert_eq!(seen, "0");
}

fn anonymous_volumes_go_with_their_container(engine: &Engine) {
    sh(engine, "/d", "touch /d/x");
    assert!(names(engine, &[]).is_empty(), "--rm removes them");
    engine
        .docker(&["create", "--name", "one", "-v", "/d", "busybox"])
        .ok();
    let [name] = &names(engine, &[])[..] else {
        panic!("one volume");
    };
    assert_eq!(name.len(), 64);
    engine.docker(&["rm", "one"]).ok();
    assert_eq!(names(engine, &[]).len(), 1, "without -v it stays");
    engine
        .docker(&["create", "--name", "two", "-v", "/d", "busybox"])
        .ok();
    engine
        .docker(&[
            "create",
            "--name",
            "three",
            "--volumes-from",
            "two",
            "busybox",
        ])
        .ok();
    engine.docker(&["rm", "-v", "two"]).ok();
    assert_eq!(names(engine, &[]).len(), 2, "another container has it");
    engine.docker(&["rm", "-v", "three"]).ok();
    assert_eq!(names(engine, &[]), [name.as_str()]);
}

fn prune_takes_what_nobody_uses(engine: &Engine) {
    for name in ["free", "kept"] {
        engine
            .docker(&["volume", "create", "--label", name, name])
            .ok();
    }
    engine.docker(&["volume", "create"]).ok();
    engine.docker(&["create", "-v", "used:/d", "busybox"]).ok();
    sh(engine, "free:/d", "head -c 1000 /dev/zero > /d/file");
    let out = engine.docker(&["volume", "prune", "-f"]).ok();
    assert!(out.contains("Total reclaimed space: 0B"), "{out}");
    assert_eq!(names(engine, &[]), ["free", "kept", "used"]);
    let all = ["volume", "prune", "-f", "-a", "--filter", "label!=kept"];
    let out = engine.docker(&all).ok();
    assert!(out.contains("free") && out.contains("1kB"), "{out}");
    assert_eq!(names(engine, &[]), ["kept", "used"]);
}

fn mounts_of_another_container_are_taken(engine: &Engine) {
    let host = engine.file("host");
    fs::create_dir(&host).unwrap();
    fs::write(host.join("f"), "from the host").unwrap();
    let bind = format!("{}:/h", host.display());
    engine
        .docker(&[
            "create", "--name", "donor", "-v", "data:/d", "-v", &bind, "busybox",
        ])
        .ok();
    let run = |from: &str, script: &str| {
        engine.docker(&[
            "run",
            "--rm",
            "--volumes-from",
            from,
            "busybox",
            "sh",
            "-c",
            script,
        ])
    };
    assert_eq!(
        run("donor", "cat /h/f; touch /d/made").ok(),
        "from the host"
    );
    assert_eq!(sh(engine, "data:/d", "ls /d"), "made");
    run("donor:ro", "touch /d/more").fails_with(1);
    let said = run("nobody", "true").fails_with(125);
    assert!(said.contains("No such container"), "{said}");
}

fn a_volume_may_stand_for_a_folder_of_the_host(engine: &Engine) {
    let host = engine.file("host");
    fs::create_dir(&host).unwrap();
    fs::write(host.join("f"), "here").unwrap();
    let device = format!("device={}", host.display());
    let create = |name: &str, device: &str| {
        engine.docker(&[
            "volume",
            "create",
            "-o",
            "type=none",
            "-o",
            "o=bind",
            "-o",
            device,
            name,
        ])
    };
    create("there", &device).ok();
    assert_eq!(sh(engine, "there:/d", "cat /d/f"), "here");
    engine.docker(&["volume", "rm", "there"]).ok();
    assert!(host.join("f").exists(), "the folder is not the volume's");
    let said = create("wrong", "device=/no/such/folder").fails_with(1);
    assert!(said.contains("no such file or directory"), "{said}");
    let nfs = [
        "volume",
        "create",
        "-o",
        "type=nfs",
        "-o",
        "device=:/x",
        "remote",
    ];
    assert!(engine.docker(&nfs).fails_with(1).contains("not supported"));
}

fn labels_and_filters_choose(engine: &Engine) {
    engine
        .docker(&["volume", "create", "--label", "team=a", "one"])
        .ok();
    engine
        .docker(&["volume", "create", "--label", "team=b", "two"])
        .ok();
    engine.docker(&["create", "-v", "two:/d", "busybox"]).ok();
    assert_eq!(names(engine, &["label=team=a"]), ["one"]);
    assert_eq!(names(engine, &["name=tw"]), ["two"]);
    assert_eq!(names(engine, &["dangling=true"]), ["one"]);
    assert_eq!(names(engine, &["dangling=false"]), ["two"]);
    let said = engine
        .docker(&["volume", "ls", "--filter", "what=1"])
        .fails_with(1);
    assert!(said.contains("invalid filter"), "{said}");
}

fn disk_usage_counts_volumes(engine: &Engine) {
    sh(engine, "data:/d", "head -c 2000 /dev/zero > /d/file");
    let format = "{{range .Volumes}}{{.Name}} {{.Size}} {{.Links}}{{end}}";
    let out = engine
        .docker(&["system", "df", "-v", "--format", format])
        .ok();
    assert_eq!(out, "data 2kB 0");
}

fn events_tell_of_volumes(engine: &Engine) {
    engine.docker(&["volume", "create", "data"]).ok();
    engine.docker(&["volume", "rm", "data"]).ok();
    let format = "{{.Action}} {{.Actor.ID}}";
    let out = engine
        .docker(&[
            "events",
            "--since",
            "1h",
            "--until=-1s",
            "--filter",
            "type=volume",
            "--format",
            format,
        ])
        .ok();
    assert_eq!(out, "create data\ndestroy data");
}

fn a_killed_engine_knows_its_volumes_again(engine: &Engine) {
    engine
        .docker(&["volume", "create", "--label", "a=1", "data"])
        .ok();
    sh(engine, "data:/d", "echo kept > /d/file");
    engine.kill();
    fs::create_dir(engine.root().join("volumes/.00000000.new")).unwrap();
    engine.launch();
    assert_eq!(names(engine, &["label=a=1"]), ["data"]);
    assert_eq!(sh(engine, "data:/d", "cat /d/file"), "kept");
    let half_made = engine.root().join("volumes/.00000000.new");
    assert!(!half_made.exists(), "what was half made is swept");
}

fn names_with_tricks_are_refused(engine: &Engine) {
    for name in ["..", "a/b", "x y", ".hidden", "자료"] {
        let said = engine.docker(&["volume", "create", name]).fails_with(1);
        assert!(said.contains("invalid characters"), "{name}: {said}");
    }
    // A hostile image cannot lead the first content out of its layers.
    let tree = Tree::new().symlink("data", "/../../../../etc");
    let tricky = fixtures::busybox("tricky:latest").unwrap();
    engine.load(&[tricky.layer("ln", tree).unwrap()]);
    let seen = sh(engine, "trick:/data", "true");
    assert_eq!(seen, "");
}

fn task(engine: &Engine, verb: &str, body: &Value) -> Value {
    http::task(engine, &format!("volumes/{verb}"), body)
}

fn a_backup_becomes_a_new_volume_with_everything_in_it(engine: &Engine) {
    let make = "cd /d; mkdir -p sub/.wh.odd; echo text > sub/file; ln -s file sub/link; ln sub/file hard; chmod 4711 sub/file; touch -d '2001-02-03 04:05:06' sub/file; chown 33:33 hard; mkfifo pipe; touch .wh.name";
    sh(engine, "data:/d", make);
    let seen = "cd /d; find . | sort; stat -c '%n %a %u %g %Y %h' sub/file hard; readlink sub/link";
    let before = sh(engine, "data:/d", seen);
    let path = engine.file("data.tar");
    let body = json!({ "volume": "data", "path": path });
    assert_eq!(task(engine, "backup", &body)["state"], "done");
    let again = task_refused(engine, "backup", &body);
    assert!(again.contains("already exists"), "{again}");
    let body = json!({ "volume": "copy", "path": path });
    assert_eq!(task(engine, "restore", &body)["state"], "done");
    assert_eq!(sh(engine, "copy:/d", seen), before);
    let taken = task_refused(engine, "restore", &body);
    assert!(taken.contains("exists already"), "{taken}");
}

fn task_refused(engine: &Engine, verb: &str, body: &Value) -> String {
    let path = format!("/gantry/v1/volumes/{verb}");
    let answer = http::post(engine, &path, body);
    assert!(answer.status >= 400, "{}", answer.status);
    answer.json()["message"].as_str().unwrap().to_owned()
}

fn a_hostile_backup_is_refused_and_leaves_nothing(engine: &Engine) {
    let outside = engine.file("outside");
    let tree = Tree::new()
        .symlink("out", outside.parent().unwrap().to_str().unwrap())
        .file("out/outside", 0o644, b"written");
    let hostile = engine.write("hostile.tar", tree.into_tar().unwrap());
    let cut = engine.write("cut.tar", &fs::read(&hostile).unwrap()[..700]);
    let other = engine.write("text.tar", "no tar at all");
    for path in [&hostile, &cut, &other] {
        let ended = task(
            engine,
            "restore",
            &json!({ "volume": "made", "path": path }),
        );
        let written_inside = path == &hostile && ended["state"] == "done";
        assert!(written_inside || ended["state"] == "failed", "{ended}");
        assert!(!outside.exists());
        engine.docker(&["volume", "rm", "-f", "made"]).ok();
    }
    let left: Vec<_> = fs::read_dir(engine.root().join("volumes"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

fn the_gantry_cli_handles_volumes(engine: &Engine) {
    assert_eq!(
        engine
            .gantry(&["volume", "create", "--label", "a=b", "data"])
            .ok(),
        "data"
    );
    let listed = engine.gantry(&["volume", "ls"]).ok();
    assert_eq!(listed, engine.docker(&["volume", "ls"]).ok());
    let inspect = ["volume", "inspect", "--format", "{{.Labels.a}}", "data"];
    assert_eq!(engine.gantry(&inspect).ok(), "b");
    engine.gantry(&["volume", "rm", "nowhere"]).fails_with(1);
    let pruned = engine.gantry(&["volume", "prune", "--all"]).ok();
    assert!(pruned.contains("data") && pruned.contains("0B"), "{pruned}");
}
