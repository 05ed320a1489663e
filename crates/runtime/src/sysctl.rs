//! Namespaced kernel parameters (`linux.sysctl`), written through the host's /proc, which the
//! image cannot have put anything over; the kernel takes the namespaces of the writer.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::mounts::Sharing;

/// Sets every parameter, or refuses one that would change the host's.
pub fn apply(parameters: &HashMap<String, String>, sharing: Sharing) -> Result<(), StartFailure> {
    for (name, value) in parameters {
        if !is_namespaced(name, sharing) {
            let detail = format!("{name} is not the container's own");
            return Err(StartFailure::new(
                FailureKind::InvalidBundle,
                Step::Sysctl,
                detail,
            ));
        }
        fs::write(path(name), value).during(Step::Sysctl, || format!("{name}={value}"))?;
    }
    Ok(())
}

/// The kinds of namespaces that have parameters of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SysctlNamespace {
    Ipc,
    Network,
    Uts,
}

/// Which namespace a parameter belongs to; `None` if it is the whole machine's.
pub fn sysctl_namespace(name: &str) -> Option<SysctlNamespace> {
    const IPC: [&str; 8] = [
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
        "kernel.shm_rmid_forced",
    ];
    let mut parts = name.split(['.', '/']);
    if parts.any(|part| part.is_empty() || part == "..") {
        return None;
    }
    match name.replace('/', ".").as_str() {
        "kernel.domainname" => Some(SysctlNamespace::Uts),
        name if IPC.contains(&name) || name.starts_with("fs.mqueue.") => Some(SysctlNamespace::Ipc),
        name if name.starts_with("net.") => Some(SysctlNamespace::Network),
        _ => None,
    }
}

/// Whether a parameter belongs to a namespace that the container has for itself.
fn is_namespaced(name: &str, sharing: Sharing) -> bool {
    match sysctl_namespace(name) {
        Some(SysctlNamespace::Ipc) => !sharing.ipc,
        Some(SysctlNamespace::Network) => !sharing.network,
        Some(SysctlNamespace::Uts) => !sharing.uts,
        None => false,
    }
}

/// `net.ipv4.ip_forward` and `net/ipv4/ip_forward` are the same; in the first form a slash
/// stands for a dot, as in the name of a network interface (sysctl(8)).
fn path(name: &str) -> PathBuf {
    let dots_separate = name
        .find(['.', '/'])
        .is_none_or(|at| name.as_bytes()[at] == b'.');
    let mut relative = String::from("/proc/sys/");
    relative.extend(
        name.chars()
            .map(|character| match (character, dots_separate) {
                ('.', true) => '/',
                ('/', true) => '.',
                (other, _) => other,
            }),
    );
    PathBuf::from(relative)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Sharing = Sharing {
        pid: false,
        network: false,
        ipc: false,
        uts: false,
    };

    #[test]
    fn refuses_what_is_the_hosts() {
        assert!(is_namespaced("net.ipv4.ip_forward", OWN));
        assert!(is_namespaced("net/ipv4/conf/eth0.1/rp_filter", OWN));
        assert!(is_namespaced("kernel.shmmax", OWN));
        assert!(!is_namespaced("kernel.panic", OWN));
        assert!(!is_namespaced("net.../../kernel/panic", OWN));
        assert!(!is_namespaced("net/../kernel/panic", OWN));
        assert!(!is_namespaced(
            "net.ipv4.ip_forward",
            Sharing {
                network: true,
                ..OWN
            }
        ));
    }

    #[test]
    fn knows_both_spellings() {
        let wanted = PathBuf::from("/proc/sys/net/ipv4/conf/eth0.1/rp_filter");
        assert_eq!(path("net.ipv4.conf.eth0/1.rp_filter"), wanted);
        assert_eq!(path("net/ipv4/conf/eth0.1/rp_filter"), wanted);
    }
}
