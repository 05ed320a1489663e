//! Entries that are no plain files: marks of what is deleted, devices, roots that are none.

use super::{Expect, REFUSED, Raw, Table};

pub(super) fn add(table: &mut Table) {
    marks(table);
    specials(table);
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
