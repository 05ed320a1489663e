//! Mounts in memory.

use gantry_wire::MountPoint;

use super::clean;
use super::words::is_read_only;
use crate::{Error, Result};

pub(super) fn tmpfs(target: &str, options: String) -> Result<MountPoint> {
    if let Some(option) = options.split(',').find(|option| !is_tmpfs_option(option)) {
        return Err(Error::Invalid(format!("invalid tmpfs option {option:?}")));
    }
    Ok(MountPoint {
        r#type: "tmpfs".to_owned(),
        destination: clean(target)?,
        rw: !is_read_only(&options),
        mode: options,
        ..MountPoint::default()
    })
}

/// The options that Docker lets through to a tmpfs.
fn is_tmpfs_option(option: &str) -> bool {
    const FLAGS: [&str; 19] = [
        "",
        "ro",
        "rw",
        "exec",
        "noexec",
        "suid",
        "nosuid",
        "dev",
        "nodev",
        "atime",
        "noatime",
        "diratime",
        "nodiratime",
        "relatime",
        "norelatime",
        "strictatime",
        "nostrictatime",
        "defaults",
        "private",
    ];
    const VALUES: [&str; 7] = [
        "size",
        "mode",
        "uid",
        "gid",
        "nr_inodes",
        "nr_blocks",
        "mpol",
    ];
    match option.split_once('=') {
        Some((key, value)) => VALUES.contains(&key) && !value.is_empty(),
        None => FLAGS.contains(&option),
    }
}
