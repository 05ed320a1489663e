//! Symbolic and hard links that lead out of their root, go in circles or hang in the air.

use super::{Expect, REFUSED, Raw, Table};

const UP: &str = "../../../../../../../../../../../..";

pub(super) fn add(table: &mut Table) {
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
