//! Loading what other tools write.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;

use common::{Layer, Root, config, docker_archive, docker_archive_of, tar_of};
use gantry_oci::{Compression, Digest};
use gantry_pack::Archive;
use gantry_store::{CancelFlag, Error, LayerState, PlatformFit, ProgressEvent};

fn images() -> Vec<gantry_pack::Image> {
    gantry_pack::fixtures::several().unwrap()
}

#[test]
fn every_form_of_archive_gives_the_same_images() {
    let forms = [
        Archive::DockerOld,
        Archive::Docker,
        Archive::Oci(gantry_pack::Compression::None),
        Archive::Oci(gantry_pack::Compression::Gzip),
        Archive::Oci(gantry_pack::Compression::Zstd),
    ];
    let mut expected: Vec<String> = images().iter().map(gantry_pack::Image::id).collect();
    expected.sort();
    for form in forms {
        let root = Root::new();
        let loaded = root.load(&form.to_vec(&images()).unwrap()).unwrap();
        let mut ids: Vec<String> = loaded.iter().map(|image| image.id.to_string()).collect();
        ids.sort();
        assert_eq!(ids, expected, "{form:?}");
        assert!(
            loaded
                .iter()
                .all(|image| image.new && !image.names.is_empty()),
            "{form:?}"
        );
        for image in root.store.images().unwrap() {
            assert!(Root::has_layers(&root.store, &image.id));
        }
    }
}

#[test]
fn an_outer_compression_is_seen_through() {
    let plain = docker_archive("app:1", &[Layer::new().file("a", b"a").done()]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    let zstd = zstd::encode_all(&plain[..], 1).unwrap();
    for archive in [gzip.finish().unwrap(), zstd] {
        let root = Root::new();
        let id = root.load_one(&archive);
        assert_eq!(root.store.resolve("app:1").unwrap(), id);
    }
}

#[test]
fn an_oci_folder_is_loaded_by_path() {
    let root = Root::new();
    let layout = root.folder.path().join("layout");
    gantry_pack::write_layout(&images(), gantry_pack::Compression::Gzip, &layout).unwrap();
    let loaded = root
        .store
        .load_path(&layout, &(), &CancelFlag::new())
        .unwrap();
    assert_eq!(loaded.len(), images().len());
}

#[test]
fn what_is_here_is_not_unpacked_again() {
    for form in [
        Archive::DockerOld,
        Archive::Docker,
        Archive::Oci(gantry_pack::Compression::Gzip),
    ] {
        let root = Root::new();
        let archive = form.to_vec(&images()).unwrap();
        root.load(&archive).unwrap();
        let root = root.settled();
        let catalogue = || {
            let path = root.folder.path().join("root/images.json");
            fs::metadata(path).unwrap().ino()
        };
        let written = catalogue();
        let seen = std::sync::Mutex::new(Vec::new());
        let watch = |event: ProgressEvent| {
            if let ProgressEvent::Layer(layer) = event {
                seen.lock().unwrap().push(layer.state);
            }
        };
        let again = root
            .store
            .load(&archive[..], &watch, &CancelFlag::new())
            .unwrap();
        assert!(again.iter().all(|image| !image.new));
        let states: Vec<_> = again
            .iter()
            .flat_map(|image| &image.layers)
            .map(|l| l.state)
            .collect();
        assert!(
            states.iter().all(|state| *state == LayerState::AlreadyHere),
            "{form:?}"
        );
        assert_eq!(catalogue(), written, "{form:?}: nothing had to be written");
        let seen = seen.into_inner().unwrap();
        assert!(
            !seen.is_empty() && !seen.contains(&LayerState::Unpacking),
            "{form:?} {seen:?}"
        );
    }
}

#[test]
fn a_file_whose_layers_are_here_is_passed_over() {
    let root = Root::new();
    let layer = Layer::new().file("a", &vec![1; 8 << 20]).done();
    let archive = docker_archive("app", &[layer]);
    let file = root.folder.path().join("app.tar");
    fs::write(&file, &archive).unwrap();
    let load = || root.store.load_path(&file, &(), &CancelFlag::new());
    assert!(load().unwrap()[0].new);
    // Were the layer read, its changed bytes would be noticed.
    let at = archive
        .windows(64)
        .position(|window| window == [1; 64])
        .unwrap();
    let changed = fs::File::options().write(true).open(&file).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&changed, b"changed", at as u64).unwrap();
    let again = load().unwrap();
    assert_eq!(again[0].layers[0].state, LayerState::AlreadyHere);
    assert!(!again[0].new);
}

#[test]
fn another_architecture_is_told() {
    let root = Root::new();
    let image = gantry_pack::fixtures::other_architecture("other:1").unwrap();
    let loaded = root
        .load(&Archive::Docker.to_vec(&[image]).unwrap())
        .unwrap();
    assert_eq!(loaded[0].fit, PlatformFit::Foreign);
    assert_eq!(
        root.store.image(&loaded[0].id).unwrap().fit,
        PlatformFit::Foreign
    );
}

#[test]
fn old_links_between_layers_are_followed() {
    let layer = Layer::new().file("a", b"a").done();
    let config = config(&[layer.clone(), layer.clone()]);
    let manifest = serde_json::json!([{"Config": "c.json", "RepoTags": ["twice:1"],
        "Layers": ["one/layer.tar", "two/layer.tar"]}]);
    let archive = Layer::new()
        .symlink("two/layer.tar", "../one/layer.tar")
        .file("one/layer.tar", &layer)
        .file("c.json", &config)
        .file("manifest.json", manifest.to_string().as_bytes())
        .done();
    let root = Root::new();
    let id = root.load_one(&archive);
    assert_eq!(root.store.image(&id).unwrap().layers.len(), 2);
}

#[test]
fn the_format_before_manifests_is_loaded() {
    let (base, top) = (
        Layer::new().file("a", b"a").done(),
        Layer::new().file("b", b"b").done(),
    );
    let document = |id: &str, parent: Option<&str>| {
        let mut document = serde_json::json!({"id": id, "created": "2015-01-01T00:00:00Z",
            "architecture": "amd64", "os": "linux", "container_config": {"Cmd": ["/bin/sh", "-c", id]},
            "config": {"Cmd": ["sh"]}});
        if let Some(parent) = parent {
            document["parent"] = parent.into();
        }
        document.to_string()
    };
    let (one, two) = (document("one", None), document("two", Some("one")));
    let archive = tar_of([
        ("one/VERSION", b"1.0".as_slice()),
        ("one/json", one.as_bytes()),
        ("one/layer.tar", &base),
        ("two/json", two.as_bytes()),
        ("two/layer.tar", &top),
        ("repositories", br#"{"old": {"1": "two"}}"#),
    ]);
    let root = Root::new();
    let id = root.load_one(&archive);
    assert_eq!(root.store.resolve("old:1").unwrap(), id);
    let history = root.store.history(&id).unwrap();
    assert_eq!(history[0].created_by, "/bin/sh -c two");
    assert_eq!(root.store.image(&id).unwrap().layers.len(), 2);
}

#[test]
fn unreferenced_layers_are_dropped() {
    let root = Root::new();
    let layer = Layer::new().file("a", b"a").done();
    let other = Layer::new().file("other", b"x").done();
    let config = config(std::slice::from_ref(&layer));
    let archive = tar_of([
        ("other/layer.tar", other.as_slice()),
        ("l/layer.tar", &layer),
        ("c.json", &config),
        (
            "manifest.json",
            br#"[{"Config": "c.json", "RepoTags": null, "Layers": ["l/layer.tar"]}]"#,
        ),
    ]);
    root.load_one(&archive);
    root.assert_clean();
    assert_eq!(fs::read_dir(root.path().join("layers")).unwrap().count(), 1);
    // The layer, its config and its manifest.
    assert_eq!(
        fs::read_dir(root.path().join("blobs/sha256"))
            .unwrap()
            .count(),
        3
    );
}

#[test]
fn cancelling_leaves_nothing() {
    let root = Root::new();
    let archive = docker_archive("app", &[Layer::new().file("a", &vec![7; 32 << 20]).done()]);
    let cancel = CancelFlag::new();
    let watch = |event: ProgressEvent| {
        if matches!(event, ProgressEvent::Layer(_)) {
            cancel.cancel();
        }
    };
    let result = root.store.load(&archive[..], &watch, &cancel);
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    root.assert_clean();
}

#[test]
fn what_is_no_archive_is_said_in_words() {
    let root = Root::new();
    let tar = tar_of([("hello.txt", b"hello".as_slice())]);
    for (input, words) in [
        (b"".as_slice(), "empty"),
        (b"PK\x03\x04", "ZIP"),
        (b"hello", "shorter"),
        (&tar, "manifest.json"),
        (&[b'x'; 1000], "no tar"),
    ] {
        let error = root.load(input).unwrap_err();
        assert!(matches!(error, Error::NotAnImage(_)), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    root.assert_clean();
}

#[test]
fn a_compressed_layer_is_kept_as_it_came() {
    let layer = Layer::new().file("a", &vec![b'a'; 100_000]).done();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&layer).unwrap();
    let stored = gzip.finish().unwrap();
    let config = config(std::slice::from_ref(&layer));
    let root = Root::new();
    let id = root.load_one(&docker_archive_of(
        "app",
        &config,
        std::slice::from_ref(&stored),
    ));
    let image = root.store.image(&id).unwrap();
    assert_eq!(image.blobs[0].digest, Digest::of(&stored));
    assert_eq!(
        image.blobs[0].media_type,
        Compression::Gzip.layer_media_type()
    );
    assert_eq!(
        fs::read(root.store.blob_path(&image.blobs[0].digest)).unwrap(),
        stored
    );
    assert_eq!(image.size, 100_000);
}
