//! Trying what no file tells: namespaces and an overlay, in a child that ends with them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

use super::machine::Machine;
use crate::host::child::in_child;

/// What trying came to; an error number where it failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Probe {
    /// Making the namespaces: a user namespace for a user, a mount namespace for root.
    pub namespaces: Tried,
    /// Having power in them.
    pub power: Tried,
    /// Having the kernel filter packets, in a network namespace.
    pub filter: Tried,
    /// Mounting an overlay in the data root.
    pub overlay: Tried,
}

/// A step that was not reached counts as untried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tried {
    #[default]
    Untried,
    Works,
    Fails(i32),
}

/// Longer than anything here takes, unless a disk is asleep.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn probe(machine: &Machine) -> Probe {
    let folder = Folder::make(&machine.data);
    let path = folder.as_ref().map(|folder| folder.0.as_path());
    let tried = in_child(PATIENCE, || {
        let steps = attempt(machine.is_root(), machine.uid, path);
        let words: Vec<_> = steps
            .iter()
            .map(|step| (*step as i32).to_string())
            .collect();
        words.join(" ")
    });
    parse(&tried.unwrap_or_default())
}

/// Error numbers of the steps in order, 0 for success; ends at the first failure without which the
/// rest cannot be tried.
fn attempt(root: bool, uid: u32, folder: Option<&Path>) -> Vec<Errno> {
    let mut done = Vec::new();
    let mut step = |result: nix::Result<()>| {
        let error = result.err().unwrap_or(Errno::UnknownErrno);
        done.push(error);
        error == Errno::UnknownErrno
    };
    let gid = rustix::process::getegid().as_raw();
    let mut flags = CloneFlags::CLONE_NEWNS;
    if !root {
        flags |= CloneFlags::CLONE_NEWUSER;
    }
    let write = |file: &str, text: String| {
        fs::write(Path::new("/proc/self").join(file), text)
            .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or_default()))
    };
    let power = || {
        if !root {
            write("uid_map", format!("0 {uid} 1"))?;
            write("setgroups", "deny".to_owned())?;
            write("gid_map", format!("0 {gid} 1"))?;
        }
        let slave = MsFlags::MS_SLAVE | MsFlags::MS_REC;
        mount(None::<&str>, "/", None::<&str>, slave, None::<&str>)
    };
    if step(unshare(flags)) && step(power()) {
        step(filter());
        if let Some(folder) = folder {
            step(overlay(folder, root));
        }
    }
    done
}

/// The rules of a network, where there are no others.
fn filter() -> nix::Result<()> {
    unshare(CloneFlags::CLONE_NEWNET)?;
    gantry_network::try_filter()
        .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EPROTO)))
}

/// Mounts as the runtime does.
fn overlay(folder: &Path, root: bool) -> nix::Result<()> {
    std::env::set_current_dir(folder).map_err(|_| Errno::ENOENT)?;
    let plain = if root {
        "index=off,metacopy=off,redirect_dir=off"
    } else {
        "index=off,metacopy=off,userxattr"
    };
    let options = format!("lowerdir=lower,upperdir=upper,workdir=work,{plain}");
    mount(
        Some("overlay"),
        "merged",
        Some("overlay"),
        MsFlags::empty(),
        Some(options.as_str()),
    )
}

fn parse(text: &str) -> Probe {
    let mut steps = text.split(' ').map(|word| match word.parse() {
        Ok(0) => Tried::Works,
        Ok(error) => Tried::Fails(error),
        Err(_) => Tried::Untried,
    });
    let mut next = || steps.next().unwrap_or_default();
    Probe {
        namespaces: next(),
        power: next(),
        filter: next(),
        overlay: next(),
    }
}

/// A place for the overlay in the data root, or where that will be made.
struct Folder(PathBuf);

impl Folder {
    fn make(data: &Path) -> Option<Self> {
        let place = data.ancestors().find(|place| place.is_dir())?;
        let folder = Self(place.join(format!(".gantry-doctor-{}", std::process::id())));
        for name in ["lower", "upper", "work", "merged"] {
            fs::create_dir_all(folder.0.join(name)).ok()?;
        }
        Some(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A leftover is empty and does no harm.
        let _ = gantry_store::remove_tree(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_child_says_is_understood_and_silence_too() {
        let all = Probe {
            namespaces: Tried::Works,
            power: Tried::Works,
            filter: Tried::Works,
            overlay: Tried::Fails(22),
        };
        assert_eq!(parse("0 0 0 22"), all);
        assert_eq!(parse("1").namespaces, Tried::Fails(1));
        assert_eq!(parse(""), Probe::default());
    }
}
