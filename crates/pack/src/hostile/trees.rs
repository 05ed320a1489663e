//! Trees that lead out of their root by their paths, or that are too deep to be.

use super::{Expect, REFUSED, Raw, Table};

pub(super) fn add(table: &mut Table) {
    traversal(table);
    names(table);
    replaced(table);
    deep(table);
}

fn traversal(table: &mut Table) {
    for path in [
        "../pwned",
        "a/../../pwned",
        "./../pwned",
        "..",
        "a/..",
        "/../pwned",
        "a/./../../pwned",
        "../../../../pwned",
    ] {
        table.layer(
            format!("traversal: file {path}"),
            REFUSED,
            Raw::new().file(path, b"x"),
        );
        table.layer(
            format!("traversal: dir {path}"),
            REFUSED,
            Raw::new().dir(path),
        );
        table.layer(
            format!("traversal: link at {path}"),
            REFUSED,
            Raw::new().symlink(path, "x"),
        );
    }
    let pax: &[u8] = b"../../pwned";
    table.layer(
        "traversal: in a PAX path",
        REFUSED,
        Raw::new().pax(&[("path", pax)]).file("x", b""),
    );
    table.layer(
        "traversal: in a GNU long name",
        REFUSED,
        Raw::new().long(b'L', pax).file("x", b""),
    );
    table.layer(
        "traversal: in a sparse name",
        REFUSED,
        Raw::new()
            .pax(&[
                ("GNU.sparse.name", pax),
                ("GNU.sparse.size", b"1"),
                ("GNU.sparse.map", b"0,1"),
            ])
            .file("x", b"x"),
    );
    table.layer(
        "traversal: split over prefix and name",
        REFUSED,
        Raw::new().header(b'0', b"pwned", b"", 0, |block| {
            block[345..347].copy_from_slice(b"..");
        }),
    );
    for path in ["/pwned-absolute", "//etc//pwned", "/./etc/./pwned"] {
        table.layer(
            format!("absolute: {path}"),
            Expect::Taken,
            Raw::new().file(path, b"x"),
        );
    }
}

fn names(table: &mut Table) {
    for (what, name) in [
        (
            "Korean",
            "\u{d55c}\u{ad6d}\u{c5b4}/\u{d30c}\u{c77c}".as_bytes(),
        ),
        ("not UTF-8", b"caf\xe9/\xff\xfe"),
        ("newlines", b"a\nb\r\n/c\n"),
        ("escapes", b"\x1b[31mred\x07"),
        ("right to left", "\u{202e}gpj.exe".as_bytes()),
        ("spaces at both ends", b" a "),
        ("a backslash", b"..\\..\\pwned"),
        ("three dots", b".../...."),
        ("a dash", b"-rf"),
        ("dots and slashes", b"./././a//b/./c"),
    ] {
        table.layer(
            format!("name with {what}"),
            Expect::Taken,
            Raw::new().member(b'0', name, b"", b"x"),
        );
        table.layer(
            format!("PAX name with {what}"),
            Expect::Taken,
            Raw::new().pax(&[("path", name)]).file("x", b"x"),
        );
    }
    table.layer(
        "name of 255 bytes",
        Expect::Taken,
        Raw::new().pax(&[("path", &[b'n'; 255])]).file("x", b""),
    );
    table.layer(
        "name of 256 bytes",
        REFUSED,
        Raw::new().pax(&[("path", &[b'n'; 256])]).file("x", b""),
    );
    table.layer(
        "name that is empty",
        Expect::Harmless,
        Raw::new().file("", b"x"),
    );
    table.layer(
        "name with a zero byte",
        super::INVALID,
        Raw::new().pax(&[("path", b"a\0b")]).file("x", b""),
    );
    table.layer(
        "link with a zero byte",
        super::INVALID,
        Raw::new().pax(&[("linkpath", b"a\0b")]).symlink("x", "y"),
    );
    table.layer(
        "GNU name over PAX name",
        Expect::Taken,
        Raw::new()
            .long(b'L', b"gnu")
            .pax(&[("path", b"pax")])
            .file("x", b""),
    );
}

fn replaced(table: &mut Table) {
    table.layer(
        "twice: a file",
        Expect::Taken,
        Raw::new().file("a", b"1").file("a", b"2"),
    );
    table.layer(
        "twice: a file over a tree",
        Expect::Taken,
        Raw::new().dir("a").file("a/b/c", b"1").file("a", b"2"),
    );
    table.layer(
        "twice: a tree over a file",
        Expect::Taken,
        Raw::new().file("a", b"1").dir("a").file("a/b", b"2"),
    );
    table.layer(
        "twice: a directory, then a symlink out, then through it",
        Expect::Harmless,
        Raw::new().dir("a").symlink("a", "/").file("a/pwned", b"x"),
    );
    table.layer(
        "twice: an open directory replaced by a link out",
        Expect::Harmless,
        Raw::new()
            .dir("a/b")
            .file("a/b/one", b"")
            .symlink("a", "..")
            .file("a/b/pwned", b"x"),
    );
    let mut alternating = Raw::new();
    for _ in 0..3000 {
        alternating = alternating.dir("a").file("a/b/c/d", b"").file("a", b"");
    }
    table.layer("twice: three thousand times", Expect::Taken, alternating);
}

fn deep(table: &mut Table) {
    for depth in [2000, 2047] {
        let path = b"d/".repeat(depth);
        table.layer(
            format!("depth {depth}"),
            Expect::Taken,
            Raw::new().pax(&[("path", &path)]).file("x", b""),
        );
    }
    for depth in [2049, 100_000, 1_000_000] {
        let path = b"d/".repeat(depth);
        table.layer(
            format!("depth {depth}"),
            REFUSED,
            Raw::new().pax(&[("path", &path)]).file("x", b""),
        );
        table.layer(
            format!("depth {depth}, GNU"),
            REFUSED,
            Raw::new().long(b'L', &path).file("x", b""),
        );
    }
    let deep = b"d/".repeat(2000);
    table.layer(
        "depth 4000 through a link",
        Expect::Harmless,
        Raw::new()
            .pax(&[("path", &deep)])
            .dir("x")
            .pax(&[("linkpath", &deep)])
            .symlink("s", "x")
            .pax(&[("path", &[b"s/", deep.as_slice()].concat())])
            .file("x", b"x"),
    );
    let mut wide = Raw::new();
    for at in 0..40 {
        let path = [format!("{at}/").as_bytes(), &b"d/".repeat(2000)].concat();
        wide = wide.pax(&[("path", &path)]).file("x", b"");
    }
    table.layer("depth 2000, forty times", super::LARGE, wide);
}
