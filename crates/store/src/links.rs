//! Short names for layers: `l/<first digits>` → `../layers/<diff id>/diff`.

use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use gantry_oci::DiffId;

use crate::layout::Layout;
use crate::unpack::DIFF;
use crate::{Error, Result};

/// Digits tried: the shortest that belongs to this layer wins.
const LENGTHS: [usize; 4] = [12, 20, 32, 64];

fn target(diff_id: &DiffId) -> PathBuf {
    Path::new("../layers").join(diff_id.to_hex()).join(DIFF)
}

/// The short name of a layer, made where it is missing.
pub(crate) fn ensure(layout: &Layout, diff_id: &DiffId) -> Result<PathBuf> {
    let (hex, target) = (diff_id.to_hex(), target(diff_id));
    for length in LENGTHS {
        let link = layout.links().join(&hex[..length]);
        match symlink(&target, &link) {
            Ok(()) => return Ok(link),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                if std::fs::read_link(&link).is_ok_and(|found| found == target) {
                    return Ok(link);
                }
            }
            Err(error) => return Err(Error::io("naming a layer", &link, error)),
        }
    }
    Ok(layout.layer_diff(diff_id))
}

/// Removes the short name of a layer.
pub(crate) fn remove(layout: &Layout, diff_id: &DiffId) {
    let (hex, target) = (diff_id.to_hex(), target(diff_id));
    for length in LENGTHS {
        let link = layout.links().join(&hex[..length]);
        if std::fs::read_link(&link).is_ok_and(|found| found == target) {
            let _ = std::fs::remove_file(&link);
        }
    }
}
