//! A cgroup2 group per test, as a service manager delegates one to a user.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{account::Identity, wait_for};

fn top() -> Option<&'static Path> {
    ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]
        .into_iter()
        .map(Path::new)
        .find(|top| top.join("cgroup.controllers").exists())
}

/// A group that belongs to the account; `None` where nobody may make one.
pub fn delegate(identity: &Identity, name: &str) -> Option<PathBuf> {
    if !identity.is_another() {
        return None;
    }
    let group = top()?.join(name);
    fs::create_dir(&group).ok()?;
    identity.own(&group);
    for file in ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"] {
        identity.own(&group.join(file));
    }
    Some(group)
}

/// Where in a delegated group processes may be: itself, or the group that an earlier engine stepped
/// aside into, for one that hands out controllers holds none.
pub fn for_processes(group: &Path) -> PathBuf {
    let children = fs::read_dir(group).into_iter().flatten().flatten();
    let mut aside =
        children.filter(|child| child.file_name().to_string_lossy().ends_with("-engine"));
    aside
        .next()
        .map_or_else(|| group.to_owned(), |aside| aside.path())
}

/// Removes the group of that name, if there is one; its processes were killed.
pub fn remove(name: &str) {
    if let Some(group) = top()
        .map(|top| top.join(name))
        .filter(|group| group.exists())
    {
        wait_for("a cgroup to be empty", || {
            // Whoever was being started while the others were killed.
            let _ = fs::write(group.join("cgroup.kill"), "1");
            remove_tree(&group);
            (!group.exists()).then_some(())
        });
    }
}

/// The folders of the engine with this data root, which root keeps at the top of each hierarchy.
pub fn groups_of(root: &Path) -> Vec<PathBuf> {
    let hash = gantry_pack::sha256(root.as_os_str().as_encoded_bytes());
    let name = format!("gantry-{}", &hash[..12]);
    let top = Path::new("/sys/fs/cgroup");
    let hierarchies = fs::read_dir(top).into_iter().flatten().flatten();
    let hierarchies = hierarchies.map(|entry| entry.path());
    let groups = hierarchies
        .chain([top.to_owned()])
        .map(|hierarchy| hierarchy.join(&name));
    groups.filter(|group| group.is_dir()).collect()
}

/// Removes them; their processes were killed.
pub fn remove_groups_of(root: &Path) {
    wait_for("the engine's cgroups to be empty", || {
        let groups = groups_of(root);
        for group in &groups {
            remove_tree(group);
        }
        groups.is_empty().then_some(())
    });
}

fn remove_tree(group: &Path) {
    for child in fs::read_dir(group).into_iter().flatten().flatten() {
        if child.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_tree(&child.path());
        }
    }
    let _ = fs::remove_dir(group);
}
