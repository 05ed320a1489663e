//! Archives that no honest tool writes: a clear error, nothing outside, nothing left behind.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;

use common::{Layer, Root, config, docker_archive, docker_archive_of, tar_of};
use gantry_oci::Digest;
use gantry_store::{CancelFlag, Error, Limits};
use tar::EntryType;

/// Loads a layer that must be refused.
fn refused(layer: Layer) -> Error {
    let root = Root::new();
    let error = root
        .load(&docker_archive("app", &[layer.done()]))
        .unwrap_err();
    assert!(!root.folder.path().join("pwned").exists());
    root.assert_clean();
    error
}

/// Loads a layer that must stay inside its root.
fn contained(layer: Layer) {
    let root = Root::new();
    let outside = root.folder.path().join("victim");
    fs::write(&outside, b"safe").unwrap();
    let result = root.load(&docker_archive("app", &[layer.done()]));
    assert_eq!(fs::read(&outside).unwrap(), b"safe");
    assert!(!root.folder.path().join("pwned").exists());
    assert!(!Path::new("/gantry-pwned").exists());
    if result.is_err() {
        root.assert_clean();
    }
}

#[test]
fn paths_that_leave_are_refused() {
    for path in [
        "../pwned",
        "a/../../pwned",
        "./../pwned",
        "..",
        "a/..",
        "/../pwned",
        "../../../../pwned",
    ] {
        let error = refused(Layer::new().file(path, b"x"));
        assert!(matches!(error, Error::Hostile { .. }), "{path}: {error}");
        refused(Layer::new().dir(path, 0o777));
        refused(Layer::new().symlink(path, "x"));
    }
}

#[test]
fn absolute_paths_lie_in_the_root() {
    let root = Root::new();
    let layer = Layer::new()
        .file("/gantry-pwned", b"x")
        .file("//etc//x", b"y")
        .done();
    let id = root.load_one(&docker_archive("app", &[layer]));
    assert!(root.layer(&id, 0).join("gantry-pwned").exists());
    assert!(root.layer(&id, 0).join("etc/x").exists());
    assert!(!Path::new("/gantry-pwned").exists());
}

#[test]
fn writing_through_links_stays_inside() {
    let up = "../../../../../../../../../../../..";
    for target in ["/", "..", up, "/proc/self/root", "/proc/self/cwd", "."] {
        contained(
            Layer::new()
                .symlink("out", target)
                .file("out/gantry-pwned", b"x"),
        );
        contained(
            Layer::new()
                .symlink("out", target)
                .dir("out/d", 0o777)
                .file("out/d/pwned", b"x"),
        );
        contained(Layer::new().symlink("out", target).symlink("out/l", "x"));
        contained(
            Layer::new()
                .symlink("out", target)
                .file("out/.wh.victim", b""),
        );
        contained(
            Layer::new()
                .symlink("out", target)
                .hardlink("stolen", "out/etc/passwd"),
        );
        contained(Layer::new().symlink("out", target).file("out", b"x"));
        contained(
            Layer::new()
                .symlink("out", target)
                .file("out/.wh..wh..opq", b""),
        );
    }
    contained(
        Layer::new()
            .symlink("a", "b")
            .symlink("b", "a")
            .file("a/x", b"x"),
    );
    contained(
        Layer::new()
            .dir("a", 0o755)
            .symlink("a/b", "..")
            .file("a/b/../../pwned", b"x"),
    );
}

#[test]
fn a_link_inside_the_root_is_followed_inside_the_root() {
    let root = Root::new();
    let layer = Layer::new()
        .dir("usr/lib", 0o755)
        .symlink("lib", "/usr/lib")
        .file("lib/x.so", b"x")
        .hardlink("y.so", "lib/x.so")
        .done();
    let id = root.load_one(&docker_archive("app", &[layer]));
    assert_eq!(
        fs::read(root.layer(&id, 0).join("usr/lib/x.so")).unwrap(),
        b"x"
    );
    let index = root
        .store
        .layer(&root.store.image(&id).unwrap().layers[0])
        .unwrap();
    let index = index.entries().unwrap();
    assert!(index.lookup(b"usr/lib/x.so").unwrap().is_some());
    assert!(index.lookup(b"lib/x.so").unwrap().is_none());
    assert_eq!(
        index.lookup(b"y.so").unwrap().unwrap().link,
        b"usr/lib/x.so"
    );
}

#[test]
fn hardlinks_stay_inside() {
    for target in [
        "../victim",
        "/etc/passwd",
        "../../../../etc/passwd",
        "missing",
        "",
        "/",
        "d",
        "self",
    ] {
        let error = refused(Layer::new().dir("d", 0o755).hardlink("self", target));
        assert!(matches!(error, Error::Hostile { .. }), "{target}: {error}");
    }
    // The link itself is the target, never what it points to.
    let root = Root::new();
    let layer = Layer::new()
        .symlink("s", "/etc/passwd")
        .hardlink("h", "s")
        .done();
    let id = root.load_one(&docker_archive("app", &[layer]));
    assert!(
        fs::symlink_metadata(root.layer(&id, 0).join("h"))
            .unwrap()
            .is_symlink()
    );
}

#[test]
fn false_marks_are_refused() {
    for name in [".wh.", ".wh..", ".wh...", "d/.wh.", "d/.wh..", "d/.wh..."] {
        let error = refused(Layer::new().dir("d", 0o755).file(name, b""));
        assert!(matches!(error, Error::Hostile { .. }), "{name}: {error}");
    }
    refused(Layer::new().dir(".wh.x", 0o755));
    refused(Layer::new().symlink(".wh.x", "y"));
    // overlayfs would take this device for a mark.
    refused(Layer::new().raw(EntryType::Char, b"mark", b"", |header| {
        header.set_device_major(0).unwrap();
        header.set_device_minor(0).unwrap();
    }));
    contained(Layer::new().file(".wh..wh.aufs", b""));
}

#[test]
fn names_beyond_the_kernels_limits_are_refused() {
    let deep = b"d/".repeat(100_000);
    let error = refused(Layer::new().pax(&[("path", &deep)]).file("x", b""));
    assert!(matches!(error, Error::Hostile { .. }), "{error}");
    refused(Layer::new().pax(&[("path", &[b'n'; 300])]).file("x", b""));
    refused(
        Layer::new()
            .pax(&[("linkpath", &[b'n'; 5000])])
            .symlink("x", "y"),
    );
    refused(Layer::new().symlink("x", ""));
}

#[test]
fn parents_that_are_no_directories_are_refused() {
    refused(Layer::new().file("a", b"").file("a/b", b""));
    refused(Layer::new().symlink("a", "missing").file("a/b", b""));
    refused(Layer::new().file("./", b"x"));
}

#[test]
fn broken_headers_are_refused() {
    let good = Layer::new().file("a", b"aaaa").done();
    for at in [0, 100, 124, 148, 156, 257] {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        let root = Root::new();
        let archive = docker_archive_of("app", &config(std::slice::from_ref(&bad)), &[bad]);
        assert!(root.load(&archive).is_err(), "{at}");
        root.assert_clean();
    }
    for size in [&b"99999999999999999999"[..], b"-1", b"x"] {
        refused(Layer::new().pax(&[("size", size)]).file("x", b"abc"));
    }
    // A size record that lies about the data: what follows is no header any more.
    refused(Layer::new().pax(&[("size", b"1")]).file("x", &[b'x'; 2000]));
}

#[test]
fn sparse_bombs_cost_nothing() {
    let map = b"0,0,1152921504606846975,1";
    for size in [
        "1152921504606846976",
        "18446744073709551615",
        "9223372036854775807",
    ] {
        let error = refused(
            Layer::new()
                .pax(&[
                    ("GNU.sparse.size", size.as_bytes()),
                    ("GNU.sparse.map", map),
                ])
                .file("bomb", b"x"),
        );
        assert!(!matches!(error, Error::Cancelled), "{error}");
    }
    for map in [
        "5,5,0,5",
        "0,10,5,10",
        "0,18446744073709551615",
        "1,18446744073709551615",
        "0,1",
    ] {
        refused(
            Layer::new()
                .pax(&[
                    ("GNU.sparse.size", b"20"),
                    ("GNU.sparse.map", map.as_bytes()),
                ])
                .file("bomb", b"0123456789"),
        );
    }
}

#[test]
fn a_bomb_is_stopped_by_its_ratio() {
    let limits = Limits {
        inflated_base: 1 << 20,
        inflated_ratio: 10,
        ..Limits::default()
    };
    let layer = Layer::new().file("zeros", &vec![0; 64 << 20]).done();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&layer).unwrap();
    let bombs = [
        gzip.finish().unwrap(),
        zstd::encode_all(&layer[..], 3).unwrap(),
    ];
    for bomb in bombs {
        let root = Root::with(limits.clone());
        let config = config(std::slice::from_ref(&layer));
        let error = root
            .load(&docker_archive_of("app", &config, &[bomb]))
            .unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
        root.assert_clean();
    }
}

#[test]
fn the_reserve_of_the_disk_is_not_touched() {
    let root = Root::with(Limits {
        reserve: u64::MAX / 2,
        ..Limits::default()
    });
    let layer = Layer::new().file("a", &vec![1; 1 << 20]).done();
    let error = root.load(&docker_archive("app", &[layer])).unwrap_err();
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
    root.assert_clean();
}

#[test]
fn too_many_entries_are_refused() {
    let root = Root::with(Limits {
        entries: 10,
        ..Limits::default()
    });
    let layer = (0..20)
        .fold(Layer::new(), |layer, at| layer.file(&format!("f{at}"), b""))
        .done();
    let error = root.load(&docker_archive("app", &[layer])).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
}

#[test]
fn lying_digests_are_caught() {
    let layer = Layer::new().file("a", b"a").done();
    let other = Layer::new().file("a", b"b").done();
    let root = Root::new();
    let error = root.load(&docker_archive_of(
        "app",
        &config(&[other]),
        std::slice::from_ref(&layer),
    ));
    let Err(Error::DigestMismatch { expected, got, .. }) = error else {
        panic!("{error:?}")
    };
    assert_ne!(expected, got);
    assert_eq!(got, Digest::of(&layer));

    let archive = gantry_pack::Archive::Oci(gantry_pack::Compression::Gzip)
        .to_vec(&gantry_pack::fixtures::several().unwrap())
        .unwrap();
    let blob = archive
        .windows(13)
        .position(|window| window == b"blobs/sha256/")
        .unwrap();
    let mut renamed = archive.clone();
    renamed[blob + 13] = if renamed[blob + 13] == b'0' {
        b'1'
    } else {
        b'0'
    };
    let header = blob / 512 * 512;
    let mut fixed = tar::Header::from_byte_slice(&renamed[header..header + 512]).clone();
    fixed.set_cksum();
    renamed[header..header + 512].copy_from_slice(fixed.as_bytes());
    let error = root.load(&renamed).unwrap_err();
    assert!(matches!(error, Error::DigestMismatch { .. }), "{error}");
    root.assert_clean();
}

#[test]
fn every_flipped_byte_is_noticed_or_harmless() {
    let layer = Layer::new().file("a", &[b'a'; 600]).done();
    let archive = docker_archive("app", &[layer]);
    let root = Root::new();
    let good = root.load_one(&archive);
    for at in (0..archive.len()).step_by(97) {
        let mut bad = archive.clone();
        bad[at] ^= 0x20;
        let root = Root::new();
        if let Ok(loaded) = root.load(&bad) {
            // Only the name of the image, or what tar ignores, may have changed.
            assert_eq!(loaded[0].id, good, "{at}");
        } else {
            root.assert_clean();
        }
    }
}

#[test]
fn a_cut_is_called_a_cut() {
    let layers = [
        Layer::new().file("a", &[b'a'; 3000]).done(),
        Layer::new().file("b", b"b").done(),
    ];
    let plain = docker_archive("app", &layers);
    // What lies between the last document and the end of the zeros may be missing.
    let content = plain.len() - 1024;
    let root = Root::new();
    for length in (1..content).step_by(311).chain([512, 1024, content - 512]) {
        let error = root.load(&plain[..length]).unwrap_err();
        let cut = matches!(error, Error::Truncated { .. })
            || (length < 512 && matches!(error, Error::NotAnImage(_)));
        assert!(cut, "{length}: {error}");
    }
    root.assert_clean();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    let zstd = zstd::encode_all(&plain[..], 1).unwrap();
    for packed in [gzip.finish().unwrap(), zstd] {
        for length in (20..packed.len()).step_by(37) {
            let error = root.load(&packed[..length]).unwrap_err();
            assert!(
                matches!(error, Error::Truncated { .. }),
                "{length}: {error}"
            );
        }
        let file = root.folder.path().join("cut");
        fs::write(&file, &packed[..packed.len() - 9]).unwrap();
        let error = root
            .store
            .load_path(&file, &(), &CancelFlag::new())
            .unwrap_err();
        assert!(matches!(error, Error::Truncated { .. }), "{error}");
    }
    root.assert_clean();
}

#[test]
fn a_manifest_that_names_what_is_not_there_is_refused() {
    let root = Root::new();
    let layer = Layer::new().file("a", b"a").done();
    let config = config(std::slice::from_ref(&layer));
    for manifest in [
        r#"[{"Config": "c.json", "Layers": ["missing/layer.tar"]}]"#,
        r#"[{"Config": "missing.json", "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": "../../../etc/passwd", "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": "c.json", "Layers": ["c.json"]}]"#,
        r#"[{"Config": "l/layer.tar", "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": "c.json", "Layers": []}]"#,
        r#"[{"Config": "c.json", "Layers": ["l/layer.tar", "l/layer.tar"]}]"#,
        r#"[{"Config": "c.json", "RepoTags": ["Not/A:Name"], "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": 7}]"#,
        "[]",
        "{}",
        "null",
        "[[[[[[",
    ] {
        let archive = tar_of([
            ("l/layer.tar", layer.as_slice()),
            ("c.json", &config),
            ("manifest.json", manifest.as_bytes()),
        ]);
        let error = root.load(&archive).unwrap_err();
        assert!(
            matches!(
                error,
                Error::Missing { .. }
                    | Error::Invalid { .. }
                    | Error::Reference { .. }
                    | Error::NotAnImage(_)
            ),
            "{manifest}: {error}"
        );
    }
    root.assert_clean();
}

#[test]
fn indexes_without_end_are_refused() {
    let root = Root::new();
    // An index cannot contain its own digest: the longest chain is what the archive holds.
    let mut blobs: Vec<(String, Vec<u8>)> = Vec::new();
    let media_type = "application/vnd.oci.image.index.v1+json";
    let mut inner = serde_json::json!({"schemaVersion": 2, "manifests": []})
        .to_string()
        .into_bytes();
    for _ in 0..50 {
        let digest = Digest::of(&inner);
        let size = inner.len();
        blobs.push((format!("blobs/sha256/{}", digest.to_hex()), inner));
        let descriptor =
            serde_json::json!({"mediaType": media_type, "digest": digest, "size": size});
        let many = vec![descriptor; 3];
        inner = serde_json::json!({"schemaVersion": 2, "manifests": many})
            .to_string()
            .into_bytes();
    }
    blobs.push(("index.json".to_owned(), inner));
    let archive = tar_of(
        blobs
            .iter()
            .map(|(path, content)| (path.as_str(), content.as_slice())),
    );
    assert!(root.load(&archive).is_err());
    root.assert_clean();
}

#[test]
fn documents_are_bounded() {
    let limits = Limits {
        document: 10_000,
        documents: 30_000,
        ..Limits::default()
    };
    let root = Root::with(limits);
    let huge = vec![b' '; 20_000];
    let error = root
        .load(&tar_of([("manifest.json", huge.as_slice())]))
        .unwrap_err();
    assert!(
        matches!(error, Error::NotAnImage(_) | Error::TooLarge { .. }),
        "{error}"
    );
    let many: Vec<(String, Vec<u8>)> = (0..10)
        .map(|at| (format!("{at}.json"), vec![b' '; 9000]))
        .collect();
    let archive = tar_of(
        many.iter()
            .map(|(path, content)| (path.as_str(), content.as_slice())),
    );
    assert!(root.load(&archive).is_err());
}

#[test]
fn members_of_the_archive_itself_never_reach_the_disk() {
    let root = Root::new();
    let archive = Layer::new()
        .file("../pwned", b"x")
        .symlink("l", "/etc")
        .file("l/pwned", b"x")
        .raw(EntryType::Char, b"device", b"", |_| ())
        .file("blobs/sha256/../../pwned", b"x")
        .done();
    assert!(root.load(&archive).is_err());
    assert!(!root.folder.path().join("pwned").exists());
    let error = root
        .load(&tar_of([("blobs/sha256/short", b"x".as_slice())]))
        .unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }), "{error}");
    root.assert_clean();
}
