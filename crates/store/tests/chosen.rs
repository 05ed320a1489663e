//! What a container changed, one folder at a time, and images of chosen changes.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::path::PathBuf;

use common::{Layer, Root, docker_archive};
use gantry_oci::{Compression, ImageId};
use gantry_store::{CancelFlag, ChangeKind, CommitRequest, UpperDir};

/// An image with two files in `etc`, and an upper directory that changed one of them, removed the
/// other and added more.
fn changed() -> (Root, ImageId, PathBuf) {
    let root = Root::new();
    let layer = Layer::new()
        .dir("etc/", 0o755)
        .file("etc/kept", b"kept")
        .file("etc/gone", b"four")
        .done();
    let id = root.load_one(&docker_archive("app", &[layer]));
    let upper = root.folder.path().join("upper");
    fs::create_dir_all(upper.join("etc")).unwrap();
    fs::create_dir_all(upper.join("srv/deep")).unwrap();
    fs::write(upper.join("etc/kept"), "changed").unwrap();
    fs::write(upper.join("etc/new"), "new").unwrap();
    fs::write(upper.join("srv/deep/file"), "file").unwrap();
    let (kind, mode) = (
        rustix::fs::FileType::CharacterDevice,
        rustix::fs::Mode::RUSR,
    );
    rustix::fs::mknodat(rustix::fs::CWD, upper.join("etc/gone"), kind, mode, 0).unwrap();
    (root, id, upper)
}

#[test]
fn the_changes_of_one_folder_are_those_of_all_that_lie_in_it() {
    let (root, id, upper) = changed();
    let upper = UpperDir(upper);
    let layers = root.store.image(&id).unwrap().layers;
    let all = root.store.changes_of(&upper, &layers).unwrap();
    let here = root.store.changes_in(&upper, &layers, "/etc/").unwrap();
    let seen: Vec<_> = here
        .iter()
        .map(|change| {
            let path = String::from_utf8_lossy(&change.path).into_owned();
            (path, change.kind, change.size, change.before)
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("/etc/gone".to_owned(), ChangeKind::Deleted, 0, 4),
            ("/etc/kept".to_owned(), ChangeKind::Modified, 7, 4),
            ("/etc/new".to_owned(), ChangeKind::Added, 3, 0),
        ]
    );
    assert!(here.iter().all(|change| all.contains(change)));
    assert_eq!(
        root.store
            .changes_in(&upper, &layers, "srv/deep")
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        root.store.changes_in(&upper, &layers, "nowhere").unwrap(),
        []
    );
}

#[test]
fn an_image_gets_only_the_chosen_changes() {
    let (root, id, upper) = changed();
    let paths = |paths: &[&str]| {
        let request = CommitRequest {
            parent: Some(id),
            upper: UpperDir(upper.clone()),
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            config: (*root.store.image(&id).unwrap().config).clone(),
            author: String::new(),
            comment: String::new(),
            created_by: String::new(),
            names: Vec::new(),
            compression: Compression::Gzip,
        };
        let made = root.store.commit(&request, &(), &CancelFlag::new());
        let made = root.store.image(&made.unwrap()).unwrap();
        let layer = root.store.layer(made.layers.last().unwrap()).unwrap();
        let mut paths = Vec::new();
        let index = layer.entries().unwrap();
        index
            .for_each(|dir, entry| {
                let path = [dir, b"/", &entry.name].concat();
                paths.push(String::from_utf8(path).unwrap());
            })
            .unwrap();
        paths.sort();
        paths.retain(|path| path.len() > 1);
        paths.join(" ")
    };
    assert_eq!(paths(&["/etc/new"]), "/etc etc/new");
    assert_eq!(
        paths(&["etc/gone", "/srv/"]),
        "/etc /srv etc/gone srv/deep srv/deep/file"
    );
    assert_eq!(
        paths(&[]),
        "/etc /srv etc/gone etc/kept etc/new srv/deep srv/deep/file"
    );
}
