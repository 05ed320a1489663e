//! Images: load, list, history, tag, remove.

use gantry_pack::hostile::{Raw, around};
use gantry_pack::{Archive, Compression, fixtures};
use gantry_tests::{Engine, as_root_and_as_user, http};

as_root_and_as_user!(
    a_parent_without_a_name_goes_along_unless_it_is_to_stay,
    every_form_of_archive_gives_the_same_image,
    an_archive_on_standard_input_is_loaded,
    compressed_archives_are_loaded,
    several_images_in_one_archive,
    the_list_names_sizes_and_filters,
    history_tells_each_step,
    inspect_repeats_the_config,
    tagging_and_untagging,
    images_in_use_are_refused_or_forced,
    what_a_user_namespace_cannot_hold_is_told,
    id_prefixes_find_an_image,
    layers_hide_replace_and_delete,
    another_architecture_is_named,
    dangling_images_are_pruned,
);

fn a_parent_without_a_name_goes_along_unless_it_is_to_stay(engine: &Engine) {
    let all = || {
        engine
            .docker(&["images", "--all", "--quiet", "--no-trunc"])
            .ok()
    };
    let commit = |image: &str, name: &[&str]| {
        let run = [
            "run",
            "--name",
            "box",
            "--network",
            "none",
            image,
            "touch",
            "/new",
        ];
        engine.docker(&run).ok();
        let made = engine.docker(&[&["commit", "box"], name].concat()).ok();
        engine.docker(&["rm", "box"]).ok();
        made
    };
    for (query, stays) in [("?noprune=1", true), ("", false)] {
        let parent = commit("busybox", &[]);
        commit(&parent, &["child:1"]);
        let head = format!("DELETE /images/child:1{query} HTTP/1.1\nConnection: close");
        assert_eq!(http::send(engine, &head, b"").status, 200);
        assert_eq!(all().contains(&parent), stays, "{query}");
        if stays {
            engine.docker(&["rmi", &parent]).ok();
        }
    }
}

fn load(engine: &Engine, name: &str, archive: Archive) -> String {
    let images = [fixtures::busybox(name).unwrap()];
    let file = engine.write("image.tar", archive.to_vec(&images).unwrap());
    engine.docker(&["load", "-i", file.to_str().unwrap()]).ok()
}

fn every_form_of_archive_gives_the_same_image(engine: &Engine) {
    let id = engine.inspect("busybox", ".Id");
    for (number, archive) in [
        Archive::DockerOld,
        Archive::Docker,
        Archive::Oci(Compression::None),
        Archive::Oci(Compression::Gzip),
        Archive::Oci(Compression::Zstd),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("form{number}:latest");
        assert_eq!(
            load(engine, &name, archive),
            format!("Loaded image: {name}")
        );
        assert_eq!(engine.inspect(&name, ".Id"), id, "{archive:?}");
        assert_eq!(
            engine.docker(&["run", "--rm", &name, "echo", "runs"]).ok(),
            "runs"
        );
    }
}

fn an_archive_on_standard_input_is_loaded(engine: &Engine) {
    let images = [fixtures::busybox("piped:latest").unwrap()];
    let mut load = engine.start_docker(&["load"]);
    let bytes = Archive::Docker.to_vec(&images).unwrap();
    std::io::Write::write_all(&mut load.stdin(), &bytes).unwrap();
    assert_eq!(load.finish().ok(), "Loaded image: piped:latest");
}

fn compressed_archives_are_loaded(engine: &Engine) {
    for compression in [Compression::Gzip, Compression::Zstd] {
        let images = [fixtures::busybox("packed:latest").unwrap()];
        let bytes = compression
            .apply(&Archive::Docker.to_vec(&images).unwrap())
            .unwrap();
        let file = engine.write("image.tar.packed", bytes);
        let out = engine.docker(&["load", "-i", file.to_str().unwrap()]).ok();
        assert_eq!(out, "Loaded image: packed:latest", "{compression:?}");
    }
}

fn several_images_in_one_archive(engine: &Engine) {
    engine.load(&fixtures::several().unwrap());
    let out = engine
        .docker(&["images", "--format", "{{.Repository}}:{{.Tag}}"])
        .ok();
    let mut names: Vec<&str> = out.lines().collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "busybox:latest",
            "several/first:1",
            "several/first:stable",
            "several/second:1",
            "several/third:1"
        ]
    );
}

fn the_list_names_sizes_and_filters(engine: &Engine) {
    engine.docker(&["tag", "busybox", "other:1"]).ok();
    let list = |arguments: &[&str]| {
        let base: &[&str] = &["images", "--format", "{{.Repository}}:{{.Tag}} {{.Size}}"];
        engine.docker(&[base, arguments].concat()).ok()
    };
    assert_eq!(list(&[]).lines().count(), 2);
    assert!(
        list(&["busybox"]).starts_with("busybox:latest "),
        "{}",
        list(&["busybox"])
    );
    assert!(
        !list(&["busybox"]).ends_with(" 0B"),
        "{}",
        list(&["busybox"])
    );
    assert_eq!(list(&["--filter", "reference=oth*"]).lines().count(), 1);
    assert_eq!(list(&["nothing"]), "");
}

fn history_tells_each_step(engine: &Engine) {
    engine.load(&[fixtures::whiteouts("layers:latest").unwrap()]);
    let format = "{{.CreatedBy}}|{{.Size}}";
    let out = engine
        .docker(&["history", "--no-trunc", "--format", format, "layers"])
        .ok();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 5, "{out}");
    assert!(lines[0].starts_with("RUN rm -r /swept"), "{out}");
    assert_eq!(lines[3], "CMD [\"sh\"]|0B");
    assert!(
        lines[4].starts_with("ADD busybox.tar /|") && !lines[4].ends_with("|0B"),
        "{out}"
    );
}

fn inspect_repeats_the_config(engine: &Engine) {
    assert_eq!(engine.inspect("busybox", "json .Config.Cmd"), "[\"sh\"]");
    assert_eq!(engine.inspect("busybox", ".Architecture"), "amd64");
    assert_eq!(
        engine.inspect("busybox", "json .RepoTags"),
        "[\"busybox:latest\"]"
    );
    assert_eq!(engine.inspect("busybox", "len .RootFS.Layers"), "1");
    assert!(
        engine
            .inspect("busybox", ".Created")
            .starts_with("2023-11-14T22:13:20")
    );
}

fn tagging_and_untagging(engine: &Engine) {
    engine
        .docker(&["tag", "busybox", "localhost:5000/a/b:v1"])
        .ok();
    let out = engine.docker(&["rmi", "localhost:5000/a/b:v1"]).ok();
    assert_eq!(out, "Untagged: localhost:5000/a/b:v1");
    let err = engine
        .docker(&["tag", "busybox", "Not/Valid"])
        .fails_with(1);
    assert!(err.contains("invalid reference format"), "{err}");
    let err = engine.docker(&["tag", "nothing", "x:y"]).fails_with(1);
    assert!(err.contains("No such image: nothing"), "{err}");
}

fn images_in_use_are_refused_or_forced(engine: &Engine) {
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sleep", "600"])
        .ok();
    let err = engine.docker(&["rmi", "busybox"]).fails_with(1);
    assert!(
        err.contains("conflict") && err.contains("container"),
        "{err}"
    );
    let id = engine.inspect("busybox", ".Id");
    // Forced, the name goes; a running container keeps the image itself.
    engine.docker(&["rmi", "--force", "busybox"]).ok();
    assert_eq!(engine.inspect("box", ".Image"), id);
    engine.docker(&["rm", "--force", "box"]).ok();
    let out = engine.docker(&["rmi", &id]).ok();
    assert!(out.contains(&format!("Deleted: {id}")), "{out}");
    assert_eq!(engine.docker(&["images", "-aq"]).ok(), "");
}

fn id_prefixes_find_an_image(engine: &Engine) {
    let id = engine.inspect("busybox", ".Id");
    let hex = id.strip_prefix("sha256:").unwrap();
    for name in [
        &id,
        hex,
        &hex[..12],
        &hex[..4],
        "busybox",
        "busybox:latest",
        "docker.io/library/busybox",
    ] {
        assert_eq!(
            engine
                .docker(&["image", "inspect", "-f", "{{.Id}}", name])
                .ok(),
            id,
            "{name}"
        );
    }
}

fn layers_hide_replace_and_delete(engine: &Engine) {
    engine.load(&[fixtures::whiteouts("layers:latest").unwrap()]);
    let script = "cat /data/kept; ls /data; ls -A /swept; cat /link; stat -c %a /data";
    let out = engine
        .docker(&["run", "--rm", "layers", "sh", "-c", script])
        .ok();
    assert_eq!(out, "from layer 2\nkept\nnew\nfrom layer 1\n750");
}

fn another_architecture_is_named(engine: &Engine) {
    engine.load(&[fixtures::other_architecture("foreign:latest").unwrap()]);
    let run = engine.docker(&["run", "--rm", "foreign"]);
    assert!(run.code == 125 || run.code == 126, "{run:?}");
    assert!(
        run.err.contains("s390x") && run.err.contains("amd64"),
        "{run:?}"
    );
}

fn dangling_images_are_pruned(engine: &Engine) {
    let tree = gantry_pack::Tree::new().file("note", 0o644, b"new\n");
    let newer = fixtures::busybox("busybox:latest")
        .unwrap()
        .layer("COPY note /", tree)
        .unwrap();
    let old = engine.inspect("busybox", ".Id");
    engine.load(&[newer]);
    assert_ne!(engine.inspect("busybox", ".Id"), old);
    let dangling = || {
        engine
            .docker(&["images", "--no-trunc", "-q", "--filter", "dangling=true"])
            .ok()
    };
    assert_eq!(dangling(), old);
    engine.docker(&["rmi", &old]).ok();
    assert_eq!(dangling(), "");
}

fn what_a_user_namespace_cannot_hold_is_told(engine: &Engine) {
    let layer = Raw::new()
        .device(b'3', "dev/null", 1, 3)
        .device(b'3', "special", 1, 3)
        .file("plain", b"x")
        .end();
    let archive = engine.write("odd.tar", around(&layer, &layer));
    engine
        .docker(&["load", "-i", archive.to_str().unwrap()])
        .ok();
    let made = engine.docker(&["create", "--network", "none", "hostile:1"]);
    let told = made.err.contains("/special (a device)");
    assert_eq!(told, !engine.is_root(), "{made:?}");
    assert!(!made.err.contains("dev/null"), "{made:?}");
    made.ok();
    let plain = engine.docker(&["create", "--network", "none", "busybox"]);
    assert_eq!(plain.err, "");
}
