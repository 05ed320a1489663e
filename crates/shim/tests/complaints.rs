//! Standard error is a file, and the disk that it lies on may be full.

use std::fs::File;
use std::process::Command;

#[test]
fn a_complaint_that_finds_no_room_ends_nobody() {
    for (arguments, code) in [(&["what"][..], 2), (&["net", "/nowhere"], 1)] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut shim = Command::new(env!("CARGO_BIN_EXE_gantry-shim"));
        let status = shim.args(arguments).stderr(full).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}
