//! Capabilities: Docker's default set, `--cap-add` and `--cap-drop`.

use std::collections::BTreeSet;

use gantry_wire::HostConfig;
use oci_spec::runtime::{Capabilities, Capability, LinuxCapabilities, LinuxCapabilitiesBuilder};
use rustix::thread::{CapabilitySet, capabilities};

use super::made;
use crate::{Error, Result};

/// Names with `CAP_` before them.
pub(crate) type Set = BTreeSet<String>;

/// Every capability of Linux, by number.
#[rustfmt::skip]
const NAMES: [&str; 41] = [
    "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID",
    "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW",
    "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT",
    "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD",
    "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG",
    "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
];

/// What Docker gives to every container.
const DEFAULT: [&str; 14] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "FSETID",
    "FOWNER",
    "MKNOD",
    "NET_RAW",
    "SETGID",
    "SETUID",
    "SETFCAP",
    "SETPCAP",
    "NET_BIND_SERVICE",
    "SYS_CHROOT",
    "KILL",
    "AUDIT_WRITE",
];

/// All capabilities.
pub(crate) fn all() -> Set {
    NAMES.iter().map(|name| format!("CAP_{name}")).collect()
}

/// What this process may do: not even root always has everything.
pub(crate) fn own() -> Set {
    let permitted = capabilities(None).map_or(CapabilitySet::empty(), |sets| sets.permitted);
    NAMES
        .iter()
        .enumerate()
        .filter(|(number, _)| permitted.bits() & (1 << number) != 0)
        .map(|(_, name)| format!("CAP_{name}"))
        .collect()
}

/// What the request asks for, by Docker's rules: dropping ALL begins with nothing, adding ALL with
/// everything, what is named counts last, and a privileged container has them all.
pub(crate) fn of(host: &HostConfig) -> Result<Set> {
    let added = named(&host.cap_add)?;
    let dropped = named(&host.cap_drop)?;
    if host.privileged {
        return Ok(all());
    }
    let mut set = if added.contains("ALL") {
        all()
    } else if dropped.contains("ALL") {
        Set::new()
    } else {
        DEFAULT.iter().map(|name| format!("CAP_{name}")).collect()
    };
    set.retain(|name| !dropped.contains(name));
    set.extend(added.into_iter().filter(|name| name != "ALL"));
    Ok(set)
}

/// Refuses what was asked for by name and cannot be given.
pub(crate) fn check_own(host: &HostConfig, own: &Set) -> Result<()> {
    match named(&host.cap_add)?
        .into_iter()
        .find(|name| name != "ALL" && !own.contains(name))
    {
        None => Ok(()),
        Some(missing) => Err(Error::Unsupported {
            option: format!("--cap-add {missing}"),
            why: "the engine itself does not have this capability".to_owned(),
        }),
    }
}

fn named(list: &[String]) -> Result<Set> {
    list.iter()
        .map(|text| {
            let upper = text.to_ascii_uppercase();
            if upper == "ALL" {
                return Ok(upper);
            }
            let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
            if NAMES.contains(&name) {
                return Ok(format!("CAP_{name}"));
            }
            Err(Error::Invalid(format!("invalid capability: {text:?}")))
        })
        .collect()
}

/// The sets of the first process. Nothing is inheritable or ambient (CVE-2022-24769).
pub(crate) fn sets(wanted: &Set, own: &Set) -> Result<LinuxCapabilities> {
    let given: Capabilities = wanted
        .intersection(own)
        .map(|name| {
            serde_json::from_value::<Capability>(name.as_str().into())
                .map_err(|error| Error::Internal(format!("{name}: {error}")))
        })
        .collect::<Result<_>>()?;
    made(
        LinuxCapabilitiesBuilder::default()
            .bounding(given.clone())
            .effective(given.clone())
            .permitted(given)
            .inheritable(Capabilities::new())
            .ambient(Capabilities::new())
            .build(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(add: &[&str], drop: &[&str]) -> Set {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        of(&HostConfig {
            cap_add: words(add),
            cap_drop: words(drop),
            ..HostConfig::default()
        })
        .unwrap()
    }

    #[test]
    fn adding_and_dropping_follow_docker() {
        assert_eq!(set(&[], &[]).len(), 14);
        assert!(set(&["net_admin"], &[]).contains("CAP_NET_ADMIN"));
        assert!(!set(&[], &["CAP_KILL"]).contains("CAP_KILL"));
        assert_eq!(
            set(&["CHOWN"], &["ALL"]),
            Set::from(["CAP_CHOWN".to_owned()])
        );
        assert_eq!(set(&["ALL"], &["SYS_ADMIN"]).len(), 40);
        assert!(
            of(&HostConfig {
                cap_add: vec!["X".into()],
                ..HostConfig::default()
            })
            .is_err()
        );
    }

    #[test]
    fn every_name_is_known_to_the_runtime_spec() {
        assert!(sets(&all(), &all()).is_ok());
    }
}
