//! What the store keeps, under which names, and what it lets go.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;

use common::{Layer, Root, docker_archive};
use gantry_oci::Digest;
use gantry_store::{Error, Removed};

#[test]
fn the_store_is_the_same_after_it_was_opened_again() {
    let root = Root::new();
    let images = gantry_pack::fixtures::several().unwrap();
    root.load(&gantry_pack::Archive::Docker.to_vec(&images).unwrap())
        .unwrap();
    let before = root.store.images().unwrap();
    let reopened = || gantry_store::Store::open(&root.path()).unwrap();
    let store = reopened();
    let after = store.images().unwrap();
    assert_eq!(format!("{before:?}"), format!("{after:?}"));
    // The database is only an index.
    drop(store);
    fs::write(root.path().join("gantry.db"), b"no database at all").unwrap();
    let store = reopened();
    assert_eq!(
        format!("{before:?}"),
        format!("{:?}", store.images().unwrap())
    );
    store
        .sweep_layers(&std::collections::BTreeSet::new())
        .unwrap();
    for image in after {
        assert!(
            store
                .lower_dirs(&image.id)
                .unwrap()
                .iter()
                .all(|dir| dir.is_dir())
        );
    }
}

#[test]
fn a_name_moves_to_the_newer_image() {
    let root = Root::new();
    let first = root.load_one(&docker_archive(
        "app",
        &[Layer::new().file("a", b"1").done()],
    ));
    let second = root
        .load(&docker_archive(
            "app",
            &[Layer::new().file("a", b"2").done()],
        ))
        .unwrap();
    assert_eq!(second[0].replaced.len(), 1);
    assert_eq!(second[0].replaced[0].1, first);
    assert_eq!(root.store.resolve("app").unwrap(), second[0].id);
    assert!(root.store.image(&first).unwrap().names.is_empty());
}

#[test]
fn removing_is_told_in_dockers_words() {
    let root = Root::new();
    let base = Layer::new().file("a", b"a").done();
    let first = root.load_one(&docker_archive("app:1", std::slice::from_ref(&base)));
    let top = Layer::new().file("b", b"b").done();
    let second = root.load_one(&docker_archive("app:2", &[base.clone(), top.clone()]));
    root.store
        .tag(&second, &"other:x".parse().unwrap())
        .unwrap();

    let options = gantry_store::RemoveOptions::default;
    let plan = root.store.plan_remove("other:x", options()).unwrap();
    assert!(!plan.deletes && !plan.by_id);
    let conflict = root.store.remove(&second.short(), options()).unwrap_err();
    assert!(
        conflict
            .to_string()
            .contains("(must be forced) - image is referenced in multiple")
    );
    assert_eq!(
        root.store.remove("other:x", options()).unwrap(),
        [Removed::Untagged("other:x".to_owned())]
    );
    let layers = [Digest::of(&base), Digest::of(&top)].map(gantry_oci::DiffId);
    let chain = gantry_oci::ChainId::stack(&layers)[1];
    assert_eq!(
        root.store.remove(&second.to_hex()[..5], options()).unwrap(),
        [
            Removed::Untagged("app:2".to_owned()),
            Removed::Deleted(second.to_string()),
            Removed::Deleted(chain.to_string()),
        ]
    );
    root.store.remove("app:1", options()).unwrap();
    assert!(matches!(
        root.store.resolve(&first.to_string()),
        Err(Error::NoSuchImage(_))
    ));
    root.assert_clean();
}

#[test]
fn layers_that_containers_need_stay() {
    let root = Root::new();
    let id = root.load_one(&docker_archive(
        "app",
        &[Layer::new().file("a", b"a").done()],
    ));
    let layers = root.store.image(&id).unwrap().layers;
    let options = gantry_store::RemoveOptions {
        keep_layers: layers.iter().copied().collect(),
        ..Default::default()
    };
    root.store.remove("app", options).unwrap();
    assert_eq!(root.store.layer_dirs(&layers).unwrap().len(), 1);
    let store = gantry_store::Store::open(&root.path()).unwrap();
    assert!(store.layer_dirs(&layers).unwrap()[0].join("a").exists());
    store
        .sweep_layers(&std::collections::BTreeSet::new())
        .unwrap();
    assert!(store.layer_dirs(&layers).is_err());
}

#[test]
fn what_a_crash_left_is_swept() {
    let root = Root::new();
    root.load_one(&docker_archive(
        "app",
        &[Layer::new().file("a", b"a").done()],
    ));
    let debris = Digest::of(b"debris").to_hex();
    let folders = [
        "staging/1-0/layer-0/diff/deep",
        "trash/1-7/x",
        &format!("layers/{debris}/diff"),
    ];
    for folder in folders {
        fs::create_dir_all(root.path().join(folder)).unwrap();
    }
    fs::write(root.path().join("blobs/sha256").join(&debris), b"debris").unwrap();
    fs::write(root.path().join("images.json.new"), b"{\"half").unwrap();
    let store = gantry_store::Store::open(&root.path()).unwrap();
    store
        .sweep_layers(&std::collections::BTreeSet::new())
        .unwrap();
    root.assert_clean();
    assert_eq!(fs::read_dir(root.path().join("layers")).unwrap().count(), 1);
    assert_eq!(
        fs::read_dir(root.path().join("blobs/sha256"))
            .unwrap()
            .count(),
        3
    );
    assert_eq!(store.images().unwrap().len(), 1);
}

#[test]
fn several_loads_at_once_do_not_hurt_each_other() {
    let root = Root::new();
    let base = Layer::new().file("base", &vec![3; 1 << 20]).done();
    let archives: Vec<_> = (0..6)
        .map(|at| {
            let top = Layer::new()
                .file("top", format!("{}", at % 3).as_bytes())
                .done();
            docker_archive(&format!("app:{at}"), &[base.clone(), top])
        })
        .collect();
    std::thread::scope(|scope| {
        for archive in &archives {
            scope.spawn(|| root.load_one(archive));
        }
        scope.spawn(|| {
            for _ in 0..20 {
                let _ = root
                    .store
                    .remove("app:0", gantry_store::RemoveOptions::default());
                std::thread::yield_now();
            }
        });
    });
    for at in 1..6 {
        let id = root.store.resolve(&format!("app:{at}")).unwrap();
        assert!(
            root.store
                .lower_dirs(&id)
                .unwrap()
                .iter()
                .all(|dir| dir.is_dir())
        );
        assert_eq!(
            fs::read(root.layer(&id, 1).join("top")).unwrap(),
            format!("{}", at % 3).as_bytes()
        );
    }
    root.assert_clean();
}

#[test]
fn ids_are_found_by_prefix_and_ambiguity_is_told() {
    let root = Root::new();
    for number in 0..40 {
        let layer = Layer::new()
            .file("a", format!("{number}").as_bytes())
            .done();
        root.load_one(&docker_archive("", &[layer]));
    }
    let images = root.store.images().unwrap();
    let ambiguous = images.iter().filter(|image| {
        matches!(
            root.store.resolve(&image.id.to_hex()[..1]),
            Err(Error::AmbiguousPrefix { .. })
        )
    });
    assert!(ambiguous.count() > 0);
    for image in &images {
        let hex = image.id.to_hex();
        for text in [
            hex.clone(),
            format!("sha256:{hex}"),
            hex[..12].to_owned(),
            format!("sha256:{}", &hex[..12]),
        ] {
            assert_eq!(root.store.resolve(&text).unwrap(), image.id, "{text}");
        }
    }
    assert!(matches!(
        root.store.resolve("nothing"),
        Err(Error::NoSuchImage(_))
    ));
}
