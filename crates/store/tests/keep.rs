//! What the store keeps, under which names, and what it lets go.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;

use common::{Layer, Root, docker_archive};
use gantry_oci::{Compression, Digest};
use gantry_store::{
    CancelFlag, CommitRequest, Error, InUse, RemoveOptions, Removed, SaveRequest, Target, UpperDir,
};

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
    store.sweep(&InUse::default()).unwrap();
    for image in after {
        assert!(Root::has_layers(&store, &image.id));
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
fn an_image_that_a_container_stands_on_stays_out_of_sight() {
    let root = Root::new();
    let archive = docker_archive("app", &[Layer::new().file("a", b"a").done()]);
    let id = root.load_one(&archive);
    let image = root.store.image(&id).unwrap();
    let in_use = InUse {
        images: [id].into(),
        layers: image.layers.iter().copied().collect(),
        everything: false,
    };
    let options = RemoveOptions {
        keep: in_use.clone(),
        ..Default::default()
    };
    root.store.remove("app", options).unwrap();
    assert!(root.store.images().unwrap().is_empty());
    for name in ["app", &id.to_string(), &id.short()] {
        assert!(root.store.resolve(name).is_err(), "{name}");
    }
    assert!(root.store.image(&id).is_err());
    assert_eq!(root.store.layer_dirs(&image.layers).unwrap().len(), 1);
    // So it is for the next process, whatever it removes meanwhile.
    let store = gantry_store::Store::open(&root.path()).unwrap();
    store.sweep(&in_use).unwrap();
    assert!(store.keeps(&id));
    assert!(
        store.layer_dirs(&image.layers).unwrap()[0]
            .join("a")
            .exists()
    );
    assert_eq!(*store.config(&id).unwrap(), *image.config);
    // Loading it again makes it one like others; removing it, one that is kept.
    store.load(&archive[..], &(), &CancelFlag::new()).unwrap();
    assert!(!store.keeps(&id) && store.resolve("app").is_ok());
    let options = RemoveOptions {
        keep: in_use,
        ..Default::default()
    };
    store.remove("app", options).unwrap();
    store.release(&InUse::default()).unwrap();
    assert!(!store.keeps(&id) && store.layer_dirs(&image.layers).is_err());
    root.assert_clean();
}

#[test]
fn a_commit_on_a_removed_image_is_whole() {
    let root = Root::new();
    let id = root.load_one(&docker_archive(
        "app",
        &[Layer::new().file("a", b"a").done()],
    ));
    let image = root.store.image(&id).unwrap();
    let options = RemoveOptions {
        keep: InUse {
            images: [id].into(),
            layers: image.layers.iter().copied().collect(),
            everything: false,
        },
        ..Default::default()
    };
    root.store.remove("app", options).unwrap();
    let upper = root.folder.path().join("upper");
    fs::create_dir(&upper).unwrap();
    fs::write(upper.join("b"), b"b").unwrap();
    let request = CommitRequest {
        parent: Some(id),
        upper: UpperDir(upper),
        paths: Vec::new(),
        config: (*image.config).clone(),
        author: String::new(),
        comment: String::new(),
        created_by: "sh".to_owned(),
        names: vec!["made:1".parse().unwrap()],
        compression: Compression::Gzip,
    };
    let made = root
        .store
        .commit(&request, &(), &CancelFlag::new())
        .unwrap();
    root.store.release(&InUse::default()).unwrap();
    let made = root.store.image(&made).unwrap();
    assert_eq!((made.layers.len(), made.parent), (2, None));
    assert_eq!(made.config.history.len(), image.config.history.len() + 1);
    // It travels.
    let mut archive = Vec::new();
    let save = SaveRequest {
        images: vec![Target::Id(made.id)],
        ..Default::default()
    };
    root.store
        .save(&save, &mut archive, &(), &CancelFlag::new())
        .unwrap();
    let other = Root::new();
    assert_eq!(other.load_one(&archive), made.id);
    assert_eq!(fs::read(other.layer(&made.id, 0).join("a")).unwrap(), b"a");
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
    store.sweep(&InUse::default()).unwrap();
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
        assert!(Root::has_layers(&root.store, &id));
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
