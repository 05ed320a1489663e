//! Changes and commits of a real overlay.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Layer, Root, docker_archive, tree};
use gantry_oci::{Compression, ImageConfig, ImageId};
use gantry_store::{CancelFlag, Change, ChangeKind, CommitRequest, UpperDir};
use tar::EntryType;

/// A mounted overlay of an image.
struct Mounted {
    folder: PathBuf,
}

impl Mounted {
    /// Mounts an image, or says why it cannot.
    fn new(root: &Root, id: &ImageId, name: &str) -> Option<Self> {
        let folder = root.folder.path().join(name);
        for part in ["upper", "work", "merged"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        let lower: Vec<String> = root
            .store
            .lower_dirs(id)
            .unwrap()
            .iter()
            .map(|dir| dir.strip_prefix(root.path()).unwrap().display().to_string())
            .collect();
        let in_namespace = !fs::read_to_string("/proc/self/uid_map")
            .unwrap()
            .contains("4294967295");
        let options = format!(
            "lowerdir={},upperdir={},workdir={},redirect_dir=off,metacopy=off,index=off{}",
            lower.join(":"),
            folder.join("upper").display(),
            folder.join("work").display(),
            if in_namespace { ",userxattr" } else { "" },
        );
        let mounted = Command::new("mount")
            .args(["-t", "overlay", "overlay", "-o", &options])
            .arg(folder.join("merged"))
            .current_dir(root.path())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            println!("skipped: overlay cannot be mounted here");
        }
        mounted.then_some(Self { folder })
    }

    fn path(&self) -> PathBuf {
        self.folder.join("merged")
    }

    fn upper(&self) -> UpperDir {
        UpperDir(self.folder.join("upper"))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path()).status();
    }
}

fn base() -> Vec<Vec<u8>> {
    let low = Layer::new()
        .dir("etc", 0o755)
        .file("etc/conf", b"conf")
        .file("etc/gone", b"gone")
        .dir("data", 0o755)
        .file("data/old1", b"1")
        .file("data/old2", b"2")
        .dir("opt", 0o755)
        .file("opt/same", b"same")
        .raw(EntryType::Directory, b"tmp", b"", |header| {
            header.set_mode(0o1777);
        })
        .file("kind", b"file")
        .done();
    let high = Layer::new()
        .file("etc/more", b"more")
        .file("tmp/x", b"x")
        .done();
    vec![low, high]
}

fn request(parent: ImageId, upper: UpperDir, name: &str) -> CommitRequest {
    CommitRequest {
        parent: Some(parent),
        upper,
        paths: Vec::new(),
        config: ImageConfig::default(),
        author: "me".to_owned(),
        comment: "a comment".to_owned(),
        created_by: "sh".to_owned(),
        names: vec![name.parse().unwrap()],
        compression: Compression::Gzip,
    }
}

fn lines(changes: &[Change]) -> Vec<String> {
    let letter = |kind| match kind {
        ChangeKind::Modified => 'C',
        ChangeKind::Added => 'A',
        ChangeKind::Deleted => 'D',
    };
    let line = |change: &Change| {
        format!(
            "{} {}",
            letter(change.kind),
            String::from_utf8_lossy(&change.path)
        )
    };
    changes.iter().map(line).collect()
}

fn change_everything(merged: &Path) {
    fs::write(merged.join("etc/conf"), b"changed").unwrap();
    fs::remove_file(merged.join("etc/gone")).unwrap();
    fs::remove_dir_all(merged.join("data")).unwrap();
    fs::create_dir(merged.join("data")).unwrap();
    fs::write(merged.join("data/new"), b"new").unwrap();
    fs::create_dir_all(merged.join("added/deep")).unwrap();
    fs::write(merged.join("added/deep/file"), vec![9; 300_000]).unwrap();
    fs::hard_link(merged.join("added/deep/file"), merged.join("tmp/hard")).unwrap();
    symlink("../x", merged.join("added/link")).unwrap();
    fs::remove_file(merged.join("kind")).unwrap();
    fs::create_dir(merged.join("kind")).unwrap();
    fs::set_permissions(
        merged.join("added/deep/file"),
        fs::Permissions::from_mode(0o4711),
    )
    .unwrap();
    xattr::set(merged.join("added/deep/file"), "user.note", b"\x00\xff").unwrap();
    // Copied up and given back its time: nothing has changed.
    let file = fs::File::options()
        .write(true)
        .open(merged.join("opt/same"))
        .unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(common::TIME))
        .unwrap();
}

const CHANGED: [&str; 15] = [
    "A /added",
    "A /added/deep",
    "A /added/deep/file",
    "A /added/link",
    "C /data",
    "A /data/new",
    "D /data/old1",
    "D /data/old2",
    "C /etc",
    "C /etc/conf",
    "D /etc/gone",
    "C /kind",
    "C /tmp",
    "A /tmp/hard",
    "",
];

#[test]
fn changes_are_those_of_docker_diff() {
    let root = Root::new();
    let id = root.load_one(&docker_archive("base", &base()));
    let Some(mounted) = Mounted::new(&root, &id, "c1") else {
        return;
    };
    assert!(
        root.store
            .changes(&mounted.upper(), &id)
            .unwrap()
            .is_empty()
    );
    change_everything(&mounted.path());
    let changes = root.store.changes(&mounted.upper(), &id).unwrap();
    assert_eq!(lines(&changes), CHANGED[..14]);
    let file = changes
        .iter()
        .find(|change| change.path == b"/added/deep/file")
        .unwrap();
    assert_eq!(file.size, 300_000);
}

#[test]
fn a_commit_shows_what_the_container_saw() {
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
        let root = Root::new();
        let id = root.load_one(&docker_archive("base", &base()));
        let Some(mounted) = Mounted::new(&root, &id, "c1") else {
            return;
        };
        change_everything(&mounted.path());
        let request = CommitRequest {
            compression,
            ..request(id, mounted.upper(), "child:1")
        };
        let child = root
            .store
            .commit(&request, &(), &CancelFlag::new())
            .unwrap();
        assert_eq!(root.store.resolve("child:1").unwrap(), child);
        let again = Mounted::new(&root, &child, "c2").unwrap();
        let seen = tree(&mounted.path());
        assert_eq!(tree(&again.path()), seen);

        // And after it has travelled.
        let mut archive = Vec::new();
        let wish = gantry_store::SaveRequest {
            images: vec![gantry_store::Target::Name("child:1".parse().unwrap())],
            ..Default::default()
        };
        root.store
            .save(&wish, &mut archive, &(), &CancelFlag::new())
            .unwrap();
        let other = Root::new();
        assert_eq!(other.load_one(&archive), child);
        let travelled = Mounted::new(&other, &child, "c3").unwrap();
        assert_eq!(tree(&travelled.path()), seen);
        drop((mounted, again, travelled));
        root.assert_clean();
    }
}

#[test]
fn history_and_config_of_a_commit() {
    let root = Root::new();
    let id = root.load_one(&docker_archive("base", &base()));
    let upper = root.folder.path().join("upper");
    fs::create_dir(&upper).unwrap();
    fs::write(upper.join("f"), b"f").unwrap();
    let mut wish = request(id, UpperDir(upper.clone()), "child:1");
    wish.config = (*root.store.image(&id).unwrap().config).clone();
    let child = root.store.commit(&wish, &(), &CancelFlag::new()).unwrap();
    let image = root.store.image(&child).unwrap();
    assert_eq!(image.parent, Some(id));
    assert_eq!(image.layers.len(), 3);
    assert_eq!(
        image.config.config,
        root.store.image(&id).unwrap().config.config
    );
    assert_eq!(image.platform.architecture, "amd64");
    let history = root.store.history(&child).unwrap();
    assert_eq!(history.len(), 3);
    assert_eq!((history[0].id, history[0].size), (Some(child), 1));
    assert_eq!((history[1].id, history[2].id), (Some(id), None));
    assert_eq!(
        (history[0].created_by.as_str(), history[0].comment.as_str()),
        ("sh", "a comment")
    );

    // Nothing new: no layer, as with Docker.
    fs::remove_file(upper.join("f")).unwrap();
    let empty = root.store.commit(
        &request(child, UpperDir(upper), "empty:1"),
        &(),
        &CancelFlag::new(),
    );
    let empty = empty.unwrap();
    assert_eq!(root.store.image(&empty).unwrap().layers.len(), 3);
    assert!(root.store.history(&empty).unwrap()[0].empty_layer);

    // A parent is not removed while a child is here, and goes with the last child.
    let options = gantry_store::RemoveOptions::default;
    let refused = root.store.remove(&id.to_string(), options()).unwrap_err();
    assert!(
        refused.to_string().contains("dependent child images"),
        "{refused}"
    );
    root.store.remove("base", options()).unwrap();
    assert!(root.store.image(&id).is_ok());
    root.store.remove("empty:1", options()).unwrap();
    let removed = root.store.remove("child:1", options()).unwrap();
    assert!(removed.contains(&gantry_store::Removed::Deleted(id.to_string())));
    root.assert_clean();
}

#[test]
fn the_same_commit_twice_shares_its_layer() {
    let root = Root::new();
    let id = root.load_one(&docker_archive("base", &base()));
    let upper = root.folder.path().join("upper");
    fs::create_dir(&upper).unwrap();
    fs::write(upper.join("f"), b"f").unwrap();
    let one = root.store.commit(
        &request(id, UpperDir(upper.clone()), "a"),
        &(),
        &CancelFlag::new(),
    );
    let two = root
        .store
        .commit(&request(id, UpperDir(upper), "b"), &(), &CancelFlag::new());
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(one, two);
    let layers = |id| root.store.image(id).unwrap().layers;
    assert_eq!(layers(&one), layers(&two));
    let usage = root.store.disk_usage().unwrap();
    assert!(
        usage.images.iter().all(|image| image.unique <= 1),
        "{usage:?}"
    );
    assert_eq!(usage.images.len(), 3);
}

#[test]
fn what_a_layer_cannot_hold_is_left_out() {
    let root = Root::new();
    let id = root.load_one(&docker_archive("base", &base()));
    let upper = root.folder.path().join("upper");
    fs::create_dir(&upper).unwrap();
    fs::write(upper.join(".wh.etc"), b"would remove etc").unwrap();
    fs::write(upper.join("ok"), b"ok").unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(upper.join("socket")).unwrap();
    let child = root
        .store
        .commit(&request(id, UpperDir(upper), "c"), &(), &CancelFlag::new());
    let folder = root.layer(&child.unwrap(), 2);
    assert_eq!(
        tree(&folder).into_keys().collect::<Vec<_>>(),
        [b"ok".to_vec()]
    );
    assert_eq!(fs::metadata(folder).unwrap().mode() & 0o777, 0o755);
}

#[test]
fn a_sparse_file_stays_sparse_through_commit_save_and_load() {
    const SIZE: u64 = 64 << 20;
    let root = Root::new();
    let id = root.load_one(&docker_archive("app", &base()));
    let upper = root.folder.path().join("upper");
    fs::create_dir(&upper).unwrap();
    let file = fs::File::create(upper.join("sparse")).unwrap();
    file.set_len(SIZE).unwrap();
    let write = |at: u64| std::os::unix::fs::FileExt::write_all_at(&file, &[7; 5000], at).unwrap();
    write(0);
    write(SIZE / 2);
    let request = request(id, UpperDir(upper), "sparse:1");
    let id = root
        .store
        .commit(&request, &(), &CancelFlag::new())
        .unwrap();
    let mut archive = Vec::new();
    let save = gantry_store::SaveRequest {
        images: vec![gantry_store::Target::Id(id)],
        ..Default::default()
    };
    root.store
        .save(&save, &mut archive, &(), &CancelFlag::new())
        .unwrap();
    assert!(archive.len() < 1 << 20, "{} bytes", archive.len());
    let other = Root::new();
    assert_eq!(other.load_one(&archive), id);
    for store in [&root, &other] {
        let found = store.layer(&id, 2).join("sparse");
        let metadata = fs::metadata(&found).unwrap();
        assert_eq!(metadata.len(), SIZE);
        assert!(metadata.blocks() * 512 < SIZE / 8, "{}", metadata.blocks());
        let content = fs::read(found).unwrap();
        let sum: u64 = content.iter().copied().map(u64::from).sum();
        assert_eq!(sum, 7 * 10_000);
        assert_eq!(content[usize::try_from(SIZE / 2).unwrap()], 7);
    }
}
