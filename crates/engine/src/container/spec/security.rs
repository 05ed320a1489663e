//! `--security-opt`, and the paths that Docker hides from every container.

use gantry_wire::HostConfig;

use crate::seccomp::Profile;
use crate::{Error, Result};

const MASKED: [&str; 11] = [
    "/proc/asound",
    "/proc/acpi",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
];

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
    unconfined_paths: bool,
}

/// Reads the options; those of modules that are not in use here may only switch them off.
pub(crate) fn of(host: &HostConfig) -> Result<Security> {
    let mut security = Security {
        seccomp: Seccomp::Default,
        no_new_privileges: false,
        unconfined_paths: false,
    };
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
            ("apparmor" | "label", _) => {
                return Err(Error::Unsupported {
                    option: format!("--security-opt {option}"),
                    why: "the engine does not label processes for security modules".to_owned(),
                });
            }
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
    pub(super) fn masked_paths(&self, host: &HostConfig) -> Vec<String> {
        self.paths(host.masked_paths.as_ref(), &MASKED)
    }

    pub(super) fn readonly_paths(&self, host: &HostConfig) -> Vec<String> {
        self.paths(host.readonly_paths.as_ref(), &READ_ONLY)
    }

    fn paths(&self, asked: Option<&Vec<String>>, default: &[&str]) -> Vec<String> {
        match asked {
            _ if self.unconfined_paths => Vec::new(),
            Some(asked) => asked.clone(),
            None => default.iter().map(|path| (*path).to_owned()).collect(),
        }
    }
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
        assert_eq!(with(&["apparmor=mine"]).unwrap_err().code(), "unsupported");
        assert!(with(&["seccomp={"]).is_err());
        assert!(with(&["nonsense"]).is_err());
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
