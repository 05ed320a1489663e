//! The machine under examination.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use gantry_wire::gantry::Finding;

use super::{good, problem};

/// The oldest kernel whose overlay works in a user namespace.
const OLDEST: (u32, u32) = (5, 11);

/// The folders in which programs of the system lie.
const SYSTEM: [&str; 5] = ["usr/local/bin", "usr/bin", "bin", "usr/sbin", "sbin"];

/// Where to look, and for whom.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    /// `/`, or a folder that a test made.
    pub root: PathBuf,
    pub uid: u32,
    pub user: String,
    /// The folders of programs.
    pub path: Vec<PathBuf>,
    pub kernel: String,
    /// The data root.
    pub data: PathBuf,
    /// This program, as it lies on the disk.
    pub gantry: Option<PathBuf>,
}

impl Machine {
    pub fn this(data: PathBuf) -> Self {
        let uid = rustix::process::geteuid().as_raw();
        let user = nix::unistd::User::from_uid(uid.into()).ok().flatten();
        let release = rustix::system::uname();
        Self {
            root: PathBuf::from("/"),
            uid,
            user: user.map_or_else(|| uid.to_string(), |user| user.name),
            path: std::env::var_os("PATH")
                .map(|path| std::env::split_paths(&path).collect())
                .unwrap_or_default(),
            kernel: release.release().to_string_lossy().into_owned(),
            data,
            gantry: std::env::current_exe().ok(),
        }
    }

    pub fn is_root(&self) -> bool {
        self.uid == 0
    }

    /// A file of the machine by its absolute path.
    pub fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    pub fn has(&self, path: &str) -> bool {
        self.at(path).exists()
    }

    /// The trimmed text of a file; empty where there is none.
    pub fn read(&self, path: &str) -> String {
        let text = fs::read_to_string(self.at(path)).unwrap_or_default();
        text.trim().to_owned()
    }

    /// Finds a program as a shell would.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let standard = SYSTEM.iter().map(Path::new);
        let folders = self.path.iter().map(PathBuf::as_path).chain(standard);
        folders
            .map(|folder| self.at(&folder.to_string_lossy()).join(name))
            .find(|path| path.is_file())
    }

    /// The path of a file that only root could have put there: in a folder of the system, through no
    /// link, and nobody else may write it or a folder above it.
    pub fn of_the_system(&self, path: &Path) -> Option<PathBuf> {
        let path = path.canonicalize().ok()?;
        let root = self.root.canonicalize().ok()?;
        let owner = root.metadata().ok()?.uid();
        let within = path.strip_prefix(&root).ok()?;
        if !SYSTEM.iter().any(|folder| within.starts_with(folder)) {
            return None;
        }
        let above = path.ancestors().take_while(|one| *one != root);
        let alone = |one: &Path| {
            let found = one.metadata();
            found.is_ok_and(|found| found.uid() == owner && found.mode() & 0o022 == 0)
        };
        above.into_iter().all(alone).then_some(path)
    }

    /// Systemd manages the machine.
    pub fn has_systemd(&self) -> bool {
        self.has("/run/systemd/system")
    }

    pub fn kernel(&self) -> Finding {
        let mut numbers = self.kernel.split(['.', '-']).map(str::parse::<u32>);
        let mut next = || numbers.next()?.ok();
        let what = format!("Linux {}", self.kernel);
        let found = match next().zip(next()) {
            Some(version) if version < OLDEST => problem(
                "kernel",
                "kernel-old",
                what,
                "Containers of ordinary users need the overlay filesystem of Linux 5.11.",
                "Use a newer kernel.",
            ),
            _ => good("kernel", "kernel", what),
        };
        found.with("release", &self.kernel)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use gantry_wire::gantry::FindingState;

    use super::*;

    /// A machine of which a test writes every file.
    pub fn machine(root: &Path, uid: u32) -> Machine {
        Machine {
            root: root.to_owned(),
            uid,
            user: "ada".to_owned(),
            path: Vec::new(),
            kernel: "6.12.1-amd64".to_owned(),
            data: root.join("data"),
            gantry: Some("/opt/gantry/bin/gantry".into()),
        }
    }

    pub fn write(machine: &Machine, path: &str, text: &str) {
        let path = machine.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn only_what_root_alone_could_have_put_there_is_the_systems() {
        let root = tempfile::tempdir().unwrap();
        let machine = machine(root.path(), 1000);
        for path in ["/usr/bin/one", "/home/ada/bin/one"] {
            write(&machine, path, "");
        }
        symlink("one", machine.at("/usr/bin/link")).unwrap();
        symlink("../../home/ada/bin/one", machine.at("/usr/bin/out")).unwrap();
        let found = |path: &str| machine.of_the_system(&machine.at(path));
        let one = machine.at("/usr/bin/one").canonicalize().unwrap();
        assert_eq!(found("/usr/bin/one"), Some(one.clone()));
        assert_eq!(found("/usr/bin/link"), Some(one.clone()));
        for other in ["/home/ada/bin/one", "/usr/bin/out", "/usr/bin/none"] {
            assert_eq!(found(other), None, "{other}");
        }
        for path in [one.as_path(), one.parent().unwrap()] {
            let before = path.metadata().unwrap().permissions();
            fs::set_permissions(path, fs::Permissions::from_mode(0o775)).unwrap();
            assert_eq!(found("/usr/bin/one"), None);
            fs::set_permissions(path, before).unwrap();
        }
    }

    #[test]
    fn an_old_kernel_is_named() {
        let root = tempfile::tempdir().unwrap();
        let mut machine = machine(root.path(), 0);
        assert_eq!(machine.kernel().state, FindingState::Good);
        for old in ["5.10.0-30-amd64", "4.19", "5.4.0"] {
            old.clone_into(&mut machine.kernel);
            assert_eq!(machine.kernel().state, FindingState::Problem, "{old}");
        }
        "rolling".clone_into(&mut machine.kernel);
        assert_eq!(machine.kernel().state, FindingState::Good);
    }
}
