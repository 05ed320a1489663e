//! OCI layouts: manifests that lie about sizes and digests, indexes without end.

use serde_json::{Value, json};

use super::{
    Expect, INVALID, LARGE, Raw, Table, WRONG_DOCUMENT as REFUSED, config, small_layer as layer,
};
use crate::sha256;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

pub(super) fn add(table: &mut Table) {
    oci(table);
    indexes(table);
}

fn blob(archive: Raw, bytes: &[u8]) -> Raw {
    archive.file(&format!("blobs/sha256/{}", sha256(bytes)), bytes)
}

fn pointer(kind: &str, bytes: &[u8]) -> Value {
    json!({"mediaType": kind, "digest": format!("sha256:{}", sha256(bytes)), "size": bytes.len()})
}

fn index_of(manifests: Value) -> Vec<u8> {
    json!({"schemaVersion": 2, "manifests": manifests})
        .to_string()
        .into_bytes()
}

fn oci(table: &mut Table) {
    let (layer, config) = (layer(), config(&[&layer()]));
    let manifest_of = |config: Value, layers: Value| {
        json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers})
            .to_string()
            .into_bytes()
    };
    let whole = |manifest: &[u8], pointer: Value| {
        let blobs = blob(blob(blob(Raw::new(), &layer), &config), manifest);
        blobs.file("index.json", &index_of(json!([pointer]))).end()
    };
    let right = manifest_of(pointer(CONFIG, &config), json!([pointer(LAYER, &layer)]));
    let size = |mut pointer: Value, size: Value| {
        pointer["size"] = size;
        pointer
    };
    table.archive(
        "OCI: right",
        Expect::Taken,
        whole(&right, pointer(MANIFEST, &right)),
    );
    for (what, lie) in [
        ("one less", json!(layer.len() - 1)),
        ("zero", json!(0)),
        ("exabytes", json!(u64::MAX)),
    ] {
        let manifest = manifest_of(
            pointer(CONFIG, &config),
            json!([size(pointer(LAYER, &layer), lie.clone())]),
        );
        table.archive(
            format!("OCI: layer size {what}"),
            Expect::Refused(&["digest-mismatch"]),
            whole(&manifest, pointer(MANIFEST, &manifest)),
        );
        let manifest = manifest_of(
            size(pointer(CONFIG, &config), lie.clone()),
            json!([pointer(LAYER, &layer)]),
        );
        table.archive(
            format!("OCI: config size {what}"),
            Expect::Refused(&["digest-mismatch"]),
            whole(&manifest, pointer(MANIFEST, &manifest)),
        );
        table.archive(
            format!("OCI: manifest size {what}"),
            Expect::Refused(&["digest-mismatch"]),
            whole(&right, size(pointer(MANIFEST, &right), lie)),
        );
    }
    for (what, lie) in [
        ("negative", json!(-1)),
        ("a fraction", json!(1.5)),
        ("a text", json!("1")),
        ("missing", Value::Null),
    ] {
        table.archive(
            format!("OCI: size {what}"),
            REFUSED,
            whole(&right, size(pointer(MANIFEST, &right), lie)),
        );
    }
    for digest in [
        "sha256:",
        "sha256:..",
        "md5:00",
        "",
        "sha512:00",
        &format!("sha256:{}", "../".repeat(21)),
    ] {
        let pointer = json!({"mediaType": MANIFEST, "digest": digest, "size": 1});
        table.archive(
            format!("OCI: digest {digest:?}"),
            REFUSED,
            whole(&right, pointer),
        );
    }
    let missing = manifest_of(pointer(CONFIG, &config), json!([pointer(LAYER, b"gone")]));
    table.archive(
        "OCI: a layer that is missing",
        INVALID,
        whole(&missing, pointer(MANIFEST, &missing)),
    );
    let missing = manifest_of(pointer(CONFIG, b"gone"), json!([pointer(LAYER, &layer)]));
    table.archive(
        "OCI: a config that is missing",
        INVALID,
        whole(&missing, pointer(MANIFEST, &missing)),
    );
    table.archive(
        "OCI: a manifest that is missing",
        INVALID,
        whole(&right, pointer(MANIFEST, b"gone")),
    );
    table.archive("OCI: a config that is the layer", INVALID, {
        let manifest = manifest_of(pointer(CONFIG, &layer), json!([pointer(LAYER, &layer)]));
        whole(&manifest, pointer(MANIFEST, &manifest))
    });
    table.archive("OCI: a layer that is the config", INVALID, {
        let manifest = manifest_of(pointer(CONFIG, &config), json!([pointer(LAYER, &config)]));
        whole(&manifest, pointer(MANIFEST, &manifest))
    });
    let artifact = manifest_of(pointer("application/vnd.example.thing", &config), json!([]));
    table.archive(
        "OCI: an artifact",
        REFUSED,
        whole(&artifact, pointer(MANIFEST, &artifact)),
    );
    let many = manifest_of(
        pointer(CONFIG, &config),
        json!(vec![pointer(LAYER, &layer); 501]),
    );
    table.archive(
        "OCI: 501 layers",
        LARGE,
        whole(&many, pointer(MANIFEST, &many)),
    );
    for name in ["../x", "a b:c", "\n", "docker.io/UPPER:1"] {
        let mut pointer = pointer(MANIFEST, &right);
        pointer["annotations"] = json!({"io.containerd.image.name": name});
        table.archive(
            format!("OCI: the name {name:?}"),
            REFUSED,
            whole(&right, pointer),
        );
    }
    for index in [
        "[]",
        "{}",
        "null",
        r#"{"schemaVersion": 2, "manifests": []}"#,
        r#"{"schemaVersion": 2, "manifests": null}"#,
        r#"{"manifests": [7]}"#,
    ] {
        table.archive(
            format!("index: {index}"),
            REFUSED,
            Raw::new().file("index.json", index.as_bytes()).end(),
        );
    }
}

fn indexes(table: &mut Table) {
    // An index cannot contain its own digest, so a circle is one that lies about it.
    let own =
        json!({"mediaType": INDEX, "digest": format!("sha256:{}", sha256(b"me")), "size": 100});
    let circle = index_of(json!([own]));
    let archive = Raw::new()
        .file(&format!("blobs/sha256/{}", sha256(b"me")), &circle)
        .file("index.json", &circle)
        .end();
    table.archive(
        "indexes: a circle",
        Expect::Refused(&["digest-mismatch"]),
        archive,
    );
    for (what, depth, width) in [
        ("fifty deep, three wide", 50, 3),
        ("four deep, a thousand wide", 4, 1000),
    ] {
        let mut inner = index_of(json!([]));
        let mut archive = Raw::new();
        for _ in 0..depth {
            archive = blob(archive, &inner);
            inner = index_of(json!(vec![pointer(INDEX, &inner); width]));
        }
        table.archive(
            format!("indexes: {what}"),
            Expect::Refused(&["archive-too-large", "not-an-image", "archive-invalid"]),
            archive.file("index.json", &inner).end(),
        );
    }
    let many = json!(vec![pointer(MANIFEST, b"gone"); 5000]);
    table.archive(
        "indexes: five thousand images",
        LARGE,
        Raw::new().file("index.json", &index_of(many)).end(),
    );
    let named: Vec<Value> = (0..4000)
        .map(|at| {
            let mut pointer = pointer(MANIFEST, b"gone");
            pointer["annotations"] =
                json!({"io.containerd.image.name": format!("docker.io/library/a:{at}")});
            pointer
        })
        .collect();
    table.archive(
        "indexes: four thousand names",
        INVALID,
        Raw::new().file("index.json", &index_of(json!(named))).end(),
    );
}
