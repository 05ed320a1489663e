//! Archives that want to do harm. Each is refused or harmless, and the engine goes on.

use gantry_pack::{Archive, Image, Tree, fixtures};
use gantry_tests::{Engine, as_root_and_as_user};

as_root_and_as_user!(
    an_entry_with_dots_stays_inside,
    an_absolute_entry_stays_inside,
    a_symlink_to_the_outside_is_not_followed,
    a_hardlink_to_the_outside_is_not_made,
    a_truncated_archive_is_refused,
    a_changed_layer_is_refused,
    bytes_that_are_no_archive_are_refused,
    a_tar_without_a_manifest_is_refused,
    names_with_any_byte_survive,
);

/// Loads an image whose layer is `tree`; whether it was taken does not matter.
fn try_load(engine: &Engine, tree: Tree) {
    let image = Image::new("hostile:latest")
        .layer("ADD evil.tar /", tree)
        .unwrap();
    let file = engine.write("hostile.tar", Archive::Docker.to_vec(&[image]).unwrap());
    let load = engine.docker(&["load", "-i", file.to_str().unwrap()]);
    assert!(load.code <= 1, "{load:?}");
    engine.docker(&["run", "--rm", "busybox", "true"]).ok();
}

/// Loads bytes that must be refused, with a reason, leaving nothing behind.
fn refused(engine: &Engine, bytes: &[u8]) -> String {
    let file = engine.write("broken.tar", bytes);
    let load = engine.docker(&["load", "-i", file.to_str().unwrap()]);
    assert_ne!(load.code, 0, "{load:?}");
    assert_eq!(
        engine.docker(&["images", "-aq"]).ok().lines().count(),
        1,
        "only busybox"
    );
    load.err
}

fn file() -> tar::EntryType {
    tar::EntryType::Regular
}

fn an_entry_with_dots_stays_inside(engine: &Engine) {
    let up = format!("{}{}", "../".repeat(12), "tmp/gt-escaped-dots");
    try_load(
        engine,
        Tree::new().entry(file(), up.as_bytes(), 0o644, None, b"out"),
    );
    assert!(!std::path::Path::new("/tmp/gt-escaped-dots").exists());
}

fn an_absolute_entry_stays_inside(engine: &Engine) {
    let tree = Tree::new().entry(file(), b"/tmp/gt-escaped-root", 0o644, None, b"out");
    try_load(engine, tree);
    assert!(!std::path::Path::new("/tmp/gt-escaped-root").exists());
}

fn a_symlink_to_the_outside_is_not_followed(engine: &Engine) {
    let target = engine.write("target", "kept\n");
    let folder = target.parent().unwrap().to_str().unwrap();
    let tree = Tree::new()
        .symlink("door", folder)
        .file("door/target", 0o644, b"changed\n")
        .file("door/new", 0o644, b"new\n");
    try_load(engine, tree);
    assert_eq!(std::fs::read_to_string(target).unwrap(), "kept\n");
    assert!(!engine.file("new").exists());
}

fn a_hardlink_to_the_outside_is_not_made(engine: &Engine) {
    let target = engine.write("target", "kept\n");
    let tree = Tree::new()
        .hardlink("inside", target.to_str().unwrap())
        .file("inside", 0o644, b"changed\n");
    try_load(engine, tree);
    assert_eq!(std::fs::read_to_string(target).unwrap(), "kept\n");
}

fn whole(name: &str) -> Vec<u8> {
    Archive::Docker
        .to_vec(&[fixtures::whiteouts(name).unwrap()])
        .unwrap()
}

fn a_truncated_archive_is_refused(engine: &Engine) {
    let bytes = whole("cut:latest");
    for part in [bytes.len() / 2, bytes.len() * 9 / 10, 700] {
        refused(engine, &bytes[..part]);
    }
}

fn a_changed_layer_is_refused(engine: &Engine) {
    let mut bytes = whole("changed:latest");
    let place = bytes
        .windows(12)
        .position(|w| w == b"from layer 2")
        .unwrap();
    bytes[place..place + 4].copy_from_slice(b"FROM");
    let err = refused(engine, &bytes);
    assert!(err.contains("digest") || err.contains("sha256"), "{err}");
}

fn bytes_that_are_no_archive_are_refused(engine: &Engine) {
    refused(engine, b"this is no archive at all");
    refused(engine, &[0; 10240]);
    refused(engine, b"");
}

fn a_tar_without_a_manifest_is_refused(engine: &Engine) {
    let tar = Tree::new()
        .file("readme", 0o644, b"nothing here\n")
        .into_tar()
        .unwrap();
    refused(engine, &tar);
}

fn names_with_any_byte_survive(engine: &Engine) {
    let tree = Tree::new()
        .dir("odd", 0o755)
        .entry(file(), b"odd/\xff\xfe", 0o644, None, b"bytes\n")
        .entry(file(), "odd/한글 이름".as_bytes(), 0o644, None, b"hangul\n")
        .entry(file(), b"odd/new\nline", 0o644, None, b"line\n");
    engine.load(&[fixtures::busybox("odd:latest")
        .unwrap()
        .layer("COPY odd /odd", tree)
        .unwrap()]);
    let script = "ls /odd | wc -l; cat /odd/*";
    let out = engine
        .docker(&["run", "--rm", "odd", "sh", "-c", script])
        .ok();
    assert!(
        out.contains("bytes") && out.contains("hangul") && out.contains("line"),
        "{out}"
    );
}
