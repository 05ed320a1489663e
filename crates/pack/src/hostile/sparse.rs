//! Sparse files whose maps lie.

use super::raw::fill;
use super::{CUT_OR_INVALID, Expect, INVALID, LARGE, Raw, Table, bounds};

pub(super) fn add(table: &mut Table) {
    let map = |size: &str, map: &str, data: &[u8]| {
        Raw::new()
            .pax(&[
                ("GNU.sparse.size", size.as_bytes()),
                ("GNU.sparse.map", map.as_bytes()),
            ])
            .file("bomb", data)
    };
    for size in [
        "1152921504606846976",
        "9223372036854775807",
        "1099511627777",
    ] {
        table.layer(
            format!("sparse: {size} bytes"),
            LARGE,
            map(size, "0,1", b"x"),
        );
    }
    let size = (bounds::FILE - 1).to_string();
    table.layer(
        "sparse: as large as is allowed",
        Expect::Harmless,
        map(&size, &format!("0,1,{},1", bounds::FILE - 2), b"xy"),
    );
    for parts in [
        "5,5,0,5",
        "0,10,5,10",
        "0,18446744073709551615",
        "1,18446744073709551615",
        "0,1",
        "0,11",
        "30,10",
        "1,2,3",
        "x",
        ",",
        "0,-1",
    ] {
        table.layer(
            format!("sparse: the map {parts}"),
            INVALID,
            map("20", parts, b"0123456789"),
        );
    }
    table.layer("sparse: no part", Expect::Taken, map("1000000", "", b""));
    table.layer(
        "sparse: an empty part at the end",
        Expect::Taken,
        map("20", "0,10,20,0", b"0123456789"),
    );
    table.layer(
        "sparse: offset without size",
        INVALID,
        Raw::new()
            .pax(&[("GNU.sparse.numbytes", b"5")])
            .file("x", b"01234"),
    );
    let v1 = |size: &'static [u8], data: &[u8]| {
        Raw::new()
            .pax(&[
                ("GNU.sparse.major", b"1"),
                ("GNU.sparse.minor", b"0"),
                ("GNU.sparse.realsize", size),
                ("GNU.sparse.name", b"real"),
            ])
            .member(b'0', b"GNUSparseFile.0/real", b"", data)
    };
    let mut block = b"1\n0\n5\n".to_vec();
    block.resize(512, 0);
    block.extend_from_slice(b"01234");
    table.layer(
        "sparse: version 1.0, right",
        Expect::Taken,
        v1(b"1000", &block),
    );
    table.layer(
        "sparse: version 1.0, a real size too small",
        INVALID,
        v1(b"3", &block),
    );
    table.layer(
        "sparse: version 1.0, a map without end",
        INVALID,
        v1(b"1000", &[b'1'; 512]),
    );
    table.layer(
        "sparse: version 1.0, a billion parts",
        INVALID,
        v1(b"1000", b"1000000000\n0\n1\n"),
    );
    table.layer(
        "sparse: version 1.0, no number",
        INVALID,
        v1(b"1000", b"\n\n\n\n"),
    );
    let old = |real: &'static [u8], offset: &'static [u8], length: &'static [u8], extended: u8| {
        Raw::new().header(b'S', b"old", b"", 5, move |block| {
            fill(&mut block[257..265], b"ustar  \0");
            block[345..512].fill(0);
            fill(&mut block[386..398], offset);
            fill(&mut block[398..410], length);
            block[482] = extended;
            fill(&mut block[483..495], real);
        })
    };
    table.layer(
        "sparse: old GNU, right",
        Expect::Taken,
        old(b"00000001000", b"00000000000", b"00000000005", 0).data(b"01234"),
    );
    table.layer(
        "sparse: old GNU, exabytes",
        Expect::Refused(&["archive-too-large", "archive-invalid"]),
        old(
            &[0x80, 0, 0, 0, 0x0f, 255, 255, 255, 255, 255, 255, 255],
            b"00000000000",
            b"00000000005",
            0,
        )
        .data(b"01234"),
    );
    table.layer(
        "sparse: old GNU, parts beyond the data",
        INVALID,
        old(b"00000001000", b"00000000000", b"00000000077", 0).data(b"01234"),
    );
    table.layer_bytes(
        "sparse: old GNU, a map without end",
        CUT_OR_INVALID,
        old(b"00000001000", b"00000000000", b"00000000005", 1)
            .bytes(&[0xff; 512])
            .cut(),
    );
    let mut chain = old(b"00000001000", b"00000000000", b"00000000005", 1);
    for _ in 0..60_000 {
        let mut block = [b'0'; 512];
        block[504] = 1;
        chain = chain.bytes(&block);
    }
    table.layer_bytes(
        "sparse: old GNU, a million parts",
        CUT_OR_INVALID,
        chain.cut(),
    );
}
