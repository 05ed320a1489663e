//! What is around the layers: compression, members of the archive, truncation, digests.

use std::io::Write as _;

use serde_json::json;

use super::{CUT, Expect, LARGE, Raw, Table, around, bounds, config};
use crate::{Compression, sha256};

const DIGEST: Expect = Expect::Refused(&["digest-mismatch"]);
const NO_IMAGE: Expect = Expect::Refused(&["not-an-image"]);

pub(super) fn add(table: &mut Table) {
    bombs(table);
    compression(table);
    members(table);
    digests(table);
    truncated(table);
    formats(table);
}

fn packed(compression: Compression, bytes: &[u8]) -> Vec<u8> {
    // Compressing into memory does not fail; an empty case would be noticed as such.
    compression.apply(bytes).unwrap_or_default()
}

fn forms() -> [(&'static str, Compression); 2] {
    [("gzip", Compression::Gzip), ("zstd", Compression::Zstd)]
}

fn bombs(table: &mut Table) {
    let zeros = vec![0; usize::try_from(bounds::INFLATED).unwrap_or(0) * 3];
    let layer = Raw::new().file("zeros", &zeros).end();
    for (name, compression) in forms() {
        let bomb = packed(compression, &layer);
        table.archive(
            format!("{name} bomb as a layer"),
            LARGE,
            around(&layer, &bomb),
        );
        table.archive(
            format!("{name} bomb as the archive"),
            LARGE,
            packed(compression, &around(&layer, &layer)),
        );
        table.archive(
            format!("{name} bomb of bombs"),
            LARGE,
            packed(compression, &around(&layer, &bomb).repeat(1))
                .into_iter()
                .chain(bomb.clone())
                .collect(),
        );
        table.archive(
            format!("{name} bomb after the end mark"),
            LARGE,
            packed(
                compression,
                &[Raw::new().file("x", b"x").end(), zeros.clone()].concat(),
            ),
        );
        let plain = Raw::new().file("a", b"a").end();
        let padded = [plain.clone(), zeros.clone()].concat();
        table.archive(
            format!("{name} bomb behind a layer's end mark"),
            LARGE,
            around(&padded, &packed(compression, &padded)),
        );
    }
    let members = vec![gzip_of(b""); 5000].concat();
    table.archive("gzip of five thousand empty members", NO_IMAGE, members);
}

fn gzip_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .unwrap_or_default()
}

fn compression(table: &mut Table) {
    let layer = Raw::new().file("a", &[b'a'; 3000]).end();
    for (name, compression) in forms() {
        let good = packed(compression, &layer);
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 0xff;
        let broken = Expect::Refused(&[
            "archive-invalid",
            "archive-truncated",
            "digest-mismatch",
            "archive-too-large",
        ]);
        table.archive(
            format!("{name} layer with a changed byte"),
            broken,
            around(&layer, &bad),
        );
        table.archive(
            format!("{name} layer that is cut"),
            CUT,
            around(&layer, &good[..good.len() - 5]),
        );
        table.archive(
            format!("{name} layer, only its first bytes"),
            Expect::Refused(&["archive-truncated", "archive-invalid"]),
            around(&layer, &good[..6]),
        );
        let behind = [good.as_slice(), b"garbage behind the stream"].concat();
        table.archive(
            format!("{name} layer with garbage behind"),
            Expect::Harmless,
            around(&layer, &behind),
        );
        let twice = packed(compression, &good);
        table.archive(
            format!("{name} layer packed twice"),
            Expect::Refused(&["archive-invalid", "digest-mismatch", "archive-truncated"]),
            around(&layer, &twice),
        );
        let archive = packed(compression, &packed(compression, &around(&layer, &layer)));
        table.archive(format!("{name} archive packed twice"), NO_IMAGE, archive);
        let whole = packed(compression, &around(&layer, &layer));
        let mut sum = whole.clone();
        let last = sum.len() - 6;
        sum[last] ^= 0xff;
        table.archive(
            format!("{name} archive with a wrong checksum"),
            Expect::Harmless,
            sum,
        );
        table.archive(
            format!("{name} archive with garbage behind"),
            Expect::Harmless,
            [whole, b"garbage".to_vec()].concat(),
        );
    }
    // A frame that asks for a window of 2 GiB.
    table.archive(
        "zstd window of gigabytes",
        Expect::Refused(&["archive-invalid", "not-an-image", "archive-too-large"]),
        b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00".to_vec(),
    );
    let mut header = b"\x1f\x8b\x08\x08\0\0\0\0\0\x03".to_vec();
    header.extend_from_slice(&vec![b'n'; 1 << 20]);
    table.archive(
        "gzip with a file name of a megabyte",
        Expect::Refused(&["archive-invalid", "archive-truncated"]),
        header,
    );
}

fn members(table: &mut Table) {
    let layer = Raw::new().file("a", b"a").end();
    let good = around(&layer, &layer);
    let inside = |extra: Raw| [extra.cut(), good.clone()].concat();
    table.archive(
        "archive: traversal beside the image",
        Expect::Taken,
        inside(
            Raw::new()
                .file("../pwned", b"x")
                .symlink("l", "/etc")
                .file("l/pwned", b"x"),
        ),
    );
    table.archive(
        "archive: devices beside the image",
        Expect::Taken,
        inside(
            Raw::new()
                .device(b'3', "d", 1, 1)
                .member(b'6', b"p", b"", b""),
        ),
    );
    table.archive(
        "archive: names that are not UTF-8",
        Expect::Taken,
        inside(Raw::new().member(b'0', b"\xff\xfe\n", b"", b"x")),
    );
    table.archive(
        "archive: a sparse member",
        Expect::Taken,
        inside(
            Raw::new()
                .pax(&[
                    ("GNU.sparse.size", b"9000000000000000000"),
                    ("GNU.sparse.map", b"0,1"),
                ])
                .file("s", b"x"),
        ),
    );
    table.archive(
        "archive: a name of megabytes",
        Expect::Refused(&["archive-invalid"]),
        inside(Raw::new().long(b'L', &vec![b'n'; 4 << 20]).file("x", b"")),
    );
    let mut links = Raw::new();
    for at in 0..40_000 {
        links = links.member(b'2', format!("l{at}").as_bytes(), b"target", b"");
    }
    table.archive("archive: links without end", LARGE, inside(links));
    let mut layers = Raw::new();
    for at in 0..=bounds::LAYERS {
        layers = layers.file(&format!("{at}/layer.tar"), &layer);
    }
    table.archive("archive: layers without end", LARGE, inside(layers));
    let linked = |target: &str| {
        let manifest = json!([{"Config": "c.json", "Layers": ["l/layer.tar"]}]).to_string();
        Raw::new()
            .symlink("l/layer.tar", target)
            .file("c.json", &config(&[&layer]))
            .file("manifest.json", manifest.as_bytes())
            .end()
    };
    for target in [
        "layer.tar",
        "../../../etc/passwd",
        "/etc/passwd",
        "gone",
        "../l/layer.tar",
        "",
    ] {
        table.archive(
            format!("archive: a layer that is a link to {target:?}"),
            Expect::Refused(&["archive-invalid"]),
            linked(target),
        );
    }
    table.archive(
        "archive: a hardlink out as the config",
        Expect::Refused(&["archive-invalid", "not-an-image"]),
        {
            let manifest = json!([{"Config": "c.json", "Layers": []}]).to_string();
            Raw::new()
                .hardlink("c.json", "/etc/passwd")
                .file("manifest.json", manifest.as_bytes())
                .end()
        },
    );
    let second = Raw::new().file("evil", b"e").end();
    table.archive(
        "archive: the layer twice, the second one another",
        DIGEST,
        {
            let manifest = json!([{"Config": "c.json", "Layers": ["l/layer.tar"]}]).to_string();
            Raw::new()
                .file("l/layer.tar", &layer)
                .file("c.json", &config(&[&layer]))
                .file("manifest.json", manifest.as_bytes())
                .file("l/layer.tar", &second)
                .end()
        },
    );
    table.archive(
        "archive: the manifest twice",
        Expect::Refused(&["archive-invalid", "not-an-image"]),
        {
            [
                good[..good.len() - 1024].to_vec(),
                Raw::new().file("manifest.json", b"[]").end(),
            ]
            .concat()
        },
    );
    table.archive(
        "archive: a size that hides the manifest",
        Expect::Refused(&[
            "archive-truncated",
            "archive-too-large",
            "disk-full",
            "archive-invalid",
        ]),
        {
            [
                Raw::new()
                    .pax(&[("size", b"9000000000")])
                    .file("x", b"")
                    .cut(),
                good.clone(),
            ]
            .concat()
        },
    );
    table.archive(
        "archive: a layer of declared exabytes",
        Expect::Refused(&["archive-truncated", "disk-full", "archive-too-large"]),
        {
            let tar = Raw::new().file("a", b"a").cut();
            Raw::new()
                .pax(&[("size", b"4000000000000000000")])
                .file("l/layer.tar", &tar)
                .end()
        },
    );
}

fn digests(table: &mut Table) {
    let layer = Raw::new().file("a", b"a").end();
    let other = Raw::new().file("b", b"b").end();
    table.archive(
        "digest: a layer that is another",
        DIGEST,
        around(&layer, &other),
    );
    table.archive(
        "digest: gzip of another layer",
        DIGEST,
        around(&layer, &packed(Compression::Gzip, &other)),
    );
    let wrong = sha256(b"something else");
    table.archive(
        "digest: a blob with another content",
        DIGEST,
        Raw::new()
            .file(&format!("blobs/sha256/{wrong}"), &layer)
            .end(),
    );
    table.archive(
        "digest: a document with another content",
        DIGEST,
        Raw::new()
            .file(&format!("blobs/sha256/{wrong}"), b"{}")
            .end(),
    );
    for name in [
        "short",
        &"g".repeat(64),
        &"A".repeat(64),
        &format!("../../{wrong}"),
        &format!("{wrong}0"),
    ] {
        let bytes = Raw::new().file(&format!("blobs/sha256/{name}"), b"x").end();
        table.archive(
            format!("digest: a blob called {name:.20}"),
            Expect::Refused(&["archive-invalid", "not-an-image"]),
            bytes,
        );
    }
    let id = config(&[&layer]);
    let manifest =
        json!([{"Config": format!("{wrong}.json"), "Layers": ["l/layer.tar"]}]).to_string();
    table.archive("digest: a config under another's name", DIGEST, {
        Raw::new()
            .file("l/layer.tar", &layer)
            .file(&format!("{wrong}.json"), &id)
            .file("manifest.json", manifest.as_bytes())
            .end()
    });
}

fn truncated(table: &mut Table) {
    let layer = Raw::new()
        .file("a", &[b'a'; 3000])
        .dir("d")
        .file("d/b", b"b")
        .end();
    let good = around(&layer, &layer);
    let end = good.len() - 1024;
    for at in [
        1,
        511,
        512,
        513,
        1024,
        2000,
        end / 2,
        end - 600,
        end - 512,
        end - 1,
    ] {
        let expect = if at < 512 { NO_IMAGE } else { CUT };
        table.archive(
            format!("cut at {at} of {}", good.len()),
            expect,
            good[..at].to_vec(),
        );
    }
    for (name, compression) in forms() {
        let whole = packed(compression, &good);
        for part in [3, 10, 40, 75, 99] {
            let expect = Expect::Refused(&["archive-truncated", "archive-invalid", "not-an-image"]);
            table.archive(
                format!("{name} cut at {part} percent"),
                expect,
                whole[..whole.len() * part / 100].to_vec(),
            );
        }
    }
    for at in [700, 2500, 4000] {
        table.archive(
            format!("cut layer at {at}, whole archive"),
            Expect::Refused(&["archive-truncated", "archive-invalid", "digest-mismatch"]),
            around(&layer, &layer[..at]),
        );
    }
}

fn formats(table: &mut Table) {
    for (name, bytes) in [
        ("nothing", &b""[..]),
        ("one byte", b"x"),
        ("a ZIP file", b"PK\x03\x04 and more of it"),
        ("an xz file", b"\xfd7zXZ\0\0"),
        ("a bzip2 file", b"BZh91AY&SY"),
        ("a program", b"\x7fELF\x02\x01\x01"),
        ("only the mark of gzip", b"\x1f\x8b"),
        ("only the mark of zstd", b"\x28\xb5\x2f\xfd"),
    ] {
        let expect = Expect::Refused(&["not-an-image", "archive-truncated", "archive-invalid"]);
        table.archive(format!("format: {name}"), expect, bytes.to_vec());
    }
    table.archive(
        "format: noise",
        NO_IMAGE,
        (0..5000_u32)
            .map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect(),
    );
    table.archive(
        "format: zeros",
        Expect::Refused(&["not-an-image"]),
        vec![0; 1 << 20],
    );
    table.archive(
        "format: a tar without an image",
        NO_IMAGE,
        Raw::new().file("hello", b"hello").end(),
    );
}
