//! The files of a volume, as a window shows and changes them.

use gantry_tests::{Engine, as_root_and_as_user, http};
use serde_json::json;

as_root_and_as_user!(
    a_window_looks_into_a_volume,
    files_of_a_volume_go_in_and_out,
    files_of_a_volume_are_changed,
    a_file_is_written_anew_as_a_whole_or_not_at_all,
    links_lead_nowhere_out_of_a_volume,
    a_volume_is_made_of_what_a_client_sends,
);

fn sh(engine: &Engine, volume: &str, script: &str) -> String {
    engine
        .docker(&["run", "--rm", "-v", volume, "busybox", "sh", "-c", script])
        .ok()
}

/// Asks about a path of the volume `data`; the status and what came.
fn ask(engine: &Engine, method: &str, what: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let head = format!("{method} /gantry/v1/volumes/data/files{what} HTTP/1.1\nConnection: close");
    let answer = http::send(engine, &head, body);
    (answer.status, answer.body())
}

fn a_window_looks_into_a_volume(engine: &Engine) {
    let make = "cd /d; mkdir big; head -c 5000 /dev/zero > big/a; echo x > small; ln -s /etc/passwd link; ln -s / up";
    sh(engine, "data:/d", make);
    let get = |path: &str| http::get(engine, path);
    let page = get("/gantry/v1/volumes/data/entries").json();
    let names: Vec<_> = page["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (
                entry["name"].as_str().unwrap(),
                entry["kind"].as_str().unwrap(),
                entry["size"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            ("big", "directory", 5000),
            ("small", "file", 2),
            ("link", "symlink", 0),
            ("up", "symlink", 0),
        ]
    );
    let inside = get("/gantry/v1/volumes/data/entries?dir=big").json();
    assert_eq!(inside["entries"][0]["name"], "a");
    // Links lead to the top of the volume and never to this computer.
    let up = get("/gantry/v1/volumes/data/entries?dir=up").json();
    assert_eq!(up["entries"], page["entries"]);
    assert_eq!(
        get("/gantry/v1/volumes/data/entries?dir=../..").json()["entries"],
        page["entries"]
    );
    assert_eq!(
        get("/gantry/v1/volumes/data/entries?dir=nowhere").status,
        404
    );
    let usage = get("/gantry/v1/volumes/usage").json();
    assert_eq!(
        (&usage[0]["name"], &usage[0]["bytes"], &usage[0]["files"]),
        (&json!("data"), &json!(5002), &json!(4))
    );
    let snapshot = get("/gantry/v1/snapshot").json();
    assert_eq!(snapshot["volumes"][0]["name"], "data");
}

fn files_of_a_volume_go_in_and_out(engine: &Engine) {
    sh(
        engine,
        "data:/d",
        "mkdir -m 700 /d/own; chown 7:8 /d/own; echo one > /d/own/a",
    );
    let (status, content) = ask(engine, "GET", "/content?path=/own/a", b"");
    assert_eq!((status, &content[..]), (200, &b"one\n"[..]));
    let (status, archive) = ask(engine, "GET", "/archive?path=/own", b"");
    assert_eq!(status, 200);
    let mut tar = tar::Archive::new(&archive[..]);
    let names = tar.entries().unwrap().map(|entry| {
        let entry = entry.unwrap();
        (
            entry.path().unwrap().display().to_string(),
            entry.header().uid().unwrap(),
        )
    });
    let names: Vec<_> = names.collect();
    assert_eq!(names, [("own/".to_owned(), 7), ("own/a".to_owned(), 0)]);
    // The owners of the archive, or whose the folder is.
    let (status, _) = ask(engine, "PUT", "/archive?path=/", &archive);
    assert_eq!(status, 200);
    let (status, _) = ask(engine, "PUT", "/archive?path=/own&copyUIDGID=1", &archive);
    assert_eq!(status, 200);
    let listed = sh(
        engine,
        "data:/d",
        "cd /d; stat -c '%u:%g %n' own own/a own/own own/own/a",
    );
    assert_eq!(listed, "7:8 own\n0:0 own/a\n7:8 own/own\n7:8 own/own/a");
    let (status, _) = ask(engine, "PUT", "/content?path=/new", b"by hand");
    assert_eq!(status, 200);
    assert_eq!(sh(engine, "data:/d", "cat /d/new"), "by hand");
}

fn files_of_a_volume_are_changed(engine: &Engine) {
    sh(engine, "data:/d", "echo one > /d/a");
    let done = |method, what: &str, body: &[u8]| ask(engine, method, what, body).0;
    assert_eq!(done("POST", "/folder?path=/sub", b""), 204);
    assert_eq!(done("POST", "/folder?path=/sub", b""), 409);
    let names = json!({ "from": "/a", "to": "/sub/b" }).to_string();
    assert_eq!(done("POST", "/rename", names.as_bytes()), 204);
    assert_eq!(sh(engine, "data:/d", "ls /d; cat /d/sub/b"), "sub\none");
    assert_eq!(done("DELETE", "?path=/sub", b""), 204);
    assert_eq!(sh(engine, "data:/d", "ls /d"), "");
    let (status, told) = ask(engine, "GET", "/content?path=/sub/b", b"");
    let told = String::from_utf8(told).unwrap();
    assert_eq!(status, 404);
    assert!(told.contains("entry-not-found"), "{told}");
    // What only a container has.
    assert_eq!(done("GET", "?dir=/", b""), 404);
    assert_eq!(done("POST", "/revert?path=/a", b""), 404);
}

fn a_file_is_written_anew_as_a_whole_or_not_at_all(engine: &Engine) {
    let put = |what: &str, body: &[u8]| {
        let (status, told) = ask(engine, "PUT", &format!("/content?path=/f{what}"), body);
        let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
        (status, told)
    };
    sh(engine, "data:/d", "true");
    let (status, facts) = put("", b"as it was");
    assert_eq!(status, 200, "{facts}");
    let before = sh(
        engine,
        "data:/d",
        "chmod 640 /d/f; ln /d/f /d/other; stat -c '%i %a' /d/f",
    );
    let known = format!("&size=9&mtime={}", facts["mtime"].as_str().unwrap());
    // Whoever sends it goes away in the middle.
    let head = format!(
        "PUT /gantry/v1/volumes/data/files/content?path=/f{known} HTTP/1.1\nContent-Length: 1000000"
    );
    let mut stream = http::start(engine, &head, &vec![b'x'; 300_000]);
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    // However it is told, or not.
    let _ = std::io::Read::read_to_end(&mut stream, &mut Vec::new());
    assert_eq!(sh(engine, "data:/d", "cat /d/f"), "as it was");
    let (status, told) = put(&known, b"as it is");
    assert_eq!(status, 200, "{told}");
    let after = sh(
        engine,
        "data:/d",
        "stat -c '%i %a' /d/other; cat /d/other; ls -A /d",
    );
    assert_eq!(after, format!("{before}\nas it isf\nother"));
    let (status, told) = put(&known, b"too late");
    assert_eq!(status, 409, "{told}");
}

fn links_lead_nowhere_out_of_a_volume(engine: &Engine) {
    sh(
        engine,
        "data:/d",
        "ln -s /etc/passwd /d/file; ln -s /etc /d/folder; ln -s ../../.. /d/up",
    );
    for path in [
        "/file",
        "/folder/passwd",
        "/up/volume.json",
        "/../volume.json",
    ] {
        let what = format!("/content?path={path}");
        assert_eq!(ask(engine, "GET", &what, b"").0, 404, "{path}");
    }
    let (status, _) = ask(engine, "PUT", "/content?path=/folder/x", b"x");
    assert_eq!(status, 404);
    assert_eq!(ask(engine, "DELETE", "?path=/", b"").0, 409);
}

fn a_volume_is_made_of_what_a_client_sends(engine: &Engine) {
    sh(
        engine,
        "data:/d",
        "mkdir /d/sub; echo one > /d/sub/a; ln -s sub /d/link",
    );
    let archive = http::get(engine, "/gantry/v1/volumes/data/archive").body();
    let restore = |volume: &str, archive: &[u8]| {
        let length = archive.len();
        let head = format!(
            "POST /gantry/v1/volumes/restore?volume={volume}&size={length} HTTP/1.1\n\
             Content-Type: application/x-tar\nConnection: close"
        );
        let answer = http::send(engine, &head, archive);
        (answer.status, answer.json())
    };
    let (status, started) = restore("again", &archive);
    assert_eq!(status, 202, "{started}");
    let task = started["task"].as_str().unwrap();
    let task = http::get(engine, &format!("/gantry/v1/tasks/{task}")).json();
    assert_eq!(
        (&task["kind"], &task["state"]),
        (&json!("restore"), &json!("done"))
    );
    assert_eq!(sh(engine, "again:/d", "cat /d/link/a"), "one");
    let (status, refused) = restore("again", &archive);
    assert_eq!(
        (status, &refused["gantry"]["code"]),
        (409, &json!("volume-exists"))
    );
    let (status, refused) = restore("broken", &archive[..archive.len() / 3]);
    assert!(status >= 400, "{refused}");
    let names = engine.docker(&["volume", "ls", "-q"]).ok();
    assert_eq!(names, "again\ndata");
}
