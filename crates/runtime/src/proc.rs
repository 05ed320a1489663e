//! What may be mounted over /proc: the kernel's protections are reached through it, so that whoever
//! covers a part of it could have a container start without them (CVE-2019-16884).

use std::os::fd::BorrowedFd;
use std::path::Path;

use rustix::fs::{fstat, fstatfs};

/// PROC_SUPER_MAGIC, and PROC_ROOT_INO: the root of a procfs.
const MAGIC: u64 = 0x9fa0;
const ROOT: u64 = 1;

/// The files that lxcfs has its own of; runc lets the same be covered.
const FILES: [&str; 11] = [
    "/proc/cpuinfo",
    "/proc/diskstats",
    "/proc/loadavg",
    "/proc/meminfo",
    "/proc/net/dev",
    "/proc/slabinfo",
    "/proc/stat",
    "/proc/swaps",
    "/proc/sys/crypto/fips_enabled",
    "/proc/sys/kernel/ns_last_pid",
    "/proc/uptime",
];

/// Whether something lies in a procfs.
pub fn is_one(found: BorrowedFd<'_>) -> rustix::io::Result<bool> {
    Ok(fstatfs(found)?.f_type as u64 == MAGIC)
}

/// Whether this, mounted at a path of a container, leaves its procfs what it is: outside of it, a
/// whole procfs in its place, or one of the files that may be another.
pub fn may_be_covered(destination: &Path, by: BorrowedFd<'_>) -> bool {
    let Ok(within) = destination.strip_prefix("/proc") else {
        return false;
    };
    if within.as_os_str().is_empty() {
        let is_root = fstat(by).is_ok_and(|found| found.st_ino == ROOT);
        return is_root && is_one(by).unwrap_or(false);
    }
    FILES.iter().any(|file| destination == Path::new(file))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn only_a_procfs_and_a_few_files_may_be_covered() {
        let (proc, status, tmp) = ("/proc", "/proc/self/status", "/tmp");
        for (destination, by, may) in [
            ("/proc", proc, true),
            ("/proc", status, false),
            ("/proc", tmp, false),
            ("/proc/cpuinfo", tmp, true),
            ("/proc/sys/kernel/ns_last_pid", tmp, true),
            ("/proc/sys/kernel", tmp, false),
            ("/proc/self/attr/exec", tmp, false),
            ("/elsewhere", proc, false),
        ] {
            let file = File::open(by).unwrap();
            let found = may_be_covered(Path::new(destination), file.as_fd());
            assert_eq!(found, may, "{by} over {destination}");
        }
        let is_one = |path| super::is_one(File::open(path).unwrap().as_fd()).unwrap();
        assert!(is_one(status) && !is_one(tmp));
    }
}
