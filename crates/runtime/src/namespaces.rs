//! Which namespaces are new, which are joined and which are shared (namespaces(7)).

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};

use oci_spec::runtime::LinuxNamespaceType;
use rustix::fs::{fstat, stat};
use rustix::thread::move_into_link_name_space;

use crate::bundle::{Bundle, Joined};
use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::identity::ProcessIdentity;
use crate::mounts::Sharing;

/// What the spec says about namespaces.
#[derive(Debug, Default)]
pub struct Namespaces {
    /// `CLONE_NEW*` for clone3.
    pub create: u64,
    /// Whether the container gets its own control group namespace. It is made once the process
    /// is in its group, for the namespace's root is where its maker stands.
    pub own_cgroup: bool,
    /// The pid namespace to join, which holds for children only.
    join_pid: Option<OwnedFd>,
    join: Vec<OwnedFd>,
    joined_network: bool,
    joined_ipc: bool,
}

impl Namespaces {
    pub fn of(bundle: &Bundle) -> Result<Self, StartFailure> {
        let spec = &bundle.spec;
        let mut namespaces = Self::default();
        let listed = spec
            .linux()
            .as_ref()
            .and_then(|linux| linux.namespaces().as_ref());
        for namespace in listed.into_iter().flatten() {
            let kind = namespace.typ();
            let Some(path) = namespace.path() else {
                namespaces.make(kind)?;
                continue;
            };
            let file = File::open(path)
                .during(Step::Namespace, || format!("{kind} {}", path.display()))?;
            require_donor(kind, &bundle.joined)?;
            if is_own(&file, kind).during(Step::Namespace, || kind.to_string())? {
                // What the other container shares with the shim, this one does as well.
                continue;
            }
            match kind {
                LinuxNamespaceType::Pid => namespaces.join_pid = Some(file.into()),
                LinuxNamespaceType::Mount => {
                    return Err(refuse("a mount namespace cannot be joined"));
                }
                _ => namespaces.join.push(file.into()),
            }
            namespaces.joined_network |= kind == LinuxNamespaceType::Network;
            namespaces.joined_ipc |= kind == LinuxNamespaceType::Ipc;
        }
        // Everything below would change the host's mounts otherwise.
        if namespaces.create & libc::CLONE_NEWNS as u64 == 0 {
            return Err(refuse("a mount namespace is missing"));
        }
        Ok(namespaces)
    }

    /// Those of a running process; none is new.
    pub fn of_process(process: &ProcessIdentity) -> Result<Self, StartFailure> {
        use LinuxNamespaceType as Kind;
        let mut namespaces = Self::default();
        // The mount namespace is joined last: it takes the host's paths away.
        for kind in [
            Kind::Cgroup,
            Kind::Ipc,
            Kind::Uts,
            Kind::Network,
            Kind::Pid,
            Kind::Mount,
        ] {
            let path = format!("/proc/{}/ns/{}", process.pid, name(kind));
            let file = File::open(&path).during(Step::Namespace, || path)?;
            if is_own(&file, kind).during(Step::Namespace, || kind.to_string())? {
                continue;
            }
            match kind {
                Kind::Pid => namespaces.join_pid = Some(file.into()),
                _ => namespaces.join.push(file.into()),
            }
        }
        // A pid alone may be another process's by now; one that still lives was it all along.
        if process.is_alive() {
            return Ok(namespaces);
        }
        let detail = "the container is over";
        Err(StartFailure::new(
            FailureKind::Other,
            Step::Namespace,
            detail,
        ))
    }

    fn make(&mut self, kind: LinuxNamespaceType) -> Result<(), StartFailure> {
        let flag = match kind {
            LinuxNamespaceType::Cgroup => {
                self.own_cgroup = true;
                return Ok(());
            }
            LinuxNamespaceType::Mount => libc::CLONE_NEWNS,
            LinuxNamespaceType::Uts => libc::CLONE_NEWUTS,
            LinuxNamespaceType::Ipc => libc::CLONE_NEWIPC,
            LinuxNamespaceType::Pid => libc::CLONE_NEWPID,
            LinuxNamespaceType::Network => libc::CLONE_NEWNET,
            LinuxNamespaceType::User => {
                return Err(refuse(
                    "the user namespace is the engine's, not the container's",
                ));
            }
            LinuxNamespaceType::Time => return Err(refuse("time namespaces are not supported")),
        };
        self.create |= flag as u64;
        Ok(())
    }

    fn makes(&self, flag: i32) -> bool {
        self.create & flag as u64 != 0
    }

    /// Whether a network namespace is made, whose loopback interface is still down.
    pub fn new_network(&self) -> bool {
        self.makes(libc::CLONE_NEWNET)
    }

    /// Whether the host name is the container's own to set.
    pub fn new_uts(&self) -> bool {
        self.makes(libc::CLONE_NEWUTS)
    }

    pub fn sharing(&self) -> Sharing {
        Sharing {
            pid: !self.makes(libc::CLONE_NEWPID) && self.join_pid.is_none(),
            network: !self.new_network() && !self.joined_network,
            ipc: !self.makes(libc::CLONE_NEWIPC) && !self.joined_ipc,
            uts: !self.new_uts(),
        }
    }

    /// Whether the command is to be among the processes of others.
    pub fn joins_pid(&self) -> bool {
        self.join_pid.is_some()
    }

    /// Joins them. The process itself stays in its pid namespace: only what it forks next is among
    /// the processes of others.
    pub fn join(&self) -> Result<(), StartFailure> {
        for namespace in self.join_pid.iter().chain(&self.join) {
            move_into_link_name_space(namespace.as_fd(), None)
                .during(Step::Namespace, || "join")?;
        }
        Ok(())
    }
}

/// A namespace that was opened by its process's pid is the right one if the process still lives.
fn require_donor(kind: LinuxNamespaceType, joined: &Joined) -> Result<(), StartFailure> {
    let donor = match kind {
        LinuxNamespaceType::Pid => joined.pid.as_ref(),
        LinuxNamespaceType::Ipc => joined.ipc.as_ref(),
        LinuxNamespaceType::Network => joined.network.as_ref(),
        _ => None,
    };
    if donor.is_none_or(ProcessIdentity::is_alive) {
        return Ok(());
    }
    let detail = format!("the container whose {kind} namespace it shares is over");
    Err(StartFailure::new(
        FailureKind::Other,
        Step::Namespace,
        detail,
    ))
}

/// Whether an open namespace is the one this process is in.
fn is_own(file: &File, kind: LinuxNamespaceType) -> rustix::io::Result<bool> {
    let own = stat(format!("/proc/self/ns/{}", name(kind)))?;
    let found = fstat(file)?;
    Ok((found.st_dev, found.st_ino) == (own.st_dev, own.st_ino))
}

/// The file's name in /proc/PID/ns.
fn name(kind: LinuxNamespaceType) -> String {
    match kind {
        LinuxNamespaceType::Network => "net".to_owned(),
        LinuxNamespaceType::Mount => "mnt".to_owned(),
        other => other.to_string(),
    }
}

fn refuse(detail: &str) -> StartFailure {
    StartFailure::new(FailureKind::InvalidBundle, Step::Namespace, detail)
}
