//! `docker commit` and `docker diff`.

use gantry_tests::{Engine, as_root_and_as_user};

as_root_and_as_user!(
    diff_lists_what_changed,
    a_commit_holds_the_changes_and_nothing_else,
    deleted_files_stay_deleted,
    changes_to_the_config_are_taken,
    a_running_container_is_paused_for_it,
    a_commit_travels_as_an_archive,
    without_its_image_a_container_is_not_committed,
);

fn without_its_image_a_container_is_not_committed(engine: &Engine) {
    changed(engine);
    engine.docker(&["rmi", "--force", "busybox"]).ok();
    let said = engine.docker(&["commit", "box", "made"]).fails_with(1);
    assert!(said.contains("No such image"), "{said}");
    assert_eq!(engine.docker(&["images", "-aq"]).ok(), "");
}

const CHANGE: &str = "echo new > /etc/new; echo changed > /etc/group; rm /etc/passwd; mkdir /made";

fn changed(engine: &Engine) {
    engine
        .docker(&["run", "--name", "box", "busybox", "sh", "-c", CHANGE])
        .ok();
}

fn diff_lists_what_changed(engine: &Engine) {
    changed(engine);
    let out = engine.docker(&["diff", "box"]).ok();
    let mut lines: Vec<&str> = out.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "A /etc/new",
            "A /made",
            "C /etc",
            "C /etc/group",
            "D /etc/passwd"
        ]
    );
}

fn a_commit_holds_the_changes_and_nothing_else(engine: &Engine) {
    changed(engine);
    let id = engine
        .docker(&["commit", "-m", "a note", "-a", "Alice", "box", "mine:1"])
        .ok();
    assert!(id.starts_with("sha256:") && id.len() == 71, "{id}");
    assert_eq!(engine.inspect("mine:1", ".Id"), id);
    assert_eq!(engine.inspect("mine:1", "len .RootFS.Layers"), "2");
    assert_eq!(engine.inspect("mine:1", ".Comment"), "a note");
    assert_eq!(engine.inspect("mine:1", ".Author"), "Alice");
    let script = "cat /etc/new /etc/group; ls -d /made";
    let out = engine
        .docker(&["run", "--rm", "mine:1", "sh", "-c", script])
        .ok();
    assert_eq!(out, "new\nchanged\n/made");
    engine
        .docker(&["run", "--name", "next", "mine:1", "true"])
        .ok();
    assert_eq!(engine.docker(&["diff", "next"]).ok(), "");
}

fn deleted_files_stay_deleted(engine: &Engine) {
    changed(engine);
    engine.docker(&["commit", "box", "mine:1"]).ok();
    engine
        .docker(&["run", "--rm", "mine:1", "test", "!", "-e", "/etc/passwd"])
        .ok();
}

fn changes_to_the_config_are_taken(engine: &Engine) {
    engine
        .docker(&[
            "create", "--name", "box", "-e", "KEPT=yes", "busybox", "echo", "default",
        ])
        .ok();
    let changes = [
        "--change",
        "CMD [\"env\"]",
        "--change",
        "ENV ADDED=too",
        "--change",
        "WORKDIR /tmp",
    ];
    engine
        .docker(&[&["commit"], &changes[..], &["box", "mine:1"]].concat())
        .ok();
    let out = engine.docker(&["run", "--rm", "mine:1"]).ok();
    for line in ["KEPT=yes", "ADDED=too", "PWD=/tmp"] {
        assert!(
            out.lines().any(|found| found == line) || line.starts_with("PWD"),
            "{line} in {out}"
        );
    }
    assert_eq!(engine.inspect("mine:1", ".Config.WorkingDir"), "/tmp");
}

fn a_running_container_is_paused_for_it(engine: &Engine) {
    engine.run_detached("box", &[], &["sh", "-c", "echo x > /x; sleep 600"]);
    gantry_tests::wait_for("the file", || {
        engine
            .docker(&["diff", "box"])
            .ok()
            .contains("A /x")
            .then_some(())
    });
    engine.docker(&["commit", "box", "mine:1"]).ok();
    assert_eq!(engine.inspect("box", ".State.Status"), "running");
    assert_eq!(
        engine.docker(&["run", "--rm", "mine:1", "cat", "/x"]).ok(),
        "x"
    );
}

fn a_commit_travels_as_an_archive(engine: &Engine) {
    changed(engine);
    let id = engine.docker(&["commit", "box", "mine:1"]).ok();
    engine.docker(&["rm", "box"]).ok();
    let path = engine.file("mine.tar");
    let path = path.to_str().unwrap();
    engine.docker(&["save", "-o", path, "mine:1"]).ok();
    engine.docker(&["rmi", "mine:1", "busybox"]).ok();
    assert_eq!(engine.docker(&["images", "-aq"]).ok(), "");
    engine.docker(&["load", "-i", path]).ok();
    assert_eq!(engine.inspect("mine:1", ".Id"), id);
    assert_eq!(
        engine
            .docker(&["run", "--rm", "mine:1", "cat", "/etc/new"])
            .ok(),
        "new"
    );
}
