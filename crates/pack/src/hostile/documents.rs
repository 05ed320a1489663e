//! Manifests and configs of docker-archives: missing, endless, of the wrong type.

use serde_json::{Value, json};

use super::{
    Expect, INVALID, LARGE, Raw, Table, WRONG_DOCUMENT as REFUSED, bounds, config,
    small_layer as layer,
};
use crate::sha256;

pub(super) fn add(table: &mut Table) {
    docker(table);
    configs(table);
    large(table);
    old(table);
}

/// A docker-archive of one layer with this manifest and config.
fn archive(manifest: &[u8], config: &[u8]) -> Vec<u8> {
    Raw::new()
        .file("l/layer.tar", &layer())
        .file("c.json", config)
        .file("manifest.json", manifest)
        .end()
}

fn docker(table: &mut Table) {
    let good = config(&[&layer()]);
    for manifest in [
        r#"[{"Config": "c.json", "Layers": ["missing/layer.tar"]}]"#,
        r#"[{"Config": "missing.json", "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": "../../../etc/passwd", "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": "/etc/passwd", "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": "c.json", "Layers": ["c.json"]}]"#,
        r#"[{"Config": "l/layer.tar", "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": "c.json", "Layers": []}]"#,
        r#"[{"Config": "c.json", "Layers": null}]"#,
        r#"[{"Config": "c.json", "Layers": ["l/layer.tar", "l/layer.tar"]}]"#,
        r#"[{"Config": "c.json", "RepoTags": ["Not/A:Name"], "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": "c.json", "RepoTags": ["../../x:y"], "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": "c.json", "RepoTags": ["a:b\nc"], "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": "c.json", "RepoTags": [""], "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": "c.json", "Config": "c.json", "Layers": ["l/layer.tar"]}]"#,
        r#"[{"Config": 7}]"#,
        "[{}]",
        "[]",
        "{}",
        "null",
        "7",
        "\"text\"",
        "",
        "[",
        "[[[[[[",
        "\u{feff}[]",
        "[] []",
    ] {
        table.archive(
            format!("manifest: {manifest}"),
            REFUSED,
            archive(manifest.as_bytes(), &good),
        );
    }
    table.archive(
        "manifest: not UTF-8",
        REFUSED,
        archive(b"[{\"Config\": \"\xff\"}]", &good),
    );
    table.archive(
        "manifest: nested without end",
        REFUSED,
        archive(&b"[".repeat(500_000), &good),
    );
    let named = r#"[{"Config": "c.json", "RepoTags": ["한국/어:1"], "Layers": ["l/layer.tar"]}]"#;
    table.archive(
        "manifest: a Korean name",
        REFUSED,
        archive(named.as_bytes(), &good),
    );
    let item = json!({"Config": "c.json", "Layers": ["l/layer.tar"]});
    table.archive(
        "manifest: the same image a thousand times",
        Expect::Taken,
        archive(
            json!(vec![item.clone(); 1000]).to_string().as_bytes(),
            &good,
        ),
    );
    table.archive(
        "manifest: images without end",
        LARGE,
        archive(json!(vec![item; 5000]).to_string().as_bytes(), &good),
    );
}

fn configs(table: &mut Table) {
    let manifest =
        br#"[{"Config": "c.json", "RepoTags": ["hostile:1"], "Layers": ["l/layer.tar"]}]"#;
    let id = format!("sha256:{}", sha256(&layer()));
    let rootfs = json!({"type": "layers", "diff_ids": [id]});
    let with = |change: Value| {
        let mut config = json!({"architecture": "amd64", "os": "linux", "rootfs": rootfs});
        if let (Some(config), Some(change)) = (config.as_object_mut(), change.as_object()) {
            config.extend(change.clone());
        }
        config.to_string()
    };
    for (what, text) in [
        ("a list", "[]".to_owned()),
        ("a number", "1".to_owned()),
        ("nothing", String::new()),
        ("half of one", with(json!({}))[..30].to_owned()),
        ("an array for the config", with(json!({"config": []}))),
        ("a number for Cmd", with(json!({"config": {"Cmd": 7}}))),
        ("a text for Env", with(json!({"config": {"Env": "A=b"}}))),
        (
            "an unknown rootfs",
            with(json!({"rootfs": {"type": "hidden", "diff_ids": [id]}})),
        ),
        (
            "a rootfs without a type",
            with(json!({"rootfs": {"diff_ids": [id]}})),
        ),
        (
            "diff ids that are none",
            with(json!({"rootfs": {"type": "layers", "diff_ids": ["sha256:xyz"]}})),
        ),
        (
            "diff ids of another algorithm",
            with(
                json!({"rootfs": {"type": "layers", "diff_ids": ["md5:d41d8cd98f00b204e9800998ecf8427e"]}}),
            ),
        ),
        (
            "diff ids that lead out",
            with(json!({"rootfs": {"type": "layers", "diff_ids": ["sha256:../../../etc"]}})),
        ),
        (
            "one diff id too many",
            with(json!({"rootfs": {"type": "layers", "diff_ids": [id, id]}})),
        ),
        (
            "no diff id",
            with(json!({"rootfs": {"type": "layers", "diff_ids": []}})),
        ),
        ("a history that is a text", with(json!({"history": "long"}))),
        (
            "nesting without end",
            format!("{{\"x\": {}", "[".repeat(200_000)),
        ),
    ] {
        table.archive(
            format!("config: {what}"),
            INVALID,
            archive(manifest, text.as_bytes()),
        );
    }
    table.archive("config: the wrong layer", Expect::Refused(&["digest-mismatch"]), {
        archive(manifest, with(json!({"rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", sha256(b"x"))]}})).as_bytes())
    });
    for (what, text) in [
        (
            "nulls everywhere",
            with(
                json!({"config": null, "history": null, "created": null, "author": null, "os": null, "architecture": null}),
            ),
        ),
        (
            "unknown keys",
            with(
                json!({"moby.buildkit.x": [1, {"a": null}], "config": {"Unknown": {"deep": [[]]}}}),
            ),
        ),
        (
            "odd strings",
            with(
                json!({"author": "\u{0}\u{202e}\n\u{d55c}", "config": {"Env": ["", "=", "A", "A=\n\u{0}"], "User": "../../x", "WorkingDir": "../../../etc"}}),
            ),
        ),
        (
            "odd times",
            with(
                json!({"created": "0001-01-01T00:00:00Z", "history": [{"created": "not a time"}]}),
            ),
        ),
        (
            "a history longer than the layers",
            with(json!({"history": vec![json!({"created_by": "x"}); 3000]})),
        ),
        (
            "another machine",
            with(json!({"os": "windows", "architecture": "../../x"})),
        ),
        (
            "big numbers",
            with(json!({"config": {"Healthcheck": {"Interval": 1e300, "Retries": i64::MIN}}})),
        ),
    ] {
        table.archive(
            format!("config: {what}"),
            Expect::Taken,
            archive(manifest, text.as_bytes()),
        );
    }
    let many = vec![id.clone(); 501];
    let paths = vec!["l/layer.tar"; 501];
    let manifest = json!([{"Config": "c.json", "Layers": paths}]).to_string();
    let text = with(json!({"rootfs": {"type": "layers", "diff_ids": many}}));
    table.archive(
        "config: 501 layers",
        LARGE,
        archive(manifest.as_bytes(), text.as_bytes()),
    );
    let manifest = json!([{"Config": "c.json", "Layers": vec!["l/layer.tar"; 127]}]).to_string();
    let text = with(json!({"rootfs": {"type": "layers", "diff_ids": vec![id; 127]}}));
    table.archive(
        "config: the same layer 127 times",
        Expect::Taken,
        archive(manifest.as_bytes(), text.as_bytes()),
    );
}

fn large(table: &mut Table) {
    let good = config(&[&layer()]);
    let spaces = usize::try_from(bounds::DOCUMENT).unwrap_or(0) + 1;
    table.archive(
        "large: a manifest over the bound",
        LARGE,
        archive(&vec![b' '; spaces], &good),
    );
    table.archive(
        "large: a manifest of 100 MB",
        LARGE,
        archive(&vec![b' '; 100 << 20], &good),
    );
    let manifest = br#"[{"Config": "c.json", "Layers": ["l/layer.tar"]}]"#;
    table.archive(
        "large: a config over the bound",
        LARGE,
        archive(manifest, &vec![b' '; spaces]),
    );
    let mut many = Raw::new();
    for at in 0..10 {
        many = many.file(&format!("{at}.json"), &vec![b' '; spaces / 2]);
    }
    table.archive(
        "large: many documents",
        LARGE,
        many.bytes(&archive(manifest, &good)).cut(),
    );
}

fn old(table: &mut Table) {
    let repositories = br#"{"old": {"1": "a"}}"#;
    let circle = Raw::new()
        .file("a/json", br#"{"id": "a", "parent": "b"}"#)
        .file("b/json", br#"{"id": "b", "parent": "a"}"#)
        .file("repositories", repositories);
    table.archive("old format: parents in a circle", INVALID, circle.end());
    for (what, document) in [
        ("is missing", None),
        (
            "leads out",
            Some(r#"{"id": "a", "parent": "../../../etc"}"#),
        ),
        ("is no JSON", Some("{")),
    ] {
        let archive =
            document.map_or_else(Raw::new, |text| Raw::new().file("a/json", text.as_bytes()));
        table.archive(
            format!("old format: a document that {what}"),
            INVALID,
            archive.file("repositories", repositories).end(),
        );
    }
    table.archive(
        "old format: no layer",
        INVALID,
        Raw::new()
            .file("a/json", br#"{"id": "a"}"#)
            .file("repositories", repositories)
            .end(),
    );
    let tags: serde_json::Map<String, Value> = (0..5000)
        .map(|at| (format!("t{at}"), json!(format!("l{at}"))))
        .collect();
    let many = json!({"old": tags}).to_string();
    table.archive(
        "old format: images without end",
        Expect::Refused(&["archive-too-large", "archive-invalid"]),
        Raw::new().file("repositories", many.as_bytes()).end(),
    );
}
