//! The two sides of a copy, and what a name at the end of one means for the other.

use std::env;

use gantry_store::{FilesRoot, Limits};
use rustix::fs::{CWD, Mode, OFlags};

/// One side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'a> {
    Here(&'a str),
    Inside { container: &'a str, path: &'a str },
}

impl<'a> Place<'a> {
    /// A colon makes it a container's, except in absolute paths and in those that begin with a dot.
    pub(super) fn parse(text: &'a str) -> Self {
        if text.starts_with('/') {
            return Self::Here(text);
        }
        match text.split_once(':') {
            Some((container, path)) if !container.starts_with('.') => {
                Self::Inside { container, path }
            }
            _ => Self::Here(text),
        }
    }
}

/// The files of this computer.
pub(super) fn here() -> anyhow::Result<FilesRoot> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::openat(CWD, "/", flags, Mode::empty())?;
    Ok(FilesRoot::new(root, Limits::default()))
}

/// A path of this computer from the root on, with the `/` or `/.` that it ends with.
pub(super) fn absolute(path: &str) -> anyhow::Result<String> {
    if path.starts_with('/') {
        return Ok(path.to_owned());
    }
    let folder = env::current_dir()?;
    let folder = folder
        .to_str()
        .ok_or_else(|| anyhow::anyhow!("the current folder's name is not UTF-8"))?;
    Ok(format!("{}/{path}", folder.trim_end_matches('/')))
}

/// Where a copy goes, and what it is called there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The folder that the copy lies in.
    pub(super) folder: String,
    /// Its name there; `None` keeps what it is called.
    pub(super) name: Option<String>,
}

/// What is at the destination already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum There {
    Nothing,
    File,
    Folder,
}

/// Settles the target by Docker's rules (`docker cp --help`): into a folder that is there, else under
/// the last name of the destination.
pub(super) fn target(destination: &str, there: There, folder: bool) -> anyhow::Result<Target> {
    match (there, folder) {
        (There::Folder, _) => {
            return Ok(Target {
                folder: destination.to_owned(),
                name: None,
            });
        }
        (There::File, true) => anyhow::bail!("cannot copy directory"),
        (There::Nothing, false) if asks_for_folder(destination) => {
            anyhow::bail!("no such directory")
        }
        _ => {}
    }
    let path = destination.trim_end_matches("/.").trim_end_matches('/');
    let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
    Ok(Target {
        folder: if above.is_empty() { "/" } else { above }.to_owned(),
        name: Some(name.to_owned()),
    })
}

fn asks_for_folder(path: &str) -> bool {
    path.ends_with('/') || path.ends_with("/.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_names_a_container() {
        let inside = |container, path| Place::Inside { container, path };
        assert_eq!(Place::parse("web:/etc"), inside("web", "/etc"));
        assert_eq!(Place::parse("web:a:b"), inside("web", "a:b"));
        for here in ["/a:b", "./a:b", "../a:b", "file", "-"] {
            assert_eq!(Place::parse(here), Place::Here(here));
        }
    }

    #[test]
    fn targets_follow_dockers_rules() {
        let made = |path, there, folder| {
            let target = target(path, there, folder).unwrap();
            (target.folder, target.name)
        };
        let named = |folder: &str, name: &str| (folder.to_owned(), Some(name.to_owned()));
        let file = (There::File, false);
        assert_eq!(made("/a/b", There::Folder, true), ("/a/b".into(), None));
        assert_eq!(made("/a/b", file.0, file.1), named("/a", "b"));
        assert_eq!(made("/b", There::Nothing, false), named("/", "b"));
        assert_eq!(made("/a/b/", There::Nothing, true), named("/a", "b"));
        assert!(target("/a/b/", There::Nothing, false).is_err());
        assert!(target("/a/b", There::File, true).is_err());
    }
}
