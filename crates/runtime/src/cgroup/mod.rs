//! The container's control groups: made, limited, entered, frozen, killed, removed.
//!
//! cgroup2 is entered by `CLONE_INTO_CGROUP`. A v1 hierarchy is entered by the container's first
//! process itself, which writes `0` into `tasks`: moving one's own single thread is the only
//! migration that does not wait for the kernel's global thread group lock (several milliseconds
//! for each hierarchy otherwise).

mod devices;
mod files;
mod freezer;
mod mount;
mod oom;
mod v1;
mod v2;

use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use oci_spec::runtime::LinuxResources;
use rustix::fs::{Mode, OFlags, open};

use crate::bundle::CgroupPlan;
use crate::failure::{During, FailureKind, StartFailure, Step};

pub use freezer::Freezer;
pub(crate) use mount::mount;

/// How often removing a group is tried while the kernel still counts a process in it.
const REMOVE_TRIES: u32 = 50;
const REMOVE_PAUSE: Duration = Duration::from_millis(4);

/// Whether access to devices has to be limited: not in a user namespace, where no node can be made
/// and those of the host keep their owners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceAccess {
    ByRules,
    ByOwnership,
}

/// The container's groups; empty directories are removed by [`Cgroup::remove`].
#[derive(Debug)]
pub struct Cgroup {
    plan: CgroupPlan,
    /// Another process of the container made them, and answers for them.
    borrowed: bool,
}

impl Cgroup {
    /// Makes the groups and sets the spec's limits on them.
    pub fn create(
        plan: &CgroupPlan,
        resources: Option<&LinuxResources>,
        devices: DeviceAccess,
    ) -> Result<Self, StartFailure> {
        let cgroup = Self {
            plan: plan.clone(),
            borrowed: false,
        };
        let set_up = || {
            for directory in cgroup.directories() {
                v1::make_directory(directory)?;
            }
            let Some(resources) = resources else {
                return Ok(());
            };
            match plan {
                CgroupPlan::None => refuse_limits(resources)?,
                CgroupPlan::V1 { controllers, .. } => v1::limit(controllers, resources)?,
                CgroupPlan::V2 { path } => v2::limit(path, resources)?,
            }
            match devices {
                DeviceAccess::ByOwnership => Ok(()),
                DeviceAccess::ByRules => devices::apply(plan, resources),
            }
        };
        match set_up() {
            Ok(()) => Ok(cgroup),
            Err(failure) => {
                cgroup.remove();
                Err(failure)
            }
        }
    }

    /// Those of a running container, for a process that joins it: nothing is made, killed or
    /// removed.
    pub fn of_running(plan: &CgroupPlan) -> Self {
        Self {
            plan: plan.clone(),
            borrowed: true,
        }
    }

    /// Those of a container whose supervisor is gone.
    pub fn left_behind(plan: &CgroupPlan) -> Self {
        Self {
            plan: plan.clone(),
            borrowed: false,
        }
    }

    /// Kills everything in the groups. What is frozen by the v1 freezer does not even die, so it is
    /// thawed once it has nothing left to do but that.
    pub fn end(&self) {
        self.kill();
        if let CgroupPlan::V1 { controllers, .. } = &self.plan
            && let Some(freezer) = controllers.get("freezer")
        {
            let _ = Freezer::V1(freezer.clone()).thaw();
        }
    }

    /// Sets other limits on groups that are in use. What has none any more is told so.
    pub fn update(&self, resources: &LinuxResources) -> Result<(), StartFailure> {
        match &self.plan {
            CgroupPlan::None => refuse_limits(resources),
            CgroupPlan::V1 { controllers, .. } => v1::update(controllers, resources),
            CgroupPlan::V2 { path } => v2::update(path, resources),
        }
    }

    /// Every directory, each once.
    fn directories(&self) -> Vec<&Path> {
        let mut directories: Vec<&Path> = match &self.plan {
            CgroupPlan::None => Vec::new(),
            CgroupPlan::V2 { path } => vec![path],
            CgroupPlan::V1 {
                controllers,
                unified,
            } => controllers
                .values()
                .chain(unified)
                .map(PathBuf::as_path)
                .collect(),
        };
        directories.sort_unstable();
        directories.dedup();
        directories
    }

    /// The cgroup2 directory, which a hybrid system has as well.
    fn unified(&self) -> Option<&Path> {
        match &self.plan {
            CgroupPlan::None => None,
            CgroupPlan::V2 { path } => Some(path),
            CgroupPlan::V1 { unified, .. } => unified.as_deref(),
        }
    }

    /// The directory for `CLONE_INTO_CGROUP`.
    pub(crate) fn to_clone_into(&self) -> Result<Option<OwnedFd>, StartFailure> {
        let Some(path) = self.unified() else {
            return Ok(None);
        };
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory =
            open(path, flags, Mode::empty()).during(Step::Cgroup, || path.display().to_string())?;
        Ok(Some(directory))
    }

    /// The `tasks` files through which a process enters the v1 groups.
    pub(crate) fn entrances(&self) -> Result<Vec<File>, StartFailure> {
        let CgroupPlan::V1 { controllers, .. } = &self.plan else {
            return Ok(Vec::new());
        };
        let mut paths: Vec<_> = controllers
            .values()
            .map(|path| path.join("tasks"))
            .collect();
        paths.sort_unstable();
        paths.dedup();
        let open = |path: PathBuf| {
            let file = File::options().write(true).open(&path);
            file.during(Step::Cgroup, || path.display().to_string())
        };
        paths.into_iter().map(open).collect()
    }

    /// How the container can be frozen.
    pub fn freezer(&self, first_process: i32) -> Freezer {
        let v1 = match &self.plan {
            CgroupPlan::V1 { controllers, .. } => controllers.get("freezer"),
            _ => None,
        };
        Freezer::best(self.unified(), v1.map(PathBuf::as_path), first_process)
    }

    /// How many of the container's processes the kernel has killed for want of memory.
    pub fn oom_kills(&self) -> u64 {
        let file = match &self.plan {
            _ if self.borrowed => return 0,
            CgroupPlan::None => return 0,
            CgroupPlan::V2 { path } => path.join("memory.events"),
            CgroupPlan::V1 { controllers, .. } => match controllers.get("memory") {
                Some(memory) => memory.join("memory.oom_control"),
                None => return 0,
            },
        };
        files::keyed_value(&file, "oom_kill").unwrap_or(0)
    }

    /// A descriptor that becomes readable when a process was killed for want of memory; `None`
    /// where no group counts it.
    pub fn watch_oom(&self) -> io::Result<Option<OwnedFd>> {
        match &self.plan {
            _ if self.borrowed => Ok(None),
            CgroupPlan::None => Ok(None),
            CgroupPlan::V2 { path } => oom::watch_unified(path).map(Some),
            CgroupPlan::V1 { controllers, .. } => controllers
                .get("memory")
                .map(|memory| oom::watch_v1(memory))
                .transpose(),
        }
    }

    /// Kills everything in the groups; what shares the host's pid namespace is not killed by the
    /// end of its first process. Returns whether anything was left to kill.
    pub fn kill(&self) -> bool {
        if self.borrowed {
            return false;
        }
        if let Some(unified) = self.unified() {
            let killed = fs::write(unified.join("cgroup.kill"), "1");
            if killed.is_ok() {
                return files::is_populated(unified);
            }
        }
        let mut found = false;
        for directory in self.directories() {
            for pid in files::processes(directory) {
                found = true;
                if let Some(pid) = rustix::process::Pid::from_raw(pid) {
                    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
                }
            }
        }
        found
    }

    /// Removes the groups. They must be empty but for processes that are just going.
    pub fn remove(&self) {
        if self.borrowed {
            return;
        }
        for directory in self.directories() {
            for attempt in 0..REMOVE_TRIES {
                match fs::remove_dir(directory) {
                    Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                        if attempt + 1 < REMOVE_TRIES {
                            std::thread::sleep(REMOVE_PAUSE);
                        }
                    }
                    _ => break,
                }
            }
        }
    }
}

/// Without a group no limit can be kept.
fn refuse_limits(resources: &LinuxResources) -> Result<(), StartFailure> {
    let memory = resources.memory().as_ref().is_some_and(|memory| {
        [memory.limit(), memory.swap(), memory.reservation()]
            .into_iter()
            .flatten()
            .any(|v| v > 0)
    });
    let cpu = resources.cpu().as_ref().is_some_and(|cpu| {
        let numbers =
            cpu.quota().is_some_and(|quota| quota > 0) || cpu.shares().is_some_and(|s| s > 0);
        numbers || cpu.cpus().is_some() || cpu.mems().is_some()
    });
    let pids = resources
        .pids()
        .as_ref()
        .is_some_and(|pids| pids.limit() > 0);
    let other = resources
        .unified()
        .as_ref()
        .is_some_and(|unified| !unified.is_empty());
    for (set, controller) in [
        (memory, "memory"),
        (cpu, "cpu"),
        (pids, "pids"),
        (other, "unified"),
    ] {
        if set {
            return Err(unavailable(controller));
        }
    }
    Ok(())
}

/// A limit whose controller is not among the container's.
fn unavailable(controller: &str) -> StartFailure {
    let detail = format!("the {controller} controller is not available");
    StartFailure::new(FailureKind::LimitUnavailable, Step::Limit, detail)
}
