//! One engine per data root: an flock on a file in it, released by the kernel when we die.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use super::EnterError;

/// The lock on a data root, held as long as this value lives.
#[derive(Debug)]
pub(crate) struct RootLock {
    _file: File,
}

impl RootLock {
    /// Takes the lock, or names the process that has it.
    pub(crate) fn take(root: &Path) -> Result<Self, EnterError> {
        let path = root.join("engine.lock");
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(EnterError::io("open", &path))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut text = String::new();
                file.read_to_string(&mut text)
                    .map_err(EnterError::io("read", &path))?;
                let pid = text.trim().parse().unwrap_or(0);
                return Err(EnterError::AlreadyRunning {
                    root: root.to_owned(),
                    pid,
                });
            }
            Err(error) => return Err(EnterError::io("lock", &path)(error.into())),
        }
        file.set_len(0).map_err(EnterError::io("write", &path))?;
        file.rewind().map_err(EnterError::io("write", &path))?;
        writeln!(file, "{}", std::process::id()).map_err(EnterError::io("write", &path))?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_engine_on_the_same_root_is_refused_and_told_by_whom() {
        let root = tempfile::tempdir().unwrap();
        let held = RootLock::take(root.path()).unwrap();
        let refused = RootLock::take(root.path());
        assert!(
            matches!(refused, Err(EnterError::AlreadyRunning { pid, .. }) if pid == std::process::id())
        );
        drop(held);
        assert!(RootLock::take(root.path()).is_ok());
    }
}
