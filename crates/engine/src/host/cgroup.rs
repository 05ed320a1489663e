//! The control groups that this engine may write: found once, by trying.
//!
//! A controller counts only if a group below it could be made here; what the kernel merely lists
//! may belong to somebody else. Every engine has a folder of its own, so that engines with
//! different data roots never meet.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use gantry_runtime::CgroupPlan;

use super::mountinfo::{CgroupMounts, own_groups};
use super::{Paths, Warning, groups, systemd};

/// What the machine lets this engine limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cgroups {
    /// Nothing can be written; pause goes by signals and any limit is refused.
    None,
    /// One hierarchy; the listed controllers are enabled for the groups below `parent`.
    V2 {
        /// The folder of this engine.
        parent: PathBuf,
        /// The controllers that containers get.
        controllers: BTreeSet<String>,
    },
    /// One hierarchy per controller, and perhaps a cgroup2 mount beside them.
    V1 {
        /// The folder of this engine in each hierarchy.
        parents: BTreeMap<String, PathBuf>,
        /// The folder of this engine in the cgroup2 mount, good for freezing and killing.
        unified: Option<PathBuf>,
    },
}

/// What a container needs controllers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Controller {
    Memory,
    Cpu,
    Cpuset,
    Pids,
    Io,
    /// Which device nodes may be opened.
    Devices,
}

impl Controller {
    fn v2_name(self) -> Option<&'static str> {
        match self {
            Self::Memory => Some("memory"),
            Self::Cpu => Some("cpu"),
            Self::Cpuset => Some("cpuset"),
            Self::Pids => Some("pids"),
            Self::Io => Some("io"),
            // A BPF program on the group, not a controller.
            Self::Devices => None,
        }
    }

    pub(crate) fn v1_name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Cpu => "cpu",
            Self::Cpuset => "cpuset",
            Self::Pids => "pids",
            Self::Io => "blkio",
            Self::Devices => "devices",
        }
    }
}

impl Cgroups {
    /// Finds out by making this engine's folders. On a machine of systemd's with cgroup2 they are
    /// in a scope that it gives to the engine, which moves there; where it does not, a warning says
    /// so.
    ///
    /// Must be called before any thread exists and before a user namespace is entered. The folders
    /// are this engine's for as long as what is put into `held` is kept.
    pub(super) fn find(
        paths: &Paths,
        root: bool,
        warnings: &mut Vec<Warning>,
        held: &mut Vec<File>,
    ) -> Self {
        let name = engine_group(paths);
        let mounts = CgroupMounts::read();
        if let Some(mount) = &mounts.unified
            && mounts.controllers.is_empty()
            && systemd::is_here()
        {
            match systemd::enter_scope(paths, root) {
                Ok(scope) => return delegated(&below(mount, &scope)),
                Err(why) => warnings.push(Warning::NoScope(why)),
            }
            let own = own_groups();
            let own = own.get("").map_or(Path::new("/"), PathBuf::as_path);
            if !systemd::is_delegated(&below(mount, own)) {
                return Self::None;
            }
        }
        let own = own_groups();
        let unified = mounts.unified.as_deref().and_then(|mount| {
            let own = own.get("").map_or(Path::new("/"), PathBuf::as_path);
            unified_parent(mount, own, &name, root, held)
        });
        if mounts.controllers.is_empty() {
            return match unified {
                Some((parent, controllers)) => Self::V2 {
                    parent,
                    controllers,
                },
                None => Self::None,
            };
        }
        let parents: BTreeMap<_, _> = mounts
            .controllers
            .iter()
            .filter_map(|(controller, mount)| {
                let own = own.get(controller).map_or(Path::new("/"), PathBuf::as_path);
                Some((
                    controller.clone(),
                    v1_parent(controller, mount, own, &name, held)?,
                ))
            })
            .collect();
        let unified = unified.map(|(parent, _)| parent);
        if parents.is_empty() && unified.is_none() {
            return Self::None;
        }
        Self::V1 { parents, unified }
    }

    /// `1`, `2` or empty, as `docker info` says it.
    pub(crate) fn version(&self) -> &'static str {
        match self {
            Self::None => "",
            Self::V1 { .. } => "1",
            Self::V2 { .. } => "2",
        }
    }

    /// Whether limits of this kind are enforced here.
    pub(crate) fn has(&self, controller: Controller) -> bool {
        match self {
            Self::None => false,
            Self::V2 { controllers, .. } => controller
                .v2_name()
                .is_none_or(|name| controllers.contains(name)),
            Self::V1 { parents, unified } => {
                parents.contains_key(controller.v1_name())
                    || controller == Controller::Devices && unified.is_some()
            }
        }
    }

    /// Where the groups of one container are, with no more v1 controllers than it needs: each
    /// costs time at every start.
    pub(crate) fn plan(&self, id: &str, needed: &BTreeSet<Controller>) -> CgroupPlan {
        match self {
            Self::None => CgroupPlan::None,
            Self::V2 { parent, .. } => CgroupPlan::V2 {
                path: parent.join(id),
            },
            Self::V1 { parents, unified } => {
                // Device rules are a BPF program on the cgroup2 group where there is one.
                let by_program =
                    |controller| controller == Controller::Devices && unified.is_some();
                let mut controllers: BTreeMap<_, _> = needed
                    .iter()
                    .filter(|controller| !by_program(**controller))
                    .filter_map(|controller| {
                        let name = controller.v1_name();
                        Some((name.to_owned(), parents.get(name)?.join(id)))
                    })
                    .collect();
                if unified.is_none()
                    && let Some(freezer) = parents.get("freezer")
                {
                    controllers.insert("freezer".to_owned(), freezer.join(id));
                }
                let unified = unified.as_ref().map(|parent| parent.join(id));
                if controllers.is_empty() && unified.is_none() {
                    return CgroupPlan::None;
                }
                CgroupPlan::V1 {
                    controllers,
                    unified,
                }
            }
        }
    }

    /// Why a controller is missing, in a clause.
    pub(crate) fn reason(&self, controller: Controller) -> String {
        let name = controller.v2_name().unwrap_or_else(|| controller.v1_name());
        match self {
            Self::None => "no control group can be written by this user".to_owned(),
            Self::V1 { .. } => format!("the {name} control group cannot be written by this user"),
            Self::V2 { .. } => format!("the {name} controller is not delegated to this user"),
        }
    }

    /// Removes the groups of containers that a killed engine left, and in which nobody is.
    pub(crate) fn sweep(&self) {
        self.parents().for_each(groups::remove_below);
    }

    /// Removes this engine's folders where no container is left in them.
    pub(crate) fn remove_empty(&self) {
        for parent in self.parents() {
            // Busy while containers live in it, which is what keeps it.
            groups::remove(parent);
        }
    }

    /// The folders of this engine.
    fn parents(&self) -> impl Iterator<Item = &Path> {
        let (parents, unified): (Vec<&PathBuf>, _) = match self {
            Self::None => (Vec::new(), None),
            Self::V2 { parent, .. } => (vec![parent], None),
            Self::V1 { parents, unified } => (parents.values().collect(), unified.as_ref()),
        };
        parents.into_iter().chain(unified).map(PathBuf::as_path)
    }
}

/// What the scope that systemd delegated to this engine holds.
fn delegated(scope: &Path) -> Cgroups {
    // Systemd puts the engine into the scope itself, which must be empty to hand out controllers.
    let aside = scope.join(systemd::OWN_GROUP);
    let moved = groups::make(&aside).map(|()| fs::write(aside.join("cgroup.procs"), "0"));
    if !matches!(moved, Some(Ok(()))) {
        return Cgroups::None;
    }
    Cgroups::V2 {
        parent: scope.to_owned(),
        controllers: enable(&[scope]),
    }
}

/// Hands the controllers that are there down to the groups below each of `groups`, outermost first,
/// and returns those that arrived.
fn enable(groups: &[&Path]) -> BTreeSet<String> {
    let available = groups.first().map(|outermost| {
        fs::read_to_string(outermost.join("cgroup.controllers")).unwrap_or_default()
    });
    let handed_down = |controller: &&str| {
        let wish = format!("+{controller}");
        groups
            .iter()
            .all(|group| fs::write(group.join("cgroup.subtree_control"), &wish).is_ok())
    };
    available
        .unwrap_or_default()
        .split_ascii_whitespace()
        .filter(handed_down)
        .map(str::to_owned)
        .collect()
}

/// The name of this engine's folder: the runtime folder's hash tells data roots apart.
fn engine_group(paths: &Paths) -> String {
    let hash = paths
        .runtime
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    format!("gantry-{hash}")
}

/// Root works below the hierarchy's root as Docker does, others below their own group.
fn v1_parent(
    controller: &str,
    mount: &Path,
    own: &Path,
    name: &str,
    held: &mut Vec<File>,
) -> Option<PathBuf> {
    [mount.to_owned(), below(mount, own)]
        .into_iter()
        .find_map(|base| {
            let parent = base.join(name);
            held.push(groups::hold(&parent)?);
            if controller == "cpuset" {
                // A v1 cpuset is born empty and takes no process until it has both.
                for file in ["cpuset.cpus", "cpuset.mems"] {
                    let inherited = fs::read(base.join(file)).ok()?;
                    fs::write(parent.join(file), inherited).ok()?;
                }
            }
            Some(parent)
        })
}

/// This engine's folder in a cgroup2 mount and the controllers enabled in it.
fn unified_parent(
    mount: &Path,
    own: &Path,
    name: &str,
    root: bool,
    held: &mut Vec<File>,
) -> Option<(PathBuf, BTreeSet<String>)> {
    let own = below(mount, own);
    let base = if root { mount.to_owned() } else { own };
    let parent = base.join(name);
    held.push(groups::hold(&parent)?);
    if !root {
        // Inner groups may not hold processes once they hand out controllers; step aside first.
        let aside = base.join(format!("{name}-engine"));
        groups::make(&aside)?;
        let _ = fs::write(aside.join("cgroup.procs"), "0");
    }
    let enabled = enable(&[&base, &parent]);
    Some((parent, enabled))
}

fn below(mount: &Path, own: &Path) -> PathBuf {
    mount.join(own.strip_prefix("/").unwrap_or(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_names_only_the_controllers_that_are_needed() {
        let groups = Cgroups::V1 {
            parents: ["memory", "cpu", "devices", "freezer"]
                .map(|name| (name.to_owned(), PathBuf::from("/cg").join(name).join("g")))
                .into(),
            unified: None,
        };
        let plan = groups.plan("c1", &BTreeSet::from([Controller::Devices]));
        let CgroupPlan::V1 {
            controllers,
            unified,
        } = plan
        else {
            panic!("not v1")
        };
        assert_eq!(
            controllers.keys().collect::<Vec<_>>(),
            ["devices", "freezer"]
        );
        assert_eq!(controllers["devices"], Path::new("/cg/devices/g/c1"));
        assert_eq!(unified, None);
        assert!(groups.has(Controller::Memory) && !groups.has(Controller::Pids));
    }

    #[test]
    fn device_rules_need_no_controller_on_v2() {
        let groups = Cgroups::V2 {
            parent: "/cg/g".into(),
            controllers: BTreeSet::new(),
        };
        assert!(groups.has(Controller::Devices) && !groups.has(Controller::Memory));
    }
}
