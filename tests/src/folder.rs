//! Folders below /tmp, and one test at a time where tests share something.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
};

use rustix::{
    fs::{FlockOperation, flock},
    process::geteuid,
};

use crate::{cgroup, network, processes};

/// Then the process id of the test, a dash and something random.
const PREFIX: &str = "gt-";

/// A folder that everybody may enter, and a test's handle on all it started: dropping it ends the
/// processes, mounts, cgroups and files.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// A new folder; its name is short, since socket paths hold 108 bytes.
    pub fn new() -> Self {
        locked("folders", sweep);
        let prefix = format!("{PREFIX}{}-", std::process::id());
        let folder = tempfile::Builder::new()
            .prefix(&prefix)
            .tempdir_in("/tmp")
            .unwrap();
        let path = folder.keep();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        Self { path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        processes::end_all_of(&self.path);
        network::remove_traces(&self.path);
        cgroup::remove(self.path.file_name().unwrap().to_str().unwrap());
        cgroup::remove_groups_of(&self.path.join("data"));
        unmount_below(&self.path);
        if fs::remove_dir_all(&self.path).is_err() {
            // Files of subordinate users: only a user namespace may remove them.
            let mut remove = Command::new("unshare");
            remove
                .args(["--map-auto", "--map-root-user", "rm", "-rf"])
                .arg(&self.path);
            let _ = remove.output();
        }
    }
}

/// Drops what tests left that were killed before they could.
fn sweep() {
    for entry in fs::read_dir("/tmp").unwrap().flatten() {
        let name = entry.file_name();
        let owner = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        let mine = entry
            .metadata()
            .is_ok_and(|meta| meta.uid() == geteuid().as_raw());
        if mine && owner.is_some_and(|pid| pid.parse::<u32>().is_ok() && !processes::lives(pid)) {
            drop(Folder { path: entry.path() });
        }
    }
}

fn unmount_below(folder: &Path) {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let points = mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(4))
        .map(Path::new);
    let mut points: Vec<_> = points.filter(|point| point.starts_with(folder)).collect();
    points.reverse();
    for point in points {
        let _ = rustix::mount::unmount(point, rustix::mount::UnmountFlags::DETACH);
    }
}

/// Runs `work` while no other test process runs work of the same name.
pub fn locked<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let user = geteuid().as_raw();
    let file = File::create(format!("/tmp/.gantry-tests-{user}-{name}")).unwrap();
    flock(&file, FlockOperation::LockExclusive).unwrap();
    work()
}
