//! What an image holds: folders of a layer and up to it, waste, search, files, comparison.

use gantry_pack::{Archive, fixtures};
use gantry_tests::{Engine, as_root_and_as_user, http};
use serde_json::Value;

as_root_and_as_user!(
    a_layer_and_all_up_to_it_are_listed,
    waste_names_the_layer_that_hides,
    names_are_found_where_a_container_sees_them,
    a_file_comes_out_as_it_went_in,
    images_are_compared,
);

/// busybox, then three layers that replace, delete and hide files of each other.
fn load(engine: &Engine) {
    let images = [fixtures::whiteouts("explored:1").unwrap()];
    let file = engine.write("explored.tar", Archive::Docker.to_vec(&images).unwrap());
    engine.docker(&["load", "-i", file.to_str().unwrap()]).ok();
}

fn get(engine: &Engine, path: &str) -> http::Answer {
    let head = format!("GET /gantry/v1/images/{path} HTTP/1.1\nHost: gantry\nConnection: close");
    http::send(engine, &head, b"")
}

/// Names with what the layer does to them, in the order of the answer.
fn lines(page: &Value) -> Vec<(String, String)> {
    let entries = page["entries"].as_array().unwrap();
    let word = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let line = |entry: &Value| (word(entry, "name"), word(entry, "change"));
    entries.iter().map(line).collect()
}

fn line(name: &str, change: &str) -> (String, String) {
    (name.to_owned(), change.to_owned())
}

fn a_layer_and_all_up_to_it_are_listed(engine: &Engine) {
    load(engine);
    let second = get(engine, "explored:1/layers/2/entries?dir=data").json();
    assert_eq!(
        lines(&second),
        [line("gone", "deleted"), line("kept", "modified")]
    );
    // What was deleted is as large as it was.
    assert_eq!(second["entries"][0]["size"], "deleted by layer 2\n".len());
    let swept = get(engine, "explored:1/layers/3/entries?dir=swept").json();
    assert_eq!(
        lines(&swept),
        [line("old", "deleted"), line("new", "added")]
    );

    let seen = get(engine, "explored:1/layers/3/entries?dir=data&scope=image").json();
    assert_eq!(lines(&seen), [line("kept", "unchanged")]);
    assert_eq!(seen["entries"][0]["layer"], 2);
    let cut = get(engine, "explored:1/layers/3/entries?scope=image&limit=1").json();
    assert_eq!(cut["entries"].as_array().unwrap().len(), 1);
    assert!(cut["more"].as_u64().unwrap() >= 2);
    assert_eq!(get(engine, "explored:1/layers/4/entries").status, 400);
}

fn waste_names_the_layer_that_hides(engine: &Engine) {
    load(engine);
    let waste = get(engine, "explored:1/waste").json();
    let wasted = waste["total"].as_u64().unwrap() - waste["seen"].as_u64().unwrap();
    let first = &waste["layers"][1];
    assert_eq!(first["bytes"], wasted, "{waste}");
    assert_eq!(first["by"], 2);
    let files = waste["files"].as_array().unwrap();
    let paths: Vec<&Value> = files.iter().map(|file| &file["path"]).collect();
    assert_eq!(paths, ["data/gone", "swept/old", "data/kept"]);
}

fn names_are_found_where_a_container_sees_them(engine: &Engine) {
    load(engine);
    let paths = |query: &str| -> Vec<String> {
        let found = get(engine, &format!("explored:1/search?{query}")).json();
        let hits = found["hits"].as_array().unwrap().iter();
        hits.map(|hit| hit["path"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(paths("text=KEPT"), ["data/kept"]);
    assert_eq!(paths("text=gone"), [""; 0]);
    assert_eq!(paths("text=gone&layer=1"), ["data/gone"]);
    assert_eq!(paths("text=/swept/"), ["swept/new"]);
}

fn a_file_comes_out_as_it_went_in(engine: &Engine) {
    load(engine);
    let file = |query: &str| get(engine, &format!("explored:1/file?{query}"));
    assert_eq!(file("path=data/kept&scope=image").body(), b"from layer 2\n");
    assert_eq!(file("path=data/kept&layer=1").body(), b"from layer 1\n");
    // A second name of a file that a later layer replaced keeps what it had.
    assert_eq!(file("path=link&scope=image").body(), b"from layer 1\n");
    assert_eq!(file("path=data/gone&scope=image").status, 404);
    assert_eq!(file("path=../../../etc/passwd&scope=image").status, 404);
    let folder = file("path=data&scope=image");
    assert_eq!(folder.status, 400);
    assert_eq!(folder.json()["gantry"]["code"], "not-a-file");
}

fn images_are_compared(engine: &Engine) {
    load(engine);
    let found = get(engine, "busybox/compare?with=explored:1").json();
    assert_eq!(found["modified"], 0, "{found}");
    assert_eq!(found["deleted"], 0);
    assert_eq!(found["added"], 3, "kept, link and new");
    let back = get(engine, "explored:1/compare?with=busybox").json();
    assert_eq!(back["deleted"], 3);
    let data = get(engine, "busybox/compare?with=explored:1&dir=data").json();
    assert_eq!(data["rows"][0]["name"], "kept");
    assert_eq!(data["rows"][0]["before"], 0);
    let same = get(engine, "explored:1/compare?with=explored:1").json();
    assert_eq!(same["rows"].as_array().unwrap().len(), 0);
}
