//! Starting a keeper.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use gantry_packet::{Started, start};

use crate::plan::{KEEPER_LOG, Plan};

/// Writes the plan and starts `gantry-shim net DIRECTORY` from its binary.
pub fn spawn(binary: impl AsFd, directory: &Path, plan: &Plan) -> io::Result<Started> {
    std::fs::create_dir_all(directory)?;
    plan.write(directory)?;
    let log = File::create(directory.join(KEEPER_LOG))?;
    start(binary, "net", directory, log)
}
