//! `docker save`, judged by programs that are not ours.

use std::{path::Path, process::Command};

use gantry_pack::fixtures;
use gantry_tests::{Engine, as_root_and_as_user, skip};

as_root_and_as_user!(
    skopeo_reads_what_is_saved,
    umoci_unpacks_what_is_saved,
    what_skopeo_writes_is_loaded,
    saved_loaded_saved_is_the_same_image,
    several_images_share_their_layers,
    saving_to_standard_output_works,
);

fn program(name: &str, arguments: &[&str]) -> Option<String> {
    if !Path::new("/usr/bin").join(name).exists() {
        skip(&format!("no {name} here"));
        return None;
    }
    let output = Command::new(name).args(arguments).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} {arguments:?}: {err}");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn save(engine: &Engine, file: &str, images: &[&str]) -> String {
    let path = engine.file(file);
    let path = path.to_str().unwrap();
    engine
        .docker(&[&["save", "-o", path], images].concat())
        .ok();
    path.to_owned()
}

fn skopeo_reads_what_is_saved(engine: &Engine) {
    engine.load(&[fixtures::whiteouts("layers:latest").unwrap()]);
    let path = save(engine, "saved.tar", &["layers"]);
    let id = engine.inspect("layers", ".Id");
    for form in ["docker-archive", "oci-archive"] {
        let Some(raw) = program(
            "skopeo",
            &["inspect", "--raw", "--config", &format!("{form}:{path}")],
        ) else {
            return;
        };
        assert_eq!(
            format!("sha256:{}", gantry_pack::sha256(raw.as_bytes())),
            id,
            "{form}"
        );
    }
}

fn umoci_unpacks_what_is_saved(engine: &Engine) {
    engine.load(&[fixtures::whiteouts("layers:latest").unwrap()]);
    let path = save(engine, "saved.tar", &["layers"]);
    let (layout, bundle) = (engine.file("layout"), engine.file("bundle"));
    let layout = format!("{}:x", layout.display());
    let copy = [
        "copy",
        "-q",
        &format!("oci-archive:{path}"),
        &format!("oci:{layout}"),
    ];
    if program("skopeo", &copy).is_none() {
        return;
    }
    let bundle = bundle.to_str().unwrap();
    let unpack = ["unpack", "--rootless", "--image", &layout, bundle];
    if program("umoci", &unpack).is_none() {
        return;
    }
    let root = Path::new(bundle).join("rootfs");
    assert_eq!(
        std::fs::read_to_string(root.join("data/kept")).unwrap(),
        "from layer 2\n"
    );
    assert!(!root.join("data/gone").exists() && !root.join("swept/old").exists());
}

fn what_skopeo_writes_is_loaded(engine: &Engine) {
    let path = save(engine, "saved.tar", &["busybox"]);
    let id = engine.inspect("busybox", ".Id");
    engine.docker(&["rmi", "busybox"]).ok();
    let written = engine.file("skopeo.tar");
    let written = written.to_str().unwrap();
    let to = format!("docker-archive:{written}:again:latest");
    if program(
        "skopeo",
        &["copy", "-q", &format!("docker-archive:{path}"), &to],
    )
    .is_none()
    {
        return;
    }
    engine.identity().own(Path::new(written));
    engine.docker(&["load", "-i", written]).ok();
    assert_eq!(engine.inspect("again", ".Id"), id);
}

fn saved_loaded_saved_is_the_same_image(engine: &Engine) {
    engine.load(&[fixtures::whiteouts("layers:latest").unwrap()]);
    let id = engine.inspect("layers", ".Id");
    let first = save(engine, "first.tar", &["layers"]);
    engine.docker(&["rmi", "layers", "busybox"]).ok();
    assert_eq!(
        engine.docker(&["load", "-i", &first]).ok(),
        "Loaded image: layers:latest"
    );
    assert_eq!(engine.inspect("layers", ".Id"), id);
    let second = save(engine, "second.tar", &["layers"]);
    assert_eq!(
        std::fs::read(first).unwrap(),
        std::fs::read(second).unwrap()
    );
}

fn several_images_share_their_layers(engine: &Engine) {
    engine.load(&fixtures::several().unwrap());
    let one = std::fs::metadata(save(engine, "one.tar", &["several/first:1"]))
        .unwrap()
        .len();
    let all = ["several/first:1", "several/second:1", "several/third:1"];
    let path = save(engine, "all.tar", &all);
    assert!(std::fs::metadata(&path).unwrap().len() < one * 3 / 2);
    engine
        .docker(&[&["rmi", "several/first:stable"], &all[..]].concat())
        .ok();
    let loaded = engine.docker(&["load", "-i", &path]).ok();
    for name in all {
        assert!(
            loaded.contains(&format!("Loaded image: {name}")),
            "{loaded}"
        );
    }
}

fn saving_to_standard_output_works(engine: &Engine) {
    let script = "docker save busybox | tar -t";
    let output = engine
        .command("sh".as_ref())
        .args(["-c", script])
        .output()
        .unwrap();
    let listing = String::from_utf8(output.stdout).unwrap();
    for file in ["manifest.json", "index.json", "oci-layout"] {
        assert!(listing.lines().any(|line| line == file), "{listing}");
    }
}
