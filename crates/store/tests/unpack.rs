//! What a layer's tar says is what lies on disk and what the index tells.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};

use common::{Layer, Root, TIME, docker_archive, tree};
use gantry_store::EntryKind;
use tar::EntryType;

fn is_namespace() -> bool {
    !fs::read_to_string("/proc/self/uid_map")
        .unwrap()
        .contains("4294967295")
}

fn opaque() -> &'static str {
    if is_namespace() {
        "user.overlay.opaque"
    } else {
        "trusted.overlay.opaque"
    }
}

#[test]
fn everything_a_tar_can_say_is_kept() {
    let long = format!("{}/{}", "d".repeat(120), "f".repeat(150));
    let layer = Layer::new()
        .dir("./", 0o755)
        .dir("etc/", 0o750)
        .raw(EntryType::Regular, b"etc/passwd", b"root", |header| {
            header.set_mode(0o4755);
            header.set_uid(1000);
            header.set_gid(2000);
        })
        .pax(&[
            ("mtime", b"1700000001.123456789"),
            ("SCHILY.xattr.user.note", b"a\0b"),
        ])
        .file("etc/times", b"x")
        .pax(&[("path", long.as_bytes())])
        .file("short", b"long")
        .pax(&[("path", b"caf\xe9")])
        .file("short", b"latin")
        .symlink("etc/link", "../../outside")
        .hardlink("usr/hard", "etc/passwd")
        .raw(EntryType::Fifo, b"pipe", b"", |_| ())
        .done();
    let root = Root::new();
    let id = root.load_one(&docker_archive("app", &[layer]));
    let folder = root.layer(&id, 0);

    let passwd = fs::metadata(folder.join("etc/passwd")).unwrap();
    assert_eq!(
        (passwd.mode() & 0o7777, passwd.uid(), passwd.gid()),
        (0o4755, 1000, 2000)
    );
    assert_eq!(passwd.mtime(), TIME as i64);
    assert_eq!(
        passwd.ino(),
        fs::metadata(folder.join("usr/hard")).unwrap().ino()
    );
    let times = fs::metadata(folder.join("etc/times")).unwrap();
    assert_eq!(
        (times.mtime(), times.mtime_nsec()),
        (1_700_000_001, 123_456_789)
    );
    assert_eq!(
        xattr::get(folder.join("etc/times"), "user.note")
            .unwrap()
            .unwrap(),
        b"a\0b"
    );
    assert_eq!(fs::read(folder.join(&long)).unwrap(), b"long");
    assert!(tree(&folder).contains_key(b"caf\xe9".as_slice()));
    assert_eq!(
        fs::read_link(folder.join("etc/link")).unwrap().to_str(),
        Some("../../outside")
    );
    assert!(
        fs::metadata(folder.join("pipe"))
            .unwrap()
            .file_type()
            .is_fifo()
    );
    assert_eq!(
        fs::metadata(folder.join("etc")).unwrap().mode() & 0o7777,
        0o750
    );
    assert_eq!(
        fs::metadata(folder.join("etc")).unwrap().mtime(),
        TIME as i64
    );

    let index = root
        .store
        .layer(&root.store.image(&id).unwrap().layers[0])
        .unwrap();
    let index = index.entries().unwrap();
    let hard = index.lookup(b"usr/hard").unwrap().unwrap();
    assert!(hard.is_hardlink());
    assert_eq!(
        (hard.link.as_slice(), hard.size, hard.mode, hard.uid),
        (b"etc/passwd".as_slice(), 4, 0o4755, 1000)
    );
    assert!(index.lookup(b"usr").unwrap().unwrap().implicit);
    assert_eq!(index.lookup(b"caf\xe9").unwrap().unwrap().size, 5);
    let names: Vec<_> = index
        .children(b"etc")
        .unwrap()
        .into_iter()
        .map(|entry| entry.name)
        .collect();
    assert_eq!(
        names,
        [b"link".to_vec(), b"passwd".to_vec(), b"times".to_vec()]
    );
}

#[test]
fn devices_are_made_or_remembered() {
    let layer = Layer::new()
        .raw(EntryType::Char, b"null", b"", |header| {
            header.set_device_major(1).unwrap();
            header.set_device_minor(3).unwrap();
        })
        .hardlink("null2", "null")
        .done();
    let root = Root::new();
    let loaded = root.load(&docker_archive("app", &[layer])).unwrap();
    let folder = root.layer(&loaded[0].id, 0);
    let index = root
        .store
        .layer(&loaded[0].layers[0].diff_id)
        .unwrap()
        .entries()
        .unwrap();
    let entry = index.lookup(b"null2").unwrap().unwrap();
    assert_eq!((entry.kind, entry.device), (EntryKind::CharDevice, (1, 3)));
    if is_namespace() {
        assert_eq!(loaded[0].layers[0].withheld, 2);
        assert!(!folder.join("null").exists());
    } else {
        assert!(
            fs::metadata(folder.join("null2"))
                .unwrap()
                .file_type()
                .is_char_device()
        );
    }
}

#[test]
fn marks_become_those_of_overlayfs() {
    let base = Layer::new()
        .file("a/x", b"x")
        .file("b/y", b"y")
        .file("c/z", b"z")
        .done();
    let top = Layer::new()
        .file("a/.wh.x", b"")
        .file("b/.wh..wh..opq", b"")
        .file("b/new", b"n")
        // A mark and its own layer's entry: the entry stays, and hides what is below it.
        .file(".wh.c", b"")
        .file("c/fresh", b"f")
        .file(".wh..wh.plnk/1.2", b"aufs")
        .done();
    let root = Root::new();
    let id = root.load_one(&docker_archive("app", &[base, top]));
    let folder = root.layer(&id, 1);
    let whiteout = fs::symlink_metadata(folder.join("a/x")).unwrap();
    assert!(whiteout.file_type().is_char_device() && whiteout.rdev() == 0);
    for dir in ["b", "c"] {
        assert_eq!(
            xattr::get(folder.join(dir), opaque()).unwrap().unwrap(),
            b"y",
            "{dir}"
        );
    }
    let chain = root.store.chain(&id).unwrap();
    let visible = |dir: &[u8]| -> Vec<String> {
        let children = chain.children(dir).unwrap();
        children
            .into_iter()
            .map(|(_, entry)| String::from_utf8(entry.name).unwrap())
            .collect()
    };
    assert_eq!(visible(b""), ["a", "b", "c"]);
    assert_eq!(visible(b"a"), Vec::<String>::new());
    assert_eq!(visible(b"b"), ["new"]);
    assert_eq!(visible(b"c"), ["fresh"]);
    assert!(chain.lookup(b"c/z").unwrap().is_none());
    assert!(chain.lookup(b"a/x").unwrap().is_none());
}

#[test]
fn implied_parents_are_like_those_below() {
    let base = Layer::new()
        .raw(EntryType::Directory, b"tmp/", b"", |header| {
            header.set_mode(0o1777);
            header.set_gid(50);
        })
        .done();
    let middle = Layer::new().file("tmp/one", b"1").done();
    let top = Layer::new().file("tmp/two", b"2").done();
    let root = Root::new();
    let id = root.load_one(&docker_archive("app", &[base, middle, top]));
    for number in [1, 2] {
        let tmp = fs::metadata(root.layer(&id, number).join("tmp")).unwrap();
        assert_eq!(
            (tmp.mode() & 0o7777, tmp.gid(), tmp.mtime()),
            (0o1777, 50, TIME as i64)
        );
    }
    let (at, entry) = root
        .store
        .chain(&id)
        .unwrap()
        .lookup(b"tmp")
        .unwrap()
        .unwrap();
    assert_eq!((at, entry.mode, entry.gid), (0, 0o1777, 50));
}

#[test]
fn attributes_of_overlayfs_are_stripped() {
    let layer = Layer::new()
        .pax(&[
            ("SCHILY.xattr.trusted.overlay.redirect", b"/etc"),
            ("SCHILY.xattr.user.overlay.opaque", b"y"),
            ("SCHILY.xattr.user.kept", b"1"),
        ])
        .dir("d", 0o755)
        .done();
    let root = Root::new();
    let id = root.load_one(&docker_archive("app", &[layer]));
    let names: Vec<_> = xattr::list(root.layer(&id, 0).join("d")).unwrap().collect();
    assert_eq!(names, ["user.kept"]);
}

#[test]
fn file_capabilities_are_kept() {
    // Version 2, cap_net_raw+ep.
    let capability = [1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let layer = Layer::new()
        .pax(&[("SCHILY.xattr.security.capability", &capability)])
        .raw(EntryType::Regular, b"ping", b"x", |header| {
            header.set_mode(0o755);
            header.set_uid(7);
        })
        .done();
    let root = Root::new();
    let id = root.load_one(&docker_archive("app", &[layer]));
    let stored = xattr::get(root.layer(&id, 0).join("ping"), "security.capability").unwrap();
    assert_eq!(stored.unwrap(), capability);
}

#[test]
fn later_entries_win() {
    let layer = Layer::new()
        .file("f", b"old")
        .file("f", b"new")
        .file("d/inner/x", b"x")
        .symlink("d", "f")
        .symlink("s", "/etc")
        .file("s", b"file")
        .file("h", b"one")
        .hardlink("h2", "h")
        .file("h", b"two")
        .dir("twice", 0o700)
        .file("twice/kept", b"k")
        .dir("twice", 0o711)
        .done();
    let root = Root::new();
    let id = root.load_one(&docker_archive("app", &[layer]));
    let folder = root.layer(&id, 0);
    assert_eq!(fs::read(folder.join("f")).unwrap(), b"new");
    assert!(fs::symlink_metadata(folder.join("d")).unwrap().is_symlink());
    assert_eq!(fs::read(folder.join("s")).unwrap(), b"file");
    assert_eq!(fs::read(folder.join("h2")).unwrap(), b"one");
    assert_eq!(
        fs::metadata(folder.join("twice"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o711
    );
    assert!(folder.join("twice/kept").exists());
    let index = root
        .store
        .layer(&root.store.image(&id).unwrap().layers[0])
        .unwrap();
    let index = index.entries().unwrap();
    assert_eq!(
        index.lookup(b"d").unwrap().unwrap().kind,
        EntryKind::Symlink
    );
    assert!(index.lookup(b"d/inner/x").unwrap().is_none());
    assert!(index.children(b"d").unwrap().is_empty());
    // Exactly what the index tells is there.
    let mut paths = Vec::new();
    index
        .for_each(|dir, entry| {
            if !entry.name.is_empty() {
                let separator: &[u8] = if dir.is_empty() { b"" } else { b"/" };
                paths.push([dir, separator, &entry.name].concat());
            }
        })
        .unwrap();
    paths.sort();
    assert_eq!(paths, tree(&folder).into_keys().collect::<Vec<_>>());
}

#[test]
fn sparse_files_of_all_kinds_stay_sparse() {
    const SIZE: u64 = 1 << 30;
    let map = format!("2\n0\n4\n{}\n4\n", SIZE - 4);
    let mut data = map.into_bytes();
    data.resize(512, 0);
    data.extend_from_slice(b"headtail");
    let size = SIZE.to_string();
    let positions = format!("0,4,{},4", SIZE - 4);
    let layer = Layer::new()
        .pax(&[
            ("GNU.sparse.major", b"1"),
            ("GNU.sparse.minor", b"0"),
            ("GNU.sparse.name", b"v1.0"),
            ("GNU.sparse.realsize", size.as_bytes()),
        ])
        .file("GNUSparseFile.0/v1.0", &data)
        .pax(&[
            ("GNU.sparse.size", size.as_bytes()),
            ("GNU.sparse.numblocks", b"2"),
            ("GNU.sparse.map", positions.as_bytes()),
            ("GNU.sparse.name", b"v0.1"),
        ])
        .file("GNUSparseFile.0/v0.1", b"headtail")
        .done();
    let root = Root::new();
    let id = root.load_one(&docker_archive("app", &[layer]));
    for name in ["v1.0", "v0.1"] {
        let path = root.layer(&id, 0).join(name);
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!(metadata.len(), SIZE, "{name}");
        assert!(metadata.blocks() < 100, "{name}");
        let file = fs::File::open(&path).unwrap();
        let mut tail = [0; 6];
        std::os::unix::fs::FileExt::read_exact_at(&file, &mut tail, SIZE - 6).unwrap();
        assert_eq!(&tail, b"\0\0tail", "{name}");
    }
}

#[test]
fn gnu_tar_and_we_agree_on_a_sparse_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hole");
    let file = fs::File::create(&path).unwrap();
    file.set_len(10 << 20).unwrap();
    for at in 0..60 {
        std::os::unix::fs::FileExt::write_all_at(&file, b"data", at * 150_000).unwrap();
    }
    drop(file);
    for format in ["gnu", "posix"] {
        let layer = std::process::Command::new("tar")
            .args([
                "--sparse",
                &format!("--format={format}"),
                "-cf",
                "-",
                "hole",
            ])
            .current_dir(folder.path())
            .output()
            .unwrap()
            .stdout;
        let root = Root::new();
        let id = root.load_one(&docker_archive("app", &[layer]));
        let unpacked = root.layer(&id, 0).join("hole");
        assert!(
            fs::read(&unpacked).unwrap() == fs::read(&path).unwrap(),
            "{format}"
        );
        assert!(fs::metadata(&unpacked).unwrap().blocks() < 2000, "{format}");
    }
}
