//! Archives that no honest tool writes, one by one: what the table of `hostile_table.rs` cannot say,
//! because it looks only at the outcome.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;

use common::{Layer, Root, config, docker_archive, docker_archive_of, tar_of};
use gantry_oci::Digest;
use gantry_store::{CancelFlag, Error, Limits};
use tar::EntryType;

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
fn a_hardlink_to_a_symlink_is_a_second_name_of_the_link_itself() {
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
