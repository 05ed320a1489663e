//! `docker commit` and `docker diff`.

use gantry_tests::{Engine, as_root_and_as_user};

as_root_and_as_user!(
    diff_lists_what_changed,
    a_commit_holds_the_changes_and_nothing_else,
    deleted_files_stay_deleted,
    changes_to_the_config_are_taken,
    a_running_container_is_paused_for_it,
    a_commit_travels_as_an_archive,
    a_container_whose_image_was_removed_is_committed_whole,
    a_sparse_file_stays_sparse,
    the_compression_of_a_commit_is_a_setting,
);

fn a_container_whose_image_was_removed_is_committed_whole(engine: &Engine) {
    changed(engine);
    engine.docker(&["rmi", "--force", "busybox"]).ok();
    assert_eq!(engine.docker(&["images", "-aq"]).ok(), "");
    // What a crash loses must not be what the container stands on.
    engine.kill();
    engine.launch();
    engine.docker(&["commit", "box", "made"]).ok();
    assert_eq!(engine.inspect("made", "len .RootFS.Layers"), "2");
    engine.docker(&["rm", "box"]).ok();
    let run = ["run", "--rm", "made", "cat", "/etc/new"];
    assert_eq!(engine.docker(&run).ok(), "new");
    engine.docker(&["rmi", "made"]).ok();
    let blobs = engine.root().join("blobs/sha256");
    gantry_tests::wait_for("the removed image's blobs to go", || {
        (std::fs::read_dir(&blobs).unwrap().count() == 0).then_some(())
    });
}

fn a_sparse_file_stays_sparse(engine: &Engine) {
    let script = "dd if=/dev/zero of=/sparse bs=1 count=1 seek=4294967296 2>/dev/null";
    engine
        .docker(&["run", "--name", "box", "busybox", "sh", "-c", script])
        .ok();
    engine.docker(&["commit", "box", "sparse:1"]).ok();
    let path = engine.file("sparse.tar");
    let name = path.to_str().unwrap();
    engine.docker(&["save", "-o", name, "sparse:1"]).ok();
    let saved = std::fs::metadata(&path).unwrap().len();
    assert!(saved < 100 << 20, "{saved} bytes");
    engine.docker(&["rm", "box"]).ok();
    engine.docker(&["rmi", "sparse:1"]).ok();
    engine.docker(&["load", "-i", name]).ok();
    let script = "stat -c '%s %b' /sparse";
    let run = ["run", "--rm", "sparse:1", "sh", "-c", script];
    let out = engine.docker(&run).ok();
    let (size, blocks) = out.split_once(' ').unwrap();
    assert_eq!(size, "4294967297");
    assert!(blocks.parse::<u64>().unwrap() < 1000, "{out}");
}

fn the_compression_of_a_commit_is_a_setting(engine: &Engine) {
    engine.terminate();
    let config = engine.write("config.toml", "[commit]\ncompression = \"zstd\"\n");
    engine.launch_with(&["--config", config.to_str().unwrap()]);
    changed(engine);
    engine.docker(&["commit", "box", "mine:1"]).ok();
    let images = std::fs::read_to_string(engine.root().join("images.json")).unwrap();
    assert!(images.contains("tar+zstd"), "{images}");
    let run = ["run", "--rm", "mine:1", "cat", "/etc/new"];
    assert_eq!(engine.docker(&run).ok(), "new");
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
