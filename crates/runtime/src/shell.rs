//! The shell that a person gets in a running container, found without running anything of it.

use std::io;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, fstat};

use crate::identity::ProcessIdentity;
use crate::root::Root;
use crate::users;

/// What stands in /etc/passwd for users who are not to have a shell.
const NO_SHELLS: [&str; 6] = ["false", "halt", "nologin", "shutdown", "sync", "true"];

/// The usual ones, the most comfortable first.
const SHELLS: [&str; 3] = ["bash", "ash", "sh"];

/// Finds the user's own shell, else one of the usual ones in the folders of `search` (a `$PATH`).
/// `process` is any of the container's; `None` where its image has no shell.
pub fn find_shell(
    process: &ProcessIdentity,
    user: &str,
    search: &str,
) -> io::Result<Option<String>> {
    let root = Root::of_process(process)?;
    let own = users::login_shell(&root, user)?;
    Ok(choose(&root, own, search))
}

fn choose(root: &Root, own: String, search: &str) -> Option<String> {
    let name = Path::new(&own).file_name().unwrap_or_default();
    let is_shell = !own.is_empty() && NO_SHELLS.iter().all(|no_shell| name != *no_shell);
    let usual = SHELLS.iter().flat_map(|shell| {
        let folders = search.split(':').filter(|folder| folder.starts_with('/'));
        folders.map(move |folder| format!("{}/{shell}", folder.trim_end_matches('/')))
    });
    let mut candidates = is_shell.then_some(own).into_iter().chain(usual);
    candidates.find(|path| is_program(root, path))
}

/// A regular file that somebody may execute, links followed.
fn is_program(root: &Root, path: &str) -> bool {
    let found = root.open(Path::new(path), OFlags::PATH);
    let Some(found) = found.ok().and_then(|file| fstat(&file).ok()) else {
        return false;
    };
    let mode = Mode::from_raw_mode(found.st_mode);
    FileType::from_raw_mode(found.st_mode) == FileType::RegularFile
        && mode.intersects(Mode::XUSR | Mode::XGRP | Mode::XOTH)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use rustix::fs::open;

    use super::*;

    const SEARCH: &str = "usr/sbin:/usr/bin:/bin/";

    /// A root with these programs, `name` or `name -> target`.
    fn with(programs: &[&str], check: impl FnOnce(&Root)) {
        let folder = tempfile::tempdir().unwrap();
        for program in programs {
            let (name, target) = program.split_once(" -> ").unwrap_or((program, ""));
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if target.is_empty() {
                fs::write(&path, "").unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            } else {
                symlink(target, &path).unwrap();
            }
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        check(&Root::new(
            open(folder.path(), flags, Mode::empty()).unwrap(),
        ));
    }

    #[test]
    fn the_users_own_comes_first() {
        with(&["opt/zsh", "bin/bash", "bin/sh"], |root| {
            let chosen = |own: &str| choose(root, own.to_owned(), SEARCH);
            assert_eq!(chosen("/opt/zsh").as_deref(), Some("/opt/zsh"));
            assert_eq!(chosen("/opt/fish").as_deref(), Some("/bin/bash"));
            assert_eq!(chosen("").as_deref(), Some("/bin/bash"));
        });
    }

    #[test]
    fn who_may_not_log_in_gets_one_all_the_same() {
        with(&["usr/sbin/nologin", "bin/sh"], |root| {
            let chosen = choose(root, "/usr/sbin/nologin".to_owned(), SEARCH);
            assert_eq!(chosen.as_deref(), Some("/bin/sh"));
        });
    }

    #[test]
    fn links_lead_within_the_root() {
        with(
            &[
                "bin/bash -> /nowhere/bash",
                "usr/bin/sh -> /opt/ash",
                "opt/ash",
            ],
            |root| {
                let chosen = choose(root, String::new(), SEARCH);
                assert_eq!(chosen.as_deref(), Some("/usr/bin/sh"));
            },
        );
    }

    #[test]
    fn what_cannot_be_executed_is_no_shell() {
        with(&["bin/sh/inner"], |root| {
            assert_eq!(choose(root, "/bin/sh".to_owned(), SEARCH), None);
        });
    }
}
