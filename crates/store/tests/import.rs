//! An image from a root file system, and a root file system from a container.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use common::{Layer, Root, docker_archive, tree};
use gantry_oci::{Digest, ImageConfig, RunConfig};
use gantry_store::{CancelFlag, Error, ImportRequest, UpperDir};
use tar::EntryType;

fn request(names: &[&str]) -> ImportRequest {
    ImportRequest {
        config: ImageConfig {
            os: "linux".to_owned(),
            architecture: "amd64".to_owned(),
            config: RunConfig {
                cmd: Some(vec!["sh".to_owned()]),
                ..RunConfig::default()
            },
            ..ImageConfig::default()
        },
        comment: "from a tar".to_owned(),
        names: names.iter().map(|name| name.parse().unwrap()).collect(),
    }
}

fn import(root: &Root, tar: &[u8]) -> Result<gantry_store::Loaded, Error> {
    let cancel = CancelFlag::new();
    root.store.import(tar, &request(&["made:1"]), &(), &cancel)
}

#[test]
fn a_root_file_system_becomes_an_image() {
    let tar = Layer::new().dir("bin", 0o755).file("bin/sh", b"#!").done();
    for packed in [tar.clone(), zstd::encode_all(&tar[..], 1).unwrap()] {
        let root = Root::new();
        let loaded = import(&root, &packed).unwrap();
        assert!(loaded.new);
        assert_eq!(loaded.layers[0].diff_id.digest(), Digest::of(&tar));
        assert_eq!(loaded.layers[0].blob, Digest::of(&packed));
        assert_eq!(root.store.resolve("made:1").unwrap(), loaded.id);
        let image = root.store.image(&loaded.id).unwrap();
        assert_eq!(
            image.config.config.cmd.as_deref(),
            Some(&["sh".to_owned()][..])
        );
        assert_eq!(image.config.history[0].comment, "from a tar");
        assert_eq!(
            fs::read(root.layer(&loaded.id, 0).join("bin/sh")).unwrap(),
            b"#!"
        );
        // The same again shares the layer.
        let again = import(&root, &packed).unwrap();
        assert_eq!(again.layers[0].state, gantry_store::LayerState::AlreadyHere);
    }
}

#[test]
fn what_is_no_root_file_system_is_refused() {
    let root = Root::new();
    for (bytes, code) in [
        (&b""[..], "not-an-image"),
        (b"PK\x03\x04", "not-an-image"),
        (
            &Layer::new().file("../pwned", b"x").done(),
            "archive-refused",
        ),
        (
            &Layer::new().file("a", &[b'a'; 5000]).done()[..2000],
            "archive-truncated",
        ),
    ] {
        let error = import(&root, bytes).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        root.assert_clean();
    }
    let cancel = CancelFlag::new();
    for path in ["/dev/zero", "/tmp"] {
        let refused = root
            .store
            .import_path(Path::new(path), &request(&[]), &(), &cancel);
        assert!(
            matches!(refused, Err(Error::NotAnImage(_))),
            "{path}: {refused:?}"
        );
    }
    let fifo = root.folder.path().join("fifo");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &fifo,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .unwrap();
    assert!(
        root.store
            .import_path(&fifo, &request(&[]), &(), &cancel)
            .is_err()
    );
    assert!(root.store.load_path(&fifo, &(), &cancel).is_err());
}

/// An image with something of everything, and an upper directory over it.
fn container(root: &Root) -> (Vec<gantry_oci::DiffId>, UpperDir) {
    let base = Layer::new()
        .dir("etc", 0o750)
        .file("etc/passwd", b"root")
        .file("etc/gone", b"x")
        .hardlink("etc/same", "etc/passwd")
        .dir("hidden", 0o755)
        .file("hidden/below", b"x")
        .symlink("link", "/etc")
        .raw(EntryType::Char, b"null", b"", |header| {
            header.set_device_major(1).unwrap();
            header.set_device_minor(3).unwrap();
        })
        .pax(&[
            ("path", b"caf\xe9"),
            ("SCHILY.xattr.user.note", b"n"),
            ("uid", b"70000"),
        ])
        .file("x", b"latin")
        .pax(&[
            ("GNU.sparse.size", b"9000000"),
            ("GNU.sparse.map", b"0,1,8999999,1"),
        ])
        .file("sparse", b"ab")
        .done();
    let id = root.load_one(&docker_archive("app", &[base]));
    let upper = root.folder.path().join("upper");
    fs::create_dir_all(upper.join("hidden")).unwrap();
    fs::create_dir_all(upper.join("etc")).unwrap();
    fs::write(upper.join("new"), b"new").unwrap();
    fs::write(upper.join("hidden/above"), b"above").unwrap();
    // What leads out must lead nowhere.
    std::os::unix::fs::symlink("/", upper.join("out")).unwrap();
    let device = rustix::fs::FileType::CharacterDevice;
    rustix::fs::mknodat(
        rustix::fs::CWD,
        upper.join("etc/gone"),
        device,
        rustix::fs::Mode::empty(),
        0,
    )
    .unwrap();
    let opaque = if common::is_namespace() {
        "user"
    } else {
        "trusted"
    };
    xattr::set(
        upper.join("hidden"),
        format!("{opaque}.overlay.opaque"),
        b"y",
    )
    .unwrap();
    (root.store.image(&id).unwrap().layers, UpperDir(upper))
}

#[test]
fn an_export_is_what_the_container_sees() {
    let root = Root::new();
    let (layers, upper) = container(&root);
    let mut tar = Vec::new();
    root.store
        .export(&upper, &layers, &mut tar, &(), &CancelFlag::new())
        .unwrap();
    assert!(tar.len() < 100_000, "holes are not written: {}", tar.len());

    let other = Root::new();
    let loaded = import(&other, &tar).unwrap();
    let folder = other.layer(&loaded.id, 0);
    let mut names: Vec<String> = tree(&folder)
        .keys()
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect();
    names.retain(|name| !name.starts_with("null"));
    assert_eq!(
        names,
        [
            "caf\u{fffd}",
            "etc",
            "etc/passwd",
            "etc/same",
            "hidden",
            "hidden/above",
            "link",
            "new",
            "out",
            "sparse"
        ]
    );
    let passwd = fs::metadata(folder.join("etc/passwd")).unwrap();
    assert_eq!(
        passwd.ino(),
        fs::metadata(folder.join("etc/same")).unwrap().ino()
    );
    let sparse = fs::metadata(folder.join("sparse")).unwrap();
    assert!(sparse.len() == 9_000_000 && sparse.blocks() < 1000);
    let content = fs::read(folder.join("sparse")).unwrap();
    assert_eq!((content[0], content[8_999_999]), (b'a', b'b'));
    let index = other
        .store
        .layer(&loaded.layers[0].diff_id)
        .unwrap()
        .entries()
        .unwrap();
    // A device and an owner that a user namespace cannot hold are in the tar all the same.
    assert_eq!(index.lookup(b"null").unwrap().unwrap().device, (1, 3));
    assert_eq!(index.lookup(b"caf\xe9").unwrap().unwrap().uid, 70_000);
}

#[test]
fn gnu_tar_reads_what_we_export() {
    let root = Root::new();
    let (layers, upper) = container(&root);
    let file = root.folder.path().join("out.tar");
    let output = fs::File::create(&file).unwrap();
    root.store
        .export(&upper, &layers, output, &(), &CancelFlag::new())
        .unwrap();
    let target = root.folder.path().join("target");
    fs::create_dir(&target).unwrap();
    let unpacked = std::process::Command::new("tar")
        .args(["--xattrs", "--numeric-owner", "--exclude=null", "-xf"])
        .arg(&file)
        .arg("-C")
        .arg(&target)
        .output()
        .unwrap();
    assert!(
        unpacked.status.success(),
        "{}",
        String::from_utf8_lossy(&unpacked.stderr)
    );
    let other = Root::new();
    let loaded = import(&other, &fs::read(&file).unwrap()).unwrap();
    let mut ours = tree(&other.layer(&loaded.id, 0));
    ours.remove(&b"null"[..]);
    // GNU tar keeps no fractions where it is not told to, and there are none.
    let theirs = tree(&target);
    assert_eq!(
        ours.keys().collect::<Vec<_>>(),
        theirs.keys().collect::<Vec<_>>()
    );
    if !common::is_namespace() {
        assert_eq!(ours, theirs);
    }
}
