//! `--security-opt`, and the paths that Docker hides from every container.

use std::fs;
use std::path::Path;

use gantry_wire::HostConfig;

use crate::seccomp::Profile;
use crate::{Error, Result};

/// Signs of security modules that are active.
const APPARMOR: &str = "/sys/module/apparmor";
const SELINUX: &str = "/sys/fs/selinux/enforce";

const MASKED: [&str; 12] = [
    "/proc/asound",
    "/proc/acpi",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
];

const PROCESSORS: &str = "/sys/devices/system/cpu";

const READ_ONLY: [&str; 5] = [
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/sys",
    "/proc/sysrq-trigger",
];

/// Which system calls a container may make.
#[derive(Debug, Clone)]
pub(crate) enum Seccomp {
    /// What the engine's policy says.
    Default,
    /// A policy of the user's.
    Profile(Box<Profile>),
    /// Everything.
    Unconfined,
}

/// What the security options mean.
#[derive(Debug, Clone)]
pub(crate) struct Security {
    pub(crate) seccomp: Seccomp,
    pub(crate) no_new_privileges: bool,
    /// A profile of AppArmor's, where that is active.
    pub(crate) apparmor: Option<String>,
    /// What is accepted, as Docker does, and has no effect here.
    pub(crate) warnings: Vec<String>,
    unconfined_paths: bool,
}

/// Reads the options; those of modules that are not in use here may only switch them off.
pub(crate) fn of(host: &HostConfig) -> Result<Security> {
    let mut security = Security {
        seccomp: Seccomp::Default,
        no_new_privileges: false,
        apparmor: None,
        warnings: Vec::new(),
        unconfined_paths: host.privileged,
    };
    if host.privileged {
        security.seccomp = Seccomp::Unconfined;
    }
    for option in &host.security_opt {
        let (key, value) = match option.split_once(['=', ':']) {
            Some((key, value)) => (key, value),
            None => (option.as_str(), ""),
        };
        match (key, value) {
            ("no-new-privileges", "" | "true") => security.no_new_privileges = true,
            ("no-new-privileges", "false") => security.no_new_privileges = false,
            ("seccomp", "unconfined") => security.seccomp = Seccomp::Unconfined,
            ("seccomp", "" | "builtin") => security.seccomp = Seccomp::Default,
            ("seccomp", policy) => {
                let profile = Profile::parse(policy).map_err(|error| {
                    Error::Invalid(format!("Decoding seccomp profile failed: {error}"))
                })?;
                security.seccomp = Seccomp::Profile(Box::new(profile));
            }
            ("systempaths", "unconfined") => security.unconfined_paths = true,
            ("apparmor", "unconfined") | ("label", "disable") => {}
            ("apparmor", profile) if Path::new(APPARMOR).exists() => {
                security.apparmor = Some(profile.to_owned());
            }
            ("label", _) if Path::new(SELINUX).exists() => {
                return Err(Error::Unsupported {
                    option: format!("--security-opt {option}"),
                    why: "the engine does not label processes for SELinux".to_owned(),
                });
            }
            ("apparmor" | "label", _) => security.warnings.push(format!(
                "--security-opt {option} has no effect: this machine does not use {}.",
                if key == "label" {
                    "SELinux"
                } else {
                    "AppArmor"
                }
            )),
            _ => {
                return Err(Error::Invalid(format!(
                    "invalid --security-opt 2: {option:?}"
                )));
            }
        }
    }
    Ok(security)
}

impl Security {
    /// What is hidden: the request's list, else Docker's.
    pub(crate) fn masked_paths(&self, host: &HostConfig) -> Vec<String> {
        let default = MASKED.iter().map(|path| (*path).to_owned());
        let default = default.chain(throttling(Path::new(PROCESSORS)));
        self.paths(host.masked_paths.as_ref(), default)
    }

    /// What cannot be written: the request's list, else Docker's.
    pub(crate) fn readonly_paths(&self, host: &HostConfig) -> Vec<String> {
        let default = READ_ONLY.iter().map(|path| (*path).to_owned());
        self.paths(host.readonly_paths.as_ref(), default)
    }

    fn paths(
        &self,
        asked: Option<&Vec<String>>,
        default: impl Iterator<Item = String>,
    ) -> Vec<String> {
        match asked {
            _ if self.unconfined_paths => Vec::new(),
            Some(asked) => asked.clone(),
            None => default.collect(),
        }
    }
}

/// How often each processor was too hot, which tells containers of each other.
fn throttling(processors: &Path) -> Vec<String> {
    let folders = fs::read_dir(processors).into_iter().flatten().flatten();
    let counts = folders
        .filter(|folder| {
            let name = folder.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix("cpu"));
            number.is_some_and(|number| number.parse::<u32>().is_ok())
        })
        .map(|folder| folder.path().join("thermal_throttle"));
    let mut counts: Vec<_> = counts
        .filter(|counts| counts.is_dir())
        .map(|counts| counts.display().to_string())
        .collect();
    counts.sort_unstable();
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(options: &[&str]) -> Result<Security> {
        of(&HostConfig {
            security_opt: options.iter().map(|option| (*option).to_owned()).collect(),
            ..HostConfig::default()
        })
    }

    #[test]
    fn options_are_read() {
        assert!(with(&["no-new-privileges"]).unwrap().no_new_privileges);
        assert!(with(&["no-new-privileges:true"]).unwrap().no_new_privileges);
        assert!(matches!(
            with(&["seccomp=unconfined"]).unwrap().seccomp,
            Seccomp::Unconfined
        ));
        assert!(matches!(with(&[]).unwrap().seccomp, Seccomp::Default));
        let inactive = usize::from(!Path::new(APPARMOR).exists());
        let warnings = with(&["apparmor=mine"]).unwrap().warnings;
        assert_eq!(warnings.len(), inactive);
        assert!(with(&["label=disable"]).unwrap().warnings.is_empty());
        assert!(with(&["seccomp={"]).is_err());
        assert!(with(&["nonsense"]).is_err());
    }

    #[test]
    fn a_privileged_container_is_unconfined_but_for_a_policy_of_its_own() {
        let with = |options: &[&str]| {
            of(&HostConfig {
                privileged: true,
                security_opt: options.iter().map(|option| (*option).to_owned()).collect(),
                ..HostConfig::default()
            })
            .unwrap()
        };
        assert!(matches!(with(&[]).seccomp, Seccomp::Unconfined));
        assert!(with(&[]).masked_paths(&HostConfig::default()).is_empty());
        let policy = r#"seccomp={"defaultAction":"SCMP_ACT_ALLOW","syscalls":[]}"#;
        assert!(matches!(with(&[policy]).seccomp, Seccomp::Profile(_)));
    }

    #[test]
    fn the_heat_of_each_processor_is_hidden_where_it_is_shown() {
        let home = tempfile::tempdir().unwrap();
        for path in [
            "cpu0/thermal_throttle",
            "cpu11/thermal_throttle",
            "cpu2",
            "cpufreq",
        ] {
            fs::create_dir_all(home.path().join(path)).unwrap();
        }
        fs::create_dir(home.path().join("cpufreq/thermal_throttle")).unwrap();
        let hidden = ["cpu0", "cpu11"].map(|cpu| home.path().join(cpu).join("thermal_throttle"));
        let hidden = hidden.map(|path| path.display().to_string());
        assert_eq!(throttling(home.path()), hidden);
        assert!(throttling(&home.path().join("none")).is_empty());
    }

    #[test]
    fn an_empty_list_masks_nothing_and_none_masks_dockers_paths() {
        let security = with(&[]).unwrap();
        let mut host = HostConfig::default();
        assert!(
            security
                .masked_paths(&host)
                .contains(&"/proc/kcore".to_owned())
        );
        host.masked_paths = Some(Vec::new());
        assert!(security.masked_paths(&host).is_empty());
    }
}
