//! Files into containers and out of them, with the docker CLI.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;

use gantry_tests::{Engine, Finished, as_root_and_as_user, http};

as_root_and_as_user!(
    files_and_folders_go_both_ways,
    names_follow_dockers_rules,
    tars_go_through_pipes,
    links_are_copied_or_followed,
    what_is_missing_or_in_the_way_is_said,
    the_raw_answers_are_dockers,
    our_own_command_does_the_same,
);

fn start(engine: &Engine, options: &[&str]) {
    engine.run_detached("box", options, &["sleep", "1000"]);
}

fn sh(engine: &Engine, script: &str) -> String {
    engine.docker(&["exec", "box", "sh", "-c", script]).ok()
}

#[track_caller]
fn cp(engine: &Engine, from: &str, to: &str) -> Finished {
    engine.docker(&["cp", from, to])
}

/// A path of the test's own files, as an argument.
fn own(engine: &Engine, name: &str) -> String {
    engine.file(name).to_str().unwrap().to_owned()
}

/// A folder `tree` with a file, a folder and a link in it.
fn tree(engine: &Engine) -> String {
    let path = engine.file("tree");
    fs::create_dir_all(path.join("sub")).unwrap();
    fs::write(path.join("file"), "content\n").unwrap();
    fs::write(path.join("sub/deep"), vec![7; 300_000]).unwrap();
    symlink("sub/deep", path.join("link")).unwrap();
    for path in [
        &path,
        &path.join("sub"),
        &path.join("file"),
        &path.join("sub/deep"),
    ] {
        engine.identity().own(path);
    }
    path.to_str().unwrap().to_owned()
}

fn files_and_folders_go_both_ways(engine: &Engine) {
    start(engine, &[]);
    let from = tree(engine);
    cp(engine, &from, "box:/opt").ok();
    assert_eq!(
        sh(engine, "cat /opt/file; readlink /opt/link"),
        "content\nsub/deep"
    );
    cp(engine, "box:/opt", &own(engine, "back")).ok();
    let same = |a: &str, b: &str| {
        let diff = engine
            .command(Path::new("diff"))
            .args(["-r", a, b])
            .output();
        let diff = diff.unwrap();
        assert!(
            diff.status.success(),
            "{}",
            String::from_utf8_lossy(&diff.stdout)
        );
    };
    same(&from, &own(engine, "back"));
    // Into a folder that is there it comes under its own name.
    fs::create_dir(engine.file("into")).unwrap();
    engine.identity().own(&engine.file("into"));
    cp(engine, "box:/opt", &own(engine, "into")).ok();
    same(&from, &own(engine, "into/opt"));
    cp(engine, "box:/opt/.", &own(engine, "into")).ok();
    assert!(engine.file("into/sub/deep").is_file());
    cp(engine, "box:/opt/file", &own(engine, "named")).ok();
    assert_eq!(
        fs::read_to_string(engine.file("named")).unwrap(),
        "content\n"
    );
}

fn names_follow_dockers_rules(engine: &Engine) {
    start(engine, &[]);
    let from = tree(engine);
    let file = format!("{from}/file");
    cp(engine, &file, "box:/tmp").ok();
    cp(engine, &file, "box:/tmp/renamed").ok();
    cp(engine, &from, "box:/tmp").ok();
    cp(engine, &format!("{from}/."), "box:/tmp/new").ok();
    assert_eq!(
        sh(
            engine,
            "cd /tmp; find . | sort | tr '\\n' ' ' | sed 's/ $//'"
        ),
        ". ./file ./new ./new/file ./new/link ./new/sub ./new/sub/deep ./renamed \
         ./tree ./tree/file ./tree/link ./tree/sub ./tree/sub/deep "
            .trim_end()
    );
    let said = cp(engine, &file, "box:/tmp/missing/").fails_with(1);
    assert!(said.contains("no such directory"), "{said}");
    let said = cp(engine, &from, "box:/tmp/file").fails_with(1);
    assert!(said.contains("cannot copy directory"), "{said}");
}

fn tars_go_through_pipes(engine: &Engine) {
    start(engine, &[]);
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(5);
    header.set_mode(0o640);
    builder
        .append_data(&mut header, "in/side", &b"bytes"[..])
        .unwrap();
    let archive = builder.into_inner().unwrap();
    let mut put = engine.start_docker(&["cp", "-", "box:/root"]);
    put.stdin().write_all(&archive).unwrap();
    put.finish().ok();
    assert_eq!(sh(engine, "cat /root/in/side"), "bytes");
    let out = own(engine, "out.tar");
    let shell = format!("docker cp box:/root - > {out}");
    let shell = engine
        .command(Path::new("sh"))
        .args(["-c", &shell])
        .status();
    assert!(shell.unwrap().success());
    assert_eq!(names_of(&out), ["root/", "root/in/", "root/in/side"]);
}

fn names_of(path: &str) -> Vec<String> {
    let mut archive = tar::Archive::new(fs::File::open(path).unwrap());
    let entries = archive.entries().unwrap();
    let name =
        |entry: tar::Entry<'_, fs::File>| String::from_utf8_lossy(&entry.path_bytes()).into_owned();
    entries.map(|entry| name(entry.unwrap())).collect()
}

fn links_are_copied_or_followed(engine: &Engine) {
    start(engine, &[]);
    sh(
        engine,
        "echo there > /opt-file; ln -s /opt-file /link; mkdir /d; ln -s /d /to-d; echo x > /d/x",
    );
    cp(engine, "box:/link", &own(engine, "as-link")).ok();
    assert_eq!(
        fs::read_link(engine.file("as-link")).unwrap(),
        Path::new("/opt-file")
    );
    engine
        .docker(&["cp", "-L", "box:/link", &own(engine, "followed")])
        .ok();
    assert_eq!(
        fs::read_to_string(engine.file("followed")).unwrap(),
        "there\n"
    );
    cp(engine, "box:/to-d/", &own(engine, "folder")).ok();
    assert_eq!(fs::read_to_string(engine.file("folder/x")).unwrap(), "x\n");
    // Into a folder through a link, which stays.
    let file = engine.write("new", "new\n");
    cp(engine, file.to_str().unwrap(), "box:/to-d").ok();
    assert_eq!(sh(engine, "cat /d/new; readlink /to-d"), "new\n/d");
    // A file is put where the link leads.
    cp(engine, file.to_str().unwrap(), "box:/link").ok();
    assert_eq!(
        sh(engine, "cat /opt-file; readlink /link"),
        "new\n/opt-file"
    );
}

fn what_is_missing_or_in_the_way_is_said(engine: &Engine) {
    start(engine, &[]);
    let here = own(engine, "x");
    let said = cp(engine, "box:/nothing/here", &here).fails_with(1);
    assert!(
        said.contains("Could not find the file /nothing/here in container box"),
        "{said}"
    );
    let file = engine.write("file", "text");
    let file = file.to_str().unwrap();
    let said = cp(engine, file, "box:/nothing/here").fails_with(1);
    assert!(
        said.contains("Could not find the file /nothing in container box"),
        "{said}"
    );
    let said = cp(engine, "nobody:/etc", &here).fails_with(1);
    assert!(said.contains("No such container: nobody"), "{said}");
    // The engine keeps these files for the container, which sees them whole.
    let said = cp(engine, file, "box:/etc/hosts").fails_with(1);
    assert!(said.contains("device or resource busy"), "{said}");
    assert!(sh(engine, "cat /etc/hosts").contains("localhost"));
    sh(engine, "mkdir -p /way/file/full");
    let said = cp(engine, file, "box:/way").fails_with(1);
    assert!(
        said.contains("cannot overwrite directory \"/way/file\""),
        "{said}"
    );
    assert_eq!(sh(engine, "ls /way/file"), "full");
}

fn the_raw_answers_are_dockers(engine: &Engine) {
    start(engine, &[]);
    sh(
        engine,
        "mkdir -m 1777 /f; ln -s /f/./x /f/to; printf four > /f/x; chmod 4755 /f/x",
    );
    let ask = |method: &str, path: &str| {
        let head = format!(
            "{method} /v1.47/containers/box/archive?path={path} HTTP/1.1\nConnection: close"
        );
        http::send(engine, &head, b"")
    };
    let stat = |path: &str| {
        let answer = ask("HEAD", path);
        assert_eq!(answer.status, 200, "{path}");
        let header = answer
            .header("x-docker-container-path-stat")
            .unwrap()
            .to_owned();
        let mut json = engine.command(Path::new("base64"));
        let mut piped = gantry_tests::Running::start(json.arg("-d"));
        piped.write(&header);
        serde_json::from_str::<serde_json::Value>(&piped.finish().ok()).unwrap()
    };
    let found = stat("/f/x");
    assert_eq!((&found["name"], &found["size"]), (&"x".into(), &4.into()));
    // Go's file modes: setuid is bit 23, sticky 20, a folder 31, a link 27.
    assert_eq!(found["mode"], (1 << 23) + 0o755);
    assert_eq!(found["linkTarget"], "");
    assert_eq!(stat("/f")["mode"], (1_u32 << 31) + (1 << 20) + 0o777);
    let link = stat("/f/to");
    assert_eq!(
        (&link["mode"], &link["linkTarget"]),
        (&((1 << 27) + 0o777).into(), &"/f/x".into())
    );
    assert_eq!(stat("/")["name"], "/");
    for (method, path, status) in [
        ("HEAD", "/f/y", 404),
        ("GET", "/f/y", 404),
        ("GET", "", 400),
        ("GET", "/f/x/", 400),
        ("PUT", "/f/x", 400),
        ("PUT", "/g", 404),
        ("PUT", "/f", 200),
    ] {
        assert_eq!(ask(method, path).status, status, "{method} {path}");
    }
    let answer = ask("PUT", "/f/x").json();
    assert_eq!(answer["message"], "extraction point is not a directory");
    let answer = ask("GET", "/f");
    assert_eq!(answer.header("content-type"), Some("application/x-tar"));
    assert!(answer.header("x-docker-container-path-stat").is_some());
    // A folder gives way to a file only where that was not forbidden.
    sh(engine, "mkdir -p /f/dir/full");
    let put = |query: &str| {
        let head =
            format!("PUT /v1.47/containers/box/archive?path=/f{query} HTTP/1.1\nConnection: close");
        http::send(engine, &head, &tar_of("dir", b"text")).status
    };
    assert_eq!(put("&noOverwriteDirNonDir=true"), 400);
    assert_eq!(put(""), 200);
    assert_eq!(sh(engine, "cat /f/dir"), "text");
}

fn tar_of(name: &str, content: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    builder.append_data(&mut header, name, content).unwrap();
    builder.into_inner().unwrap()
}

fn our_own_command_does_the_same(engine: &Engine) {
    start(engine, &["-u", "7:8"]);
    let from = tree(engine);
    let gantry = |arguments: &[&str]| engine.gantry(&[&["cp"], arguments].concat());
    let end = gantry(&[&from, "box:/tmp/there"]);
    assert!(end.err.starts_with("Successfully copied "), "{}", end.err);
    assert!(end.err.ends_with(" to box:/tmp/there\n"), "{}", end.err);
    end.ok();
    assert_eq!(
        sh(engine, "cat /tmp/there/file; readlink /tmp/there/link"),
        "content\nsub/deep"
    );
    let end = gantry(&["-q", "box:/tmp/there", &own(engine, "gantry")]);
    assert_eq!(end.err, "");
    end.ok();
    cp(engine, "box:/tmp/there", &own(engine, "docker")).ok();
    let (one, two) = (own(engine, "gantry"), own(engine, "docker"));
    let diff = engine
        .command(Path::new("diff"))
        .args(["-r", &one, &two])
        .status();
    assert!(diff.unwrap().success());
    gantry(&["-a", &format!("{from}/file"), "box:/tmp/mine"]).ok();
    assert_eq!(sh(engine, "stat -c %u:%g /tmp/mine"), "7:8");
    gantry(&["-L", "box:/tmp/there/link", &own(engine, "deep")]).ok();
    assert_eq!(engine.file("deep").metadata().unwrap().len(), 300_000);
    // The same bytes through a pipe, and what a tool makes of them.
    let pipe = "gantry cp box:/tmp/there - | gantry cp - box:/root"
        .replace("gantry", gantry_tests::built("gantry").to_str().unwrap());
    let piped = engine.command(Path::new("sh")).args(["-c", &pipe]).status();
    assert!(piped.unwrap().success());
    assert_eq!(sh(engine, "cat /root/there/file"), "content");
    for (arguments, said) in [
        (["a", "b"], "must specify at least one container source"),
        (
            ["box:/a", "box:/b"],
            "copying between containers is not supported",
        ),
        (
            ["box:/none", &one],
            "Could not find the file /none in container box",
        ),
        (["/none-here", "box:/tmp"], "nothing is at /none-here"),
    ] {
        let err = gantry(&arguments).fails_with(1);
        assert!(err.contains(said), "{err}");
    }
}
