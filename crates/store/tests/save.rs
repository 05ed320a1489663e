//! Saving: what is saved is read by us and by others.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Layer, Root, docker_archive};
use gantry_oci::{Compression, ImageId};
use gantry_store::{CancelFlag, Error, SaveFormat, SaveRequest, Target};

const COMPRESSIONS: [Compression; 3] = [Compression::None, Compression::Gzip, Compression::Zstd];

/// Two images that share a layer, one of them with a compressed one.
fn filled() -> (Root, Vec<ImageId>) {
    let root = Root::new();
    let base = Layer::new()
        .dir("etc", 0o755)
        .file("etc/base", &vec![b'b'; 300_000])
        .done();
    let one = Layer::new().file("one", b"1").file(".wh.etc", b"").done();
    let two = Layer::new().file("two", b"2").done();
    let first = root.load_one(&docker_archive("app:1", &[base.clone(), one]));
    let second = root.load_one(&docker_archive(
        "registry.example:5000/team/app:2",
        &[base, two],
    ));
    root.store
        .tag(&first, &"app:also".parse().unwrap())
        .unwrap();
    (root, vec![first, second])
}

fn request(names: &[&str], format: SaveFormat, compression: Compression) -> SaveRequest {
    let images = names
        .iter()
        .map(|name| Target::Name(name.parse().unwrap()))
        .collect();
    SaveRequest {
        images,
        format,
        compression,
    }
}

fn save(root: &Root, request: &SaveRequest) -> Vec<u8> {
    let mut archive = Vec::new();
    root.store
        .save(request, &mut archive, &(), &CancelFlag::new())
        .unwrap();
    archive
}

fn save_file(root: &Root, request: &SaveRequest) -> PathBuf {
    let path = root.folder.path().join("saved.tar");
    fs::write(&path, save(root, request)).unwrap();
    path
}

/// A program that judges us, when it is installed.
fn judge(program: &str) -> Option<Command> {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        println!("skipped: {program} is not installed");
    }
    found.then(|| Command::new(program))
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_is_saved_is_loaded_again() {
    let (root, ids) = filled();
    let names = ["app:1", "app:also", "registry.example:5000/team/app:2"];
    for format in [SaveFormat::DockerArchive, SaveFormat::OciArchive] {
        for compression in COMPRESSIONS {
            let archive = save(&root, &request(&names, format, compression));
            let other = Root::new();
            let mut loaded = other.load(&archive).unwrap();
            loaded.sort_by_key(|image| image.names.len());
            assert_eq!(loaded.len(), 2, "{format:?} {compression:?}");
            assert_eq!(other.store.resolve("app:also").unwrap(), ids[0]);
            assert_eq!(other.store.resolve(names[2]).unwrap(), ids[1]);
            for id in &ids {
                let (here, there) = (
                    root.store.image(id).unwrap(),
                    other.store.image(id).unwrap(),
                );
                assert_eq!(here.manifest, there.manifest, "the manifest is kept");
                assert_eq!(here.blobs, there.blobs, "the stored bytes are kept");
                assert_eq!(here.size, there.size);
                for number in 0..2 {
                    assert_eq!(
                        common::tree(&root.layer(id, number)),
                        common::tree(&other.layer(id, number))
                    );
                }
            }
        }
    }
}

#[test]
fn the_same_images_give_the_same_bytes() {
    let (one, _) = filled();
    let (other, _) = filled();
    for format in [SaveFormat::DockerArchive, SaveFormat::OciArchive] {
        for compression in COMPRESSIONS {
            let names = ["app:1", "registry.example:5000/team/app:2"];
            let request = request(&names, format, compression);
            let bytes = save(&one, &request);
            assert!(bytes == save(&one, &request), "{format:?} {compression:?}");
            assert!(
                bytes == save(&other, &request),
                "{format:?} {compression:?}, elsewhere"
            );
        }
    }
}

#[test]
fn a_shared_layer_is_saved_once() {
    let (root, _) = filled();
    let all = save(
        &root,
        &request(
            &["app", "registry.example:5000/team/app"],
            SaveFormat::DockerArchive,
            Compression::None,
        ),
    );
    let one = save(
        &root,
        &request(&["app:1"], SaveFormat::DockerArchive, Compression::None),
    );
    assert!(
        all.len() < one.len() + 20_000,
        "{} {}",
        all.len(),
        one.len()
    );
}

#[test]
fn an_image_without_a_name_is_saved_by_its_id() {
    let (root, ids) = filled();
    let request = SaveRequest {
        images: vec![Target::Id(ids[0])],
        ..SaveRequest::default()
    };
    let loaded = Root::new().load(&save(&root, &request)).unwrap();
    assert_eq!((loaded[0].id, loaded[0].names.len()), (ids[0], 0));
    let missing = SaveRequest {
        images: vec![Target::Name("nothing".parse().unwrap())],
        ..SaveRequest::default()
    };
    let error = root
        .store
        .save(&missing, Vec::new(), &(), &CancelFlag::new())
        .unwrap_err();
    assert_eq!(error.to_string(), "No such image: nothing");
}

#[test]
fn a_full_disk_is_told() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (root, _) = filled();
    let request = request(&["app:1"], SaveFormat::DockerArchive, Compression::None);
    let error = root
        .store
        .save(&request, Full, &(), &CancelFlag::new())
        .unwrap_err();
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
}

#[test]
fn skopeo_reads_what_we_save() {
    if judge("skopeo").is_none() {
        return;
    }
    let (root, ids) = filled();
    for (format, transport, suffix) in [
        (SaveFormat::DockerArchive, "docker-archive", ":app:1"),
        (SaveFormat::DockerArchive, "oci-archive", ":1"),
        (SaveFormat::OciArchive, "oci-archive", ":1"),
    ] {
        let path = save_file(&root, &request(&["app:1"], format, Compression::None));
        let source = format!("{transport}:{}{suffix}", path.display());
        let config = run(judge("skopeo")
            .unwrap()
            .args(["inspect", "--config", "--raw", &source]));
        assert_eq!(
            ImageId(gantry_oci::Digest::of(config.as_bytes())),
            ids[0],
            "{source}"
        );
        let layout = root
            .folder
            .path()
            .join(format!("copy-{transport}-{format:?}"));
        let target = format!("oci:{}:1", layout.display());
        run(judge("skopeo")
            .unwrap()
            .args(["--insecure-policy", "copy", "-q", &source, &target]));
        unpack_and_compare(&root, &ids[0], &layout);
    }
}

#[test]
fn we_read_what_skopeo_writes() {
    if judge("skopeo").is_none() {
        return;
    }
    let (root, ids) = filled();
    let path = save_file(
        &root,
        &request(&["app:1"], SaveFormat::DockerArchive, Compression::None),
    );
    let source = format!("docker-archive:{}:app:1", path.display());
    for (transport, suffix, format) in [
        ("docker-archive", ":copied:1", "v2s2"),
        ("oci-archive", ":copied:1", "oci"),
        ("oci", ":copied:1", "oci"),
    ] {
        let copy = root.folder.path().join(format!("copied-{transport}"));
        let target = format!("{transport}:{}{suffix}", copy.display());
        run(judge("skopeo").unwrap().args([
            "--insecure-policy",
            "copy",
            "-q",
            "-f",
            format,
            &source,
            &target,
        ]));
        let other = Root::new();
        let loaded = other
            .store
            .load_path(&copy, &(), &CancelFlag::new())
            .unwrap();
        assert_eq!(loaded.len(), 1, "{transport}");
        // Into the OCI format it drops what it does not know from the config.
        let id = loaded[0].id;
        assert!(id == ids[0] || format == "oci", "{transport}");
        assert_eq!(other.store.resolve("copied:1").unwrap(), id, "{transport}");
        let layers = |root: &Root, id| root.store.image(id).unwrap().layers;
        assert_eq!(layers(&root, &ids[0]), layers(&other, &id), "{transport}");
        assert_eq!(
            common::tree(&root.layer(&ids[0], 0)),
            common::tree(&other.layer(&id, 0))
        );
    }
}

#[test]
fn umoci_reads_the_folder_we_save() {
    if judge("umoci").is_none() {
        return;
    }
    let (root, ids) = filled();
    let layout = root.folder.path().join("layout");
    let names = [Target::Name("app:1".parse().unwrap())];
    root.store
        .save_layout(&names, &layout, &(), &CancelFlag::new())
        .unwrap();
    unpack_and_compare(&root, &ids[0], &layout);
    let again = root
        .store
        .save_layout(&names, &layout, &(), &CancelFlag::new());
    assert!(again.is_err(), "a folder is not written over");
}

/// umoci unpacks the tag `1` of a layout; the result must be what our chain of layers shows.
fn unpack_and_compare(root: &Root, id: &ImageId, layout: &Path) {
    let Some(mut umoci) = judge("umoci") else {
        return;
    };
    let bundle = layout.with_extension("bundle");
    let image = format!("{}:1", layout.display());
    run(umoci.args(["unpack", "--image", &image]).arg(&bundle));
    let chain = root.store.chain(id).unwrap();
    let mut expected = Vec::new();
    let mut pending = vec![Vec::new()];
    while let Some(dir) = pending.pop() {
        for (_, entry) in chain.children(&dir).unwrap() {
            let separator: &[u8] = if dir.is_empty() { b"" } else { b"/" };
            let path = [&dir, separator, &entry.name].concat();
            if entry.is_dir() {
                pending.push(path.clone());
            }
            expected.push(path);
        }
    }
    expected.sort();
    let found: Vec<_> = common::tree(&bundle.join("rootfs")).into_keys().collect();
    assert_eq!(found, expected);
}
