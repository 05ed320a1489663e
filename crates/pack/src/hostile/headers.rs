//! Headers that lie: sizes, checksums, extended records, attributes.

use super::raw::fill;
use super::{CUT, CUT_OR_INVALID, Expect, INVALID, LARGE, Raw, Table, bounds};

pub(super) fn add(table: &mut Table) {
    sizes(table);
    broken(table);
    extended(table);
    attributes(table);
    many(table);
}

fn sizes(table: &mut Table) {
    let x = |size: &'static [u8]| Raw::new().pax(&[("size", size)]);
    table.layer(
        "size: PAX says less",
        INVALID,
        x(b"1").file("x", &[b'x'; 2000]),
    );
    table.layer(
        "size: PAX says more",
        CUT_OR_INVALID,
        x(b"9000").file("x", b"abc"),
    );
    table.layer(
        "size: PAX says exabytes",
        Expect::Refused(&["archive-too-large"]),
        x(b"9000000000000000000").file("x", b"abc"),
    );
    for size in [
        &b"99999999999999999999"[..],
        b"-1",
        b"x",
        b"",
        b"1e3",
        b"0x10",
        b"18446744073709551615",
    ] {
        let name = format!("size: PAX says {:?}", String::from_utf8_lossy(size));
        table.layer(
            name,
            INVALID,
            Raw::new().pax(&[("size", size)]).file("x", b"abc"),
        );
    }
    // Readers that take the header's size find a second archive inside the first file.
    let inner = Raw::new().file("smuggled", b"x").cut();
    let smuggled = x(b"1024")
        .header(b'0', b"outer", b"", 0, |_| ())
        .data(&inner)
        .file("after", b"a");
    table.layer(
        "size: PAX against a header of zero",
        Expect::Taken,
        smuggled,
    );
    let twice = Raw::new()
        .pax(&[("size", b"3"), ("size", b"3")])
        .file("x", b"abc");
    table.layer("size: the record twice", Expect::Taken, twice);
    table.layer(
        "size: a directory with data",
        Expect::Harmless,
        x(b"512")
            .header(b'5', b"d", b"", 512, |_| ())
            .data(&[0; 512]),
    );
    table.layer(
        "size: a symlink with data",
        Expect::Harmless,
        Raw::new()
            .header(b'2', b"l", b"t", 512, |_| ())
            .file("x", b""),
    );
    table.layer(
        "size: octal beyond the data",
        CUT,
        Raw::new()
            .header(b'0', b"x", b"", 1 << 18, |_| ())
            .data(b"short"),
    );
    let base256 = |bytes: [u8; 12]| {
        Raw::new().header(b'0', b"x", b"", 0, move |block| {
            block[124..136].copy_from_slice(&bytes);
        })
    };
    table.layer(
        "size: base 256, huge",
        Expect::Refused(&["archive-invalid", "archive-too-large"]),
        base256([0x80, 0, 0, 0, 0x7f, 255, 255, 255, 255, 255, 255, 255]),
    );
    table.layer(
        "size: base 256, negative",
        Expect::Refused(&["archive-invalid", "archive-too-large"]),
        base256([0xff; 12]),
    );
    table.layer("size: letters", INVALID, base256(*b"abcdefghijkl"));
    table.layer(
        "size: more than the disk has",
        Expect::Refused(&["disk-full", "archive-too-large", "archive-truncated"]),
        x(b"1000000000000").file("x", b"abc"),
    );
}

fn broken(table: &mut Table) {
    let good = Raw::new().file("a", b"aaaa").end();
    for at in [0, 100, 124, 148, 156, 257, 511] {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        table.layer_bytes(
            format!("header: a changed byte at {at}"),
            Expect::Refused(&["archive-invalid", "not-an-image"]),
            bad,
        );
    }
    table.layer_bytes(
        "end: no end mark",
        Expect::Harmless,
        Raw::new().file("a", b"a").cut(),
    );
    table.layer_bytes(
        "end: one block of zeros",
        Expect::Harmless,
        Raw::new().file("a", b"a").bytes(&[0; 512]).cut(),
    );
    table.layer_bytes(
        "end: members behind it",
        Expect::Taken,
        Raw::new()
            .file("a", b"a")
            .bytes(&[0; 1024])
            .file("b", b"b")
            .end(),
    );
    table.layer_bytes(
        "end: garbage behind it",
        Expect::Taken,
        Raw::new()
            .file("a", b"a")
            .bytes(&[0; 1024])
            .bytes(&[0xaa; 777])
            .cut(),
    );
    table.layer_bytes(
        "end: half a header",
        CUT,
        Raw::new().file("a", b"a").bytes(&[b'x'; 100]).cut(),
    );
    table.layer_bytes("end: zeros only", Expect::Harmless, vec![0; 10_240]);
    table.layer(
        "header: an id beyond 32 bits",
        INVALID,
        Raw::new().pax(&[("uid", b"4294967296")]).file("x", b""),
    );
    table.layer(
        "header: an id of 4294967295",
        Expect::Taken,
        Raw::new()
            .pax(&[("uid", b"4294967295"), ("gid", b"4294967295")])
            .file("x", b""),
    );
    table.layer(
        "header: ids beyond 65535",
        Expect::Taken,
        Raw::new()
            .pax(&[("uid", b"70000"), ("gid", b"4000000000")])
            .file("x", b""),
    );
    table.layer(
        "header: a negative id",
        INVALID,
        Raw::new().pax(&[("gid", b"-1")]).file("x", b""),
    );
    for time in [
        "-9223372036854775808",
        "9223372036854775807",
        "-0.999999999",
        "1.0000000000000000000000001",
    ] {
        table.layer(
            format!("time: {time}"),
            Expect::Taken,
            Raw::new().pax(&[("mtime", time.as_bytes())]).file("x", b""),
        );
    }
    for time in ["99999999999999999999", "1.2.3", "x", "1.-5", "NaN", "1e9"] {
        table.layer(
            format!("time: {time}"),
            INVALID,
            Raw::new().pax(&[("mtime", time.as_bytes())]).file("x", b""),
        );
    }
    table.layer(
        "header: not a tar's magic",
        Expect::Taken,
        Raw::new().header(b'0', b"x", b"", 0, |block| {
            fill(&mut block[257..265], b"notatar!");
        }),
    );
}

fn extended(table: &mut Table) {
    for records in [
        &b"5 a=b\n"[..],
        b"99 path=x\n",
        b"x path=x\n",
        b"10 path=x",
        b"4 =\n",
        b"-9 path=x\n",
        b"0 path=x\n",
        b"99999999999999999999 path=x\n",
        b"no space at all in these twenty bytes",
    ] {
        let name = format!("records: {:?}", String::from_utf8_lossy(records));
        table.layer(
            name,
            INVALID,
            Raw::new().member(b'x', b"p", b"", records).file("x", b""),
        );
    }
    table.layer(
        "records: none",
        Expect::Taken,
        Raw::new().member(b'x', b"p", b"", b"").file("x", b""),
    );
    table.layer(
        "records: only zeros",
        Expect::Taken,
        Raw::new().member(b'x', b"p", b"", &[0; 600]).file("x", b""),
    );
    table.layer(
        "records: without a member",
        INVALID,
        Raw::new().pax(&[("path", b"x")]),
    );
    table.layer(
        "records: a name without a member",
        INVALID,
        Raw::new().long(b'L', b"x"),
    );
    table.layer(
        "records: global path",
        Expect::Taken,
        Raw::new()
            .extended(b'g', &[("path", b"../pwned"), ("size", b"99")])
            .file("x", b"abc"),
    );
    table.layer(
        "records: header of 5 MB",
        INVALID,
        Raw::new()
            .pax(&[("comment", &vec![b'c'; 5 << 20])])
            .file("x", b""),
    );
    let mut repeated = Raw::new();
    for _ in 0..10 {
        repeated = repeated.pax(&[("SCHILY.xattr.user.a", &vec![b'v'; 600 << 10])]);
    }
    table.layer(
        "records: many headers before one member",
        INVALID,
        repeated.file("x", b""),
    );
    let mut links = Raw::new();
    for _ in 0..10 {
        links = links.long(b'K', &vec![b'k'; 600 << 10]);
    }
    table.layer(
        "records: many long links before one member",
        INVALID,
        links.symlink("x", "y"),
    );
    table.layer(
        "records: an exabyte header",
        Expect::Refused(&["archive-invalid"]),
        Raw::new().header(b'x', b"p", b"", 0o77_777_777_777, |_| ()),
    );
    table.layer_bytes(
        "records: cut inside",
        CUT,
        Raw::new()
            .header(b'x', b"p", b"", 4096, |_| ())
            .bytes(&[b'1'; 600])
            .cut(),
    );
}

fn attributes(table: &mut Table) {
    let attribute = |name: &str, value: &[u8]| {
        let key = format!("SCHILY.xattr.{name}");
        Raw::new().pax(&[(&key, value)]).file("x", b"")
    };
    table.layer(
        "attribute of 60 kB",
        Expect::Taken,
        attribute("user.a", &vec![b'v'; 60_000]),
    );
    table.layer(
        "attribute of 1 MB",
        Expect::Taken,
        attribute("user.a", &vec![b'v'; 1 << 20]),
    );
    table.layer(
        "attribute with a long name",
        Expect::Taken,
        attribute(&format!("user.{}", "n".repeat(300)), b"v"),
    );
    table.layer(
        "attribute without a name",
        Expect::Taken,
        attribute("", b"v"),
    );
    table.layer(
        "attribute of an unknown kind",
        Expect::Taken,
        attribute("weird.name", b"v"),
    );
    table.layer(
        "attribute: a capability that is none",
        Expect::Taken,
        attribute("security.capability", b"garbage"),
    );
    table.layer(
        "attribute: an access list that is none",
        Expect::Taken,
        attribute("system.posix_acl_access", b"garbage"),
    );
    table.layer(
        "attribute on a symlink",
        Expect::Taken,
        Raw::new()
            .pax(&[("SCHILY.xattr.user.a", b"v")])
            .symlink("l", "/etc/passwd"),
    );
    let keys: Vec<String> = (0..2000)
        .map(|at| format!("SCHILY.xattr.user.a{at}"))
        .collect();
    let records: Vec<(&str, &[u8])> = keys
        .iter()
        .map(|key| (key.as_str(), b"value".as_slice()))
        .collect();
    table.layer(
        "attributes, two thousand",
        Expect::Taken,
        Raw::new().pax(&records).file("x", b""),
    );
}

fn many(table: &mut Table) {
    let mut entries = Raw::new();
    for at in 0..=bounds::ENTRIES {
        entries = entries.member(b'2', at.to_string().as_bytes(), b"t", b"");
    }
    table.layer("entries without end", LARGE, entries);
    let mut names = Raw::new();
    for at in 0..9000 {
        let path = [
            at.to_string().as_bytes(),
            &b"/nnnnnnnnnnnnnnnnnnnnn".repeat(8),
        ]
        .concat();
        names = names.pax(&[("path", &path)]).file("x", b"");
    }
    table.layer("names without end", LARGE, names);
}
