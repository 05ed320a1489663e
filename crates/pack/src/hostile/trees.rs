//! Trees that lead out of their root, or pretend to.

use super::{Expect, REFUSED, Raw, Table};

const UP: &str = "../../../../../../../../../../../..";

pub(super) fn add(table: &mut Table) {
    traversal(table);
    links(table);
    marks(table);
    specials(table);
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

fn links(table: &mut Table) {
    for target in [
        "/",
        "..",
        UP,
        "/proc/self/root",
        "/proc/self/cwd",
        "/proc/1/root",
        "/dev/fd/3",
        ".",
    ] {
        let out = || Raw::new().symlink("out", target);
        let harmless = Expect::Harmless;
        table.layer(
            format!("write through {target}: file"),
            harmless,
            out().file("out/pwned", b"x"),
        );
        table.layer(
            format!("write through {target}: tree"),
            harmless,
            out()
                .dir("out/d")
                .file("out/d/pwned", b"x")
                .symlink("out/d/l", "x"),
        );
        table.layer(
            format!("write through {target}: mark"),
            harmless,
            out().file("out/.wh.victim", b""),
        );
        table.layer(
            format!("write through {target}: opaque"),
            harmless,
            out().file("out/.wh..wh..opq", b""),
        );
        table.layer(
            format!("write through {target}: hardlink"),
            harmless,
            out().hardlink("stolen", "out/etc/passwd"),
        );
        table.layer(
            format!("write through {target}: over the link"),
            Expect::Taken,
            out().file("out", b"x"),
        );
    }
    table.layer(
        "links: a circle",
        REFUSED,
        Raw::new()
            .symlink("a", "b")
            .symlink("b", "a")
            .file("a/x", b""),
    );
    table.layer(
        "links: to itself",
        REFUSED,
        Raw::new().symlink("a", "a").file("a/x", b""),
    );
    table.layer(
        "links: dangling, as a directory",
        REFUSED,
        Raw::new().symlink("a", "gone").file("a/x", b""),
    );
    table.layer(
        "links: dangling, alone",
        Expect::Taken,
        Raw::new().symlink("a", "/no/such/place"),
    );
    table.layer(
        "links: an empty target",
        REFUSED,
        Raw::new().symlink("a", ""),
    );
    let long = vec![b't'; 5000];
    table.layer(
        "links: a target of 5000 bytes",
        REFUSED,
        Raw::new().pax(&[("linkpath", &long)]).symlink("a", "b"),
    );
    table.layer(
        "links: a GNU target of 5000 bytes",
        REFUSED,
        Raw::new().long(b'K', &long).symlink("a", "b"),
    );
    let mut chain = Raw::new().dir("end");
    for at in 0..60 {
        let target = if at == 0 {
            "end".to_owned()
        } else {
            format!("l{}", at - 1)
        };
        chain = chain.symlink(&format!("l{at}"), &target);
    }
    table.layer("links: a chain of sixty", REFUSED, chain.file("l59/x", b""));
    for target in [
        "../victim",
        "../../../../etc/passwd",
        "missing",
        "",
        "/",
        "d",
        "self",
        "..",
    ] {
        table.layer(
            format!("hardlink to {target:?}"),
            REFUSED,
            Raw::new().dir("d").hardlink("self", target),
        );
    }
    table.layer(
        "hardlink to /etc/passwd",
        REFUSED,
        Raw::new().hardlink("h", "/etc/passwd"),
    );
    table.layer(
        "hardlink to a symlink that leads out, then written",
        Expect::Taken,
        Raw::new()
            .symlink("s", "/etc/passwd")
            .hardlink("h", "s")
            .file("h", b"pwned"),
    );
    table.layer(
        "hardlink then written: the first name keeps its content",
        Expect::Taken,
        Raw::new()
            .file("a", b"a")
            .hardlink("b", "a")
            .file("b", b"b"),
    );
    table.layer(
        "a file in a file",
        REFUSED,
        Raw::new().file("a", b"").file("a/b", b""),
    );
    table.layer(
        "a directory in a device",
        REFUSED,
        Raw::new().member(b'6', b"p", b"", b"").dir("p/d"),
    );
}

fn marks(table: &mut Table) {
    for name in [".wh.", ".wh..", ".wh...", "d/.wh.", "d/.wh..", "d/.wh..."] {
        table.layer(
            format!("mark {name}"),
            REFUSED,
            Raw::new().dir("d").file(name, b""),
        );
    }
    table.layer("mark that is a directory", REFUSED, Raw::new().dir(".wh.x"));
    table.layer(
        "mark that is a symlink",
        REFUSED,
        Raw::new().symlink(".wh.x", "y"),
    );
    table.layer(
        "mark that is a fifo",
        REFUSED,
        Raw::new().member(b'6', b".wh.x", b"", b""),
    );
    table.layer("mark as a parent", REFUSED, Raw::new().file(".wh.d/x", b""));
    table.layer(
        "mark with a slash behind",
        REFUSED,
        Raw::new().file(".wh.../x", b""),
    );
    table.layer(
        "mark of overlayfs as a device",
        REFUSED,
        Raw::new().device(b'3', "mark", 0, 0),
    );
    table.layer(
        "mark of aufs",
        Expect::Taken,
        Raw::new()
            .file(".wh..wh.aufs", b"")
            .file(".wh..wh.plnk/1.2", b""),
    );
    table.layer(
        "mark with content",
        Expect::Taken,
        Raw::new().file(".wh.x", b"content"),
    );
    table.layer(
        "mark for what the layer brings",
        Expect::Taken,
        Raw::new().file("x", b"").file(".wh.x", b""),
    );
    table.layer(
        "mark before what the layer brings",
        Expect::Taken,
        Raw::new().file(".wh.x", b"").dir("x").file("x/y", b""),
    );
    table.layer(
        "mark as a hardlink",
        Expect::Taken,
        Raw::new().file("x", b"").hardlink(".wh.y", "x"),
    );
    table.layer(
        "mark twice",
        Expect::Taken,
        Raw::new().file(".wh.x", b"").file(".wh.x", b""),
    );
    table.layer(
        "opaque root",
        Expect::Taken,
        Raw::new().file(".wh..wh..opq", b""),
    );
    for name in [
        "trusted.overlay.redirect",
        "user.overlay.redirect",
        "trusted.overlay.opaque",
        "user.overlay.metacopy",
        "trusted.overlay.overlay.opaque",
    ] {
        let key = format!("SCHILY.xattr.{name}");
        table.layer(
            format!("attribute {name}"),
            Expect::Taken,
            Raw::new().pax(&[(&key, b"/etc")]).dir("d"),
        );
    }
}

fn specials(table: &mut Table) {
    for (kind, name, major, minor) in [
        (b'3', "null", 1, 3),
        (b'4', "sda", 8, 0),
        (b'3', "mem", 1, 1),
        (b'3', "odd", 4095, 2_000_000),
    ] {
        table.layer(
            format!("device {name}"),
            Expect::Taken,
            Raw::new().device(kind, name, major, minor),
        );
    }
    table.layer(
        "device over a file",
        Expect::Taken,
        Raw::new().file("x", b"x").device(b'3', "x", 1, 3),
    );
    table.layer(
        "device with a second name",
        Expect::Taken,
        Raw::new().device(b'3', "x", 1, 3).hardlink("y", "x"),
    );
    table.layer(
        "device written through",
        Expect::Taken,
        Raw::new().device(b'4', "x", 8, 0).file("x", b"x"),
    );
    table.layer(
        "device with data",
        Expect::Harmless,
        Raw::new()
            .header(b'3', b"x", b"", 512, |_| ())
            .data(&[0; 512]),
    );
    table.layer(
        "fifo over a fifo",
        Expect::Taken,
        Raw::new()
            .member(b'6', b"p", b"", b"")
            .member(b'6', b"p", b"", b""),
    );
    table.layer(
        "setuid, every bit set",
        Expect::Taken,
        Raw::new().header(b'0', b"s", b"", 0, |block| {
            block[100..108].copy_from_slice(b"7777777\0");
        }),
    );
    table.layer("root that is a file", REFUSED, Raw::new().file("./", b"x"));
    table.layer(
        "root that is a symlink",
        REFUSED,
        Raw::new().symlink("./", "/etc"),
    );
    table.layer(
        "root that nobody may enter",
        Expect::Taken,
        Raw::new()
            .header(b'5', b"./", b"", 0, |block| {
                block[100..108].copy_from_slice(b"0000000\0");
            })
            .file("x", b""),
    );
    table.layer(
        "unknown types",
        Expect::Taken,
        Raw::new()
            .member(b'V', b"label", b"", b"")
            .member(b'Z', b"z", b"", &[1; 700])
            .file("x", b"x"),
    );
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
