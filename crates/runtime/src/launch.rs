//! The shim's side of a start: groups, namespaces, clone, and waiting for word from the child.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::process::{WaitId, WaitIdOptions, waitid};

use crate::bundle::{Bundle, RootFs, TerminalSize};
use crate::cgroup::{Cgroup, DeviceAccess};
use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::filter::Filter;
use crate::identity::ProcessIdentity;
use crate::namespaces::Namespaces;
use crate::report::{self, Report};
use crate::shared_memory::Donor;
use crate::sys::{self, Side};
use crate::{init, join};

/// What the container's first process has for its standard streams.
#[derive(Debug)]
pub enum Streams {
    /// The container's ends of pipes, or /dev/null.
    Separate {
        stdin: OwnedFd,
        stdout: OwnedFd,
        stderr: OwnedFd,
    },
    /// A terminal, made inside the container; its master comes back in [`Container`].
    Terminal { size: Option<TerminalSize> },
}

/// A container whose command was executed.
#[derive(Debug)]
pub struct Container {
    pub process: ProcessIdentity,
    /// Readable once the first process is over.
    pub pidfd: OwnedFd,
    pub cgroup: Cgroup,
    /// The master of its terminal.
    pub terminal: Option<OwnedFd>,
}

/// Starts a container, or a further process in one, and returns once its command was executed. The
/// calling process must have a single thread.
///
/// On failure nothing is left behind: no process, no control group, no mount.
pub fn launch(bundle: &Bundle, streams: Streams) -> Result<Container, StartFailure> {
    let (namespaces, cgroup) = match &bundle.rootfs {
        RootFs::Running { process } => (
            Namespaces::of_process(process)?,
            Cgroup::of_running(&bundle.cgroup),
        ),
        _ => (Namespaces::of(bundle)?, create_cgroup(bundle)?),
    };
    match clone(bundle, streams, &namespaces, &cgroup) {
        Ok(Started {
            process,
            pidfd,
            terminal,
        }) => Ok(Container {
            process,
            pidfd,
            cgroup,
            terminal,
        }),
        Err(failure) => {
            cgroup.remove();
            Err(failure)
        }
    }
}

fn create_cgroup(bundle: &Bundle) -> Result<Cgroup, StartFailure> {
    let devices = if bundle.rootless {
        DeviceAccess::ByOwnership
    } else {
        DeviceAccess::ByRules
    };
    let linux = bundle.spec.linux().as_ref();
    let resources = linux.and_then(|linux| linux.resources().as_ref());
    Cgroup::create(&bundle.cgroup, resources, devices)
}

struct Started {
    process: ProcessIdentity,
    pidfd: OwnedFd,
    terminal: Option<OwnedFd>,
}

fn clone(
    bundle: &Bundle,
    streams: Streams,
    namespaces: &Namespaces,
    cgroup: &Cgroup,
) -> Result<Started, StartFailure> {
    let filter = bundle.seccomp.as_deref().map(Filter::read).transpose()?;
    let filter = filter.as_ref();
    let (ours, theirs) = report::channel().during(Step::Clone, || "socket pair")?;
    let directory = cgroup.to_clone_into()?;
    let entrances = cgroup.entrances()?;
    let donor = bundle.joined.ipc.as_ref().map(Donor::open).transpose()?;
    namespaces.enter_pid()?;
    let group = directory.as_ref().map(AsFd::as_fd);
    let side = sys::clone3(namespaces.create, group).during(Step::Clone, || "clone3")?;
    let (pid, pidfd) = match side {
        Side::Parent { pid, pidfd } => (pid, pidfd),
        Side::Child => {
            drop(ours);
            let told = theirs.try_clone();
            let ended = if matches!(bundle.rootfs, RootFs::Running { .. }) {
                join::become_command(join::Task {
                    bundle,
                    streams,
                    namespaces,
                    filter,
                    entrances,
                    report: theirs,
                })
            } else {
                init::become_command(init::Task {
                    bundle,
                    streams,
                    namespaces,
                    filter,
                    entrances,
                    donor,
                    report: theirs,
                })
            };
            let Err(failure) = ended;
            if let Ok(channel) = told {
                let _ = report::send(channel.as_fd(), &Report::Failed(failure), None);
            }
            sys::exit_now(127)
        }
    };
    drop((theirs, streams, entrances));
    let started = wait_for_exec(ours.as_fd()).and_then(|terminal| {
        let process = ProcessIdentity::of(pid).during(Step::Init, || "identity")?;
        Ok((process, terminal))
    });
    match started {
        Ok((process, terminal)) => Ok(Started {
            process,
            pidfd,
            terminal,
        }),
        Err(failure) => {
            let _ = sys::send_signal(pidfd.as_fd(), libc::SIGKILL);
            let _ = waitid(WaitId::PidFd(pidfd.as_fd()), WaitIdOptions::EXITED);
            Err(failure)
        }
    }
}

/// Reads the child's reports until it has become the command.
fn wait_for_exec(channel: BorrowedFd<'_>) -> Result<Option<OwnedFd>, StartFailure> {
    let mut terminal = None;
    let mut executing = false;
    loop {
        let report = report::receive(channel).during(Step::Init, || "report")?;
        match report {
            Some((Report::Terminal, master)) => terminal = master,
            Some((Report::Executing, _)) => executing = true,
            Some((Report::Failed(failure), _)) => return Err(failure),
            None if executing => return Ok(terminal),
            None => {
                let detail = "ended before it could execute the command";
                return Err(StartFailure::new(FailureKind::Other, Step::Init, detail));
            }
        }
    }
}
