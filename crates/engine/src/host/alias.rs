//! A name for the default engine's socket that people can remember.
//!
//! The socket itself lies below a hash of its data root, so that engines do not meet. The one of
//! the default root is also found as `engine.sock` in the runtime folder: the address to give to
//! `docker context create`.

use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::paths::{Paths, default_root};

/// Points `gantry/engine.sock` at the socket, when it is the default engine's.
///
/// A failure costs only the short name, so it is told and no more.
pub(super) fn give(paths: &Paths) {
    let default = default_root().and_then(|root| {
        root.canonicalize()
            .map_err(super::EnterError::io("resolve", &root))
    });
    if !default.is_ok_and(|root| root == paths.root) || !paths.socket.starts_with(&paths.runtime) {
        return;
    }
    if let Err(error) = point(&paths.runtime, &paths.socket) {
        tracing::warn!(%error, "the socket has no short name");
    }
}

/// Replaces the link in one step, so that it always leads to a socket.
fn point(runtime: &Path, socket: &Path) -> io::Result<()> {
    let (Some(base), Ok(target)) = (
        runtime.parent(),
        socket.strip_prefix(runtime.parent().unwrap_or(runtime)),
    ) else {
        return Ok(());
    };
    let staged = base.join(format!(".engine.sock.{}", std::process::id()));
    symlink(target, &staged)?;
    std::fs::rename(&staged, base.join("engine.sock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_name_leads_to_the_socket_and_is_replaced() {
        let base = tempfile::tempdir().unwrap();
        for hash in ["0a1b2c", "3d4e5f"] {
            let runtime = base.path().join(hash);
            point(&runtime, &runtime.join("engine.sock")).unwrap();
            let target = std::fs::read_link(base.path().join("engine.sock")).unwrap();
            assert_eq!(target, Path::new(hash).join("engine.sock"));
        }
        assert_eq!(std::fs::read_dir(base.path()).unwrap().count(), 1);
    }
}
