//! The shim's side of a start: groups, namespaces, clone, and waiting for word from the child.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, waitid};

use crate::bundle::{Bundle, RootFs, TerminalSize};
use crate::cgroup::{Cgroup, DeviceAccess};
use crate::donor::Donor;
use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::filter::Filter;
use crate::identity::ProcessIdentity;
use crate::namespaces::Namespaces;
use crate::report::{self, Report};
use crate::sys::{self, Side};
use crate::{init, join};

/// How long a killed process may take to end.
const PATIENCE: Timespec = Timespec {
    tv_sec: 1,
    tv_nsec: 0,
};

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

/// A pid and its pidfd.
type Process = (i32, OwnedFd);

/// A process on its way to becoming the command. Dropped before that, it is killed and nothing is
/// left behind: no process, no control group, no mount.
#[derive(Debug)]
pub struct Starting {
    channel: OwnedFd,
    /// The process that was made, and the one that took its place.
    processes: Vec<Process>,
    terminal: Option<OwnedFd>,
    executing: bool,
    /// Until it is the container's.
    cgroup: Option<Cgroup>,
}

/// Starts a container, or a further process in one, and returns once its command was executed. The
/// calling process must have a single thread.
///
/// On failure nothing is left behind.
pub fn launch(bundle: &Bundle, streams: Streams) -> Result<Container, StartFailure> {
    let mut starting = begin(bundle, streams)?;
    loop {
        let mut news = [PollFd::new(&starting, PollFlags::IN)];
        match poll(&mut news, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno).during(Step::Init, || "poll"),
        }
        if let Some(container) = starting.go_on()? {
            return Ok(container);
        }
    }
}

/// Begins to start a container or a further process in one: [`Starting::go_on`] goes on with it when
/// its descriptor is readable. The calling process must have a single thread.
pub fn begin(bundle: &Bundle, streams: Streams) -> Result<Starting, StartFailure> {
    let (namespaces, cgroup) = match &bundle.rootfs {
        RootFs::Running { process } => (
            Namespaces::of_process(process)?,
            Cgroup::of_running(&bundle.cgroup),
        ),
        _ => (Namespaces::of(bundle)?, create_cgroup(bundle)?),
    };
    match clone(bundle, streams, &namespaces, &cgroup) {
        Ok((channel, process)) => Ok(Starting {
            channel,
            processes: vec![process],
            terminal: None,
            executing: false,
            cgroup: Some(cgroup),
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

fn clone(
    bundle: &Bundle,
    streams: Streams,
    namespaces: &Namespaces,
    cgroup: &Cgroup,
) -> Result<(OwnedFd, Process), StartFailure> {
    let filter = bundle.seccomp.as_deref().map(Filter::read).transpose()?;
    let filter = filter.as_ref();
    let (ours, theirs) = report::channel().during(Step::Clone, || "socket pair")?;
    let directory = cgroup.to_clone_into()?;
    let entrances = cgroup.entrances()?;
    let memory = bundle.joined.ipc.as_ref().map(Donor::open).transpose()?;
    let processes = bundle.joined.pid.as_ref();
    let processes = processes.filter(|_| namespaces.joins_pid());
    let processes = processes.map(Donor::open).transpose()?;
    let group = directory.as_ref().map(AsFd::as_fd);
    let side = sys::clone3(namespaces.create, group).during(Step::Clone, || "clone3")?;
    match side {
        Side::Parent { pid, pidfd } => Ok((ours, (pid, pidfd))),
        Side::Child => {
            // Without a shim that listens the first report fails, and with it the start.
            drop(ours);
            let report = theirs.as_fd();
            let ended = if matches!(bundle.rootfs, RootFs::Running { .. }) {
                join::become_command(join::Task {
                    bundle,
                    streams,
                    namespaces,
                    filter,
                    entrances,
                    report,
                })
            } else {
                init::become_command(init::Task {
                    bundle,
                    streams,
                    namespaces,
                    filter,
                    entrances,
                    memory,
                    processes,
                    report,
                })
            };
            let Err(failure) = ended;
            let _ = report::send(report, &Report::Failed(failure), None);
            sys::exit_now(127)
        }
    }
}

impl AsFd for Starting {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.channel.as_fd()
    }
}

impl Starting {
    /// Takes in what was reported; the container once its command was executed.
    pub fn go_on(&mut self) -> Result<Option<Container>, StartFailure> {
        loop {
            match report::receive(self.channel.as_fd()) {
                Err(Errno::AGAIN) => return Ok(None),
                Err(errno) => return Err(errno).during(Step::Init, || "report"),
                Ok(Some((Report::Terminal, master))) => self.terminal = master,
                Ok(Some((Report::Executing, _))) => self.executing = true,
                Ok(Some((Report::Replaced { pid }, Some(pidfd)))) => {
                    self.executing = true;
                    self.processes.push((pid, pidfd));
                }
                Ok(Some((Report::Replaced { .. }, None))) => {
                    return Err(ended("the process that took its place is unknown"));
                }
                Ok(Some((Report::Failed(failure), _))) => return Err(failure),
                Ok(None) => return self.started().map(Some),
            }
        }
    }

    /// The other end is closed: the command was executed, or the process ended before that.
    fn started(&mut self) -> Result<Container, StartFailure> {
        let before = || ended("ended before it could execute the command");
        let last = self.processes.last().filter(|_| self.executing);
        let (pid, _) = last.ok_or_else(before)?;
        let process = ProcessIdentity::of(*pid).during(Step::Init, || "identity")?;
        let (_, pidfd) = self.processes.pop().ok_or_else(before)?;
        let cgroup = self.cgroup.take().ok_or_else(before)?;
        Ok(Container {
            process,
            pidfd,
            cgroup,
            terminal: self.terminal.take(),
        })
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        for (_, pidfd) in &self.processes {
            // What has ended by itself is only reaped. What hangs in the kernel is not waited for.
            let _ = sys::send_signal(pidfd.as_fd(), libc::SIGKILL);
            let _ = poll(&mut [PollFd::new(pidfd, PollFlags::IN)], Some(&PATIENCE));
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
            let _ = waitid(WaitId::PidFd(pidfd.as_fd()), options);
        }
        if let Some(cgroup) = self.cgroup.take() {
            cgroup.remove();
        }
    }
}

fn ended(detail: &str) -> StartFailure {
    StartFailure::new(FailureKind::Other, Step::Init, detail)
}
