//! Limits: which controllers containers get here, and whether containers outlive a logout.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use gantry_wire::gantry::{Finding, FindingState};

use super::machine::Machine;
use super::{Treatment, finding, fix, good, note, with_fix};
use crate::host::groups;

const CHECK: &str = "cgroups";
const WHY: &str = "A limit that cannot be enforced is refused; containers without limits run.";

/// What `docker run` options need, most wanted first.
const WANTED: [(&str, &str); 5] = [
    ("memory", "--memory"),
    ("cpu", "--cpus"),
    ("pids", "--pids-limit"),
    ("cpuset", "--cpuset-cpus"),
    ("io", "--blkio-weight"),
];

/// Has systemd delegate to every user what it may, from the next login on.
const DELEGATE: &str = "\
mkdir -p /etc/systemd/system/user@.service.d
printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' >/etc/systemd/system/user@.service.d/delegate.conf
systemctl daemon-reload
";

pub(super) fn check(machine: &Machine, treatment: Treatment) -> Vec<Finding> {
    let mut findings = vec![controllers(machine)];
    findings.extend(abandoned(machine, treatment));
    if !machine.is_root() && machine.has_systemd() {
        findings.push(lingering(machine));
    }
    findings
}

/// Folders of engines that were killed, in which nobody is any more.
fn abandoned(machine: &Machine, treatment: Treatment) -> Option<Finding> {
    const CHECK: &str = "empty-cgroups";
    const WHY: &str = "They cost the kernel memory and are in the way of whoever looks for others.";
    let top = machine.at("/sys/fs/cgroup");
    let hierarchies = folders(&top).chain([top.clone()]);
    let engines = hierarchies.flat_map(|hierarchy| folders(&hierarchy));
    let engines = engines.filter(|group| {
        let owner = group.metadata().map(|found| found.uid());
        is_an_engines(group) && owner.ok() == Some(machine.uid)
    });
    let did = |count: usize| format!("{count} control groups of engines that are gone are empty");
    match treatment {
        Treatment::Look => {
            let count = engines.filter(|group| groups::is_abandoned(group)).count();
            let next = "gantry doctor --repair";
            let found = || note(CHECK, "empty-cgroups", did(count), WHY, next);
            (count > 0).then(|| found().with("count", count))
        }
        Treatment::Repair => {
            let engines: Vec<_> = engines.collect();
            let count = engines
                .iter()
                .filter(|group| groups::remove_abandoned(group))
                .count();
            let repaired = FindingState::Repaired;
            let found = || finding(CHECK, "empty-cgroups-removed", repaired, did(count));
            (count > 0).then(|| found().with("count", count))
        }
    }
}

fn folders(path: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
}

/// `gantry-` and the hash of a data root.
fn is_an_engines(group: &Path) -> bool {
    let name = group.file_name().unwrap_or_default().to_string_lossy();
    name.strip_prefix("gantry-")
        .is_some_and(|hash| hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn controllers(machine: &Machine) -> Finding {
    const TOP: &str = "/sys/fs/cgroup";
    if !machine.has("/sys/fs/cgroup/cgroup.controllers") {
        return first_version(machine);
    }
    if machine.is_root() {
        return list(&machine.read(&format!("{TOP}/cgroup.controllers")), "");
    }
    if !machine.has_systemd() {
        let own = machine.read("/proc/self/cgroup");
        let own = own.lines().find_map(|line| line.strip_prefix("0::"));
        let own = own.unwrap_or("/").trim_end_matches('/');
        let writable = rustix::fs::access(
            machine.at(&format!("{TOP}{own}")),
            rustix::fs::Access::WRITE_OK,
        );
        return match writable {
            Ok(()) => list(&machine.read(&format!("{TOP}{own}/cgroup.controllers")), ""),
            Err(_) => note(
                CHECK,
                "cgroups-not-writable",
                "this user may not write to a control group, and there is no systemd to ask",
                WHY,
                "Give the group in which the engine is started to the user, or run the engine as root.",
            ),
        };
    }
    let uid = machine.uid;
    if !machine.has(&format!("/run/user/{uid}/bus")) {
        let found = note(
            CHECK,
            "cgroups-without-bus",
            "the user's D-Bus does not run, so systemd cannot be asked for a control group",
            WHY,
            "sudo apt install dbus-user-session, then log in again",
        );
        let found = found.with("command", "sudo apt install dbus-user-session");
        return with_fix(found, fix::package(machine, "dbus-user-session"));
    }
    let manager = format!("{TOP}/user.slice/user-{uid}.slice/user@{uid}.service");
    let found = list(
        &machine.read(&format!("{manager}/cgroup.controllers")),
        "sudo mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf && sudo systemctl daemon-reload",
    );
    let fix = if found.next.is_empty() { "" } else { DELEGATE };
    with_fix(found, fix)
}

/// What there is of the controllers that are wanted; the command gives the others from the next login
/// on.
fn list(available: &str, command: &str) -> Finding {
    let is_there = |controller: &str| available.split_whitespace().any(|name| name == controller);
    let (there, missing): (Vec<_>, Vec<_>) = WANTED
        .iter()
        .partition(|(controller, _)| is_there(controller));
    let names = |list: &[(&str, &str)]| {
        let names: Vec<_> = list.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    };
    let what = format!("cgroup v2 with {}", names(&there));
    if missing.is_empty() {
        return good(CHECK, "cgroups", what).with("there", names(&there));
    }
    let options: Vec<_> = missing.iter().map(|(_, option)| *option).collect();
    let what = format!(
        "{what}; not delegated: {} (so no {})",
        names(&missing),
        options.join(", ")
    );
    let next = match command {
        "" => String::new(),
        command => format!("{command}, then log in again"),
    };
    // These two are rarely used and rarely delegated.
    let found = if is_there("memory") && is_there("cpu") && is_there("pids") {
        Finding {
            next,
            ..good(CHECK, "cgroups-most", what)
        }
    } else {
        note(CHECK, "cgroups-few", what, WHY, next)
    };
    found
        .with("there", names(&there))
        .with("missing", names(&missing))
        .with("options", options.join(", "))
        .with("command", command)
}

fn first_version(machine: &Machine) -> Finding {
    let what = if machine.has("/sys/fs/cgroup") {
        "cgroup v1"
    } else {
        "no control groups"
    };
    if machine.is_root() && what == "cgroup v1" {
        return good(CHECK, "cgroups-of-root", what);
    }
    let found = note(
        CHECK,
        "cgroups-first-version",
        format!("{what}: an ordinary user can set no limits"),
        WHY,
        "Boot with systemd.unified_cgroup_hierarchy=1, or run the engine as root.",
    );
    found.with("there", what)
}

fn lingering(machine: &Machine) -> Finding {
    const CHECK: &str = "lingering";
    let user = &machine.user;
    if machine.has(&format!("/var/lib/systemd/linger/{user}")) {
        return good(CHECK, "lingering", "containers go on after a logout");
    }
    let found = note(
        CHECK,
        "lingering-off",
        "containers end when you log out",
        "Systemd ends everything of a user whose last session is over.",
        format!("loginctl enable-linger {user}, if they should go on"),
    );
    let found = found.with("command", format!("loginctl enable-linger {user}"));
    with_fix(found, fix::command(&["loginctl", "enable-linger", user]))
}

#[cfg(test)]
mod tests {
    use gantry_wire::gantry::FindingState::{Good, Note};

    use super::super::Treatment::{Look, Repair};
    use super::super::machine::tests::{machine, write};
    use super::*;

    #[test]
    fn a_user_of_systemd_gets_what_the_manager_was_given() {
        let root = tempfile::tempdir().unwrap();
        let machine = machine(root.path(), 1000);
        write(
            &machine,
            "/sys/fs/cgroup/cgroup.controllers",
            "cpuset cpu io memory pids",
        );
        write(&machine, "/run/systemd/system/x", "");
        let found = check(&machine, Look);
        assert_eq!((found[0].state, found[1].state), (Note, Note));
        assert!(found[0].next.contains("dbus-user-session"), "{found:?}");
        write(&machine, "/run/user/1000/bus", "");
        write(&machine, "/var/lib/systemd/linger/ada", "");
        let manager = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service";
        let controllers = format!("{manager}/cgroup.controllers");
        write(&machine, &controllers, "cpu memory pids\n");
        let found = check(&machine, Look);
        assert_eq!((found[0].state, found[1].state), (Good, Good));
        assert!(
            found[0].what.contains("not delegated: cpuset, io"),
            "{found:?}"
        );
        write(&machine, &controllers, "pids\n");
        let found = &check(&machine, Look)[0];
        assert_eq!(found.state, Note);
        assert!(found.what.contains("no --memory, --cpus,"), "{found:?}");
        assert!(
            found.next.contains("Delegate=cpu cpuset io memory pids"),
            "{found:?}"
        );
    }

    #[test]
    fn the_first_version_is_for_root() {
        let root = tempfile::tempdir().unwrap();
        let user = machine(root.path(), 1000);
        write(&user, "/sys/fs/cgroup/memory/tasks", "");
        assert_eq!(check(&user, Look)[0].state, Note);
        assert_eq!(check(&machine(root.path(), 0), Look)[0].state, Good);
    }

    #[test]
    fn folders_of_killed_engines_go_when_asked_and_others_stay() {
        let root = tempfile::tempdir().unwrap();
        let machine = machine(root.path(), rustix::process::geteuid().as_raw());
        let memory = machine.at("/sys/fs/cgroup/memory");
        let gone = memory.join("gantry-0123456789ab");
        let other = memory.join("gantry-of-somebody");
        fs::create_dir_all(gone.join("container")).unwrap();
        fs::create_dir(&other).unwrap();
        let told = |treatment| {
            let found = check(&machine, treatment);
            let one = found.into_iter().find(|one| one.check == "empty-cgroups");
            one.map(|one| one.state)
        };
        assert_eq!(told(Look), Some(Note));
        assert!(gone.exists());
        assert_eq!(told(Repair), Some(FindingState::Repaired));
        assert!(!gone.exists() && other.exists());
        assert_eq!(told(Look), None);
    }
}
