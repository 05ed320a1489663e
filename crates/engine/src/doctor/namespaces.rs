//! User namespaces, and the ids that a user may put into them.

use gantry_wire::gantry::Finding;
use nix::errno::Errno;

use super::machine::Machine;
use super::probe::{Probe, Tried};
use super::{fix, good, note, problem, with_fix};
use crate::host::rootless::subids;

/// What most images expect: ids up to 65535.
const ENOUGH: u32 = 65_536;

pub(super) fn check(machine: &Machine, probe: &Probe) -> Vec<Finding> {
    if machine.is_root() {
        return vec![mount_namespace(probe)];
    }
    vec![user_namespace(machine, probe), ids(machine)]
}

fn mount_namespace(probe: &Probe) -> Finding {
    match (probe.namespaces, probe.power) {
        (Tried::Works, Tried::Works) => good(
            "namespaces",
            "namespaces-of-root",
            "the engine runs as root",
        ),
        (failed, _) => problem(
            "namespaces",
            "namespaces-denied",
            format!("root may not make a mount namespace ({})", said(failed)),
            "The engine needs one; a container that is not privileged does not have the right.",
            "Run the engine with CAP_SYS_ADMIN, or as an ordinary user.",
        )
        .with("error", said(failed)),
    }
}

fn user_namespace(machine: &Machine, probe: &Probe) -> Finding {
    const CHECK: &str = "user-namespace";
    const WHY: &str = "A user who is not root runs containers in a user namespace.";
    let (what, denial) = match (probe.namespaces, probe.power) {
        (Tried::Works, Tried::Works) => {
            return good(CHECK, "user-namespace", "user namespaces work");
        }
        // The namespace is made and its capabilities are denied: AppArmor, on Ubuntu 24.04 and
        // later, whatever else the machine says.
        (Tried::Works, denied) => (
            "a user namespace can be made but has no capabilities",
            denied,
        ),
        (failed, _) => ("no user namespace can be made", failed),
    };
    let error = said(denial);
    let what = format!("{what} ({error})");
    let restricted = machine.read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1";
    let is_off = |switch: &str| {
        let path = switch.replace('.', "/");
        machine.read(&format!("/proc/sys/{path}")) == "0"
    };
    let switched = |switch: &str, value: u32| {
        let set = format!("{switch}={value}");
        let next = format!("sudo sysctl {set}");
        let found = problem(CHECK, "user-namespace-switched-off", &what, WHY, &next);
        with_fix(found.with("command", next), fix::sysctl(switch, value))
    };
    let found = if is_off("user.max_user_namespaces") {
        switched("user.max_user_namespaces", 15_000)
    } else if is_off("kernel.unprivileged_userns_clone") {
        switched("kernel.unprivileged_userns_clone", 1)
    } else if restricted || denied_by_apparmor(machine, denial) {
        let next = "Gantry needs an AppArmor profile; the Debian package brings it. `gantry doctor --script` prints what installs it";
        let found = problem(CHECK, "user-namespace-apparmor", what, WHY, next);
        with_fix(found, fix::apparmor(machine.gantry.as_deref()))
    } else if probe.namespaces == Tried::Works {
        let next = "A security module denies them: look into the kernel's log (sudo dmesg | grep -i denied).";
        problem(CHECK, "user-namespace-denied", what, WHY, next)
    } else {
        let next = "Allow unprivileged user namespaces on this machine, or run the engine as root.";
        problem(CHECK, "user-namespace-none", what, WHY, next)
    };
    found.with("error", error)
}

/// A profile that denies answers with this error, and the kernel's own switches with others.
fn denied_by_apparmor(machine: &Machine, error: Tried) -> bool {
    let denied = Tried::Fails(Errno::EACCES as i32);
    error == denied && machine.has("/sys/kernel/security/apparmor")
}

fn ids(machine: &Machine) -> Finding {
    const CHECK: &str = "subordinate-ids";
    const WHY: &str = "With one id only, images with files of several owners and programs that change their user do not work.";
    let user = &machine.user;
    let count = |file: &str| {
        let ranges = subids::ranges(&machine.at(file), user, machine.uid);
        let counts = ranges.iter().map(|range| range.count);
        counts.fold(0, u32::saturating_add)
    };
    let (users, groups) = (count("/etc/subuid"), count("/etc/subgid"));
    let least = users.min(groups);
    if least >= ENOUGH {
        let ranges = subids::ranges(&machine.at("/etc/subuid"), user, machine.uid);
        let first = ranges.first().map_or(0, |range| range.start);
        let found = good(
            CHECK,
            "subordinate-ids",
            format!(
                "{least} subordinate ids: root of a container is {user} here, its user 1 is {first}, and files of others are nobody's there"
            ),
        );
        return found
            .with("count", least)
            .with("user", user)
            .with("first", first);
    }
    let fix = fix::subordinate_ids(machine, ENOUGH);
    let next = match fix.trim_end() {
        "" => "Give this user a free range of 65536 in both files.".to_owned(),
        line => format!("sudo {line}"),
    };
    let found = if least == 0 {
        let what = format!("no subordinate ids for {user} in /etc/subuid and /etc/subgid");
        note(CHECK, "subordinate-ids-missing", what, WHY, &next)
    } else {
        let what = format!("only {least} subordinate ids for {user}");
        note(CHECK, "subordinate-ids-few", what, WHY, &next)
    };
    let found = found.with("user", user).with("count", least);
    let found = if fix.is_empty() {
        found
    } else {
        found.with("command", next)
    };
    with_fix(found, fix)
}

fn said(tried: Tried) -> String {
    match tried {
        Tried::Fails(error) => std::io::Error::from_raw_os_error(error).to_string(),
        Tried::Works | Tried::Untried => "it did not answer".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use gantry_wire::gantry::FindingState::{Good, Note, Problem};

    use super::super::machine::tests::{machine, write};
    use super::*;

    const DENIED: Probe = Probe {
        namespaces: Tried::Works,
        power: Tried::Fails(1),
        filter: Tried::Untried,
        overlay: Tried::Untried,
    };
    const WORKS: Probe = Probe {
        namespaces: Tried::Works,
        power: Tried::Works,
        filter: Tried::Works,
        overlay: Tried::Works,
    };

    #[test]
    fn a_denial_is_told_apart_from_a_switch_that_is_off() {
        let root = tempfile::tempdir().unwrap();
        let machine = machine(root.path(), 1000);
        write(
            &machine,
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            "1\n",
        );
        let found = &check(&machine, &DENIED)[0];
        assert!(
            found.state == Problem && found.next.contains("AppArmor profile"),
            "{found:?}"
        );
        let program = "\"/opt/gantry/bin/gantry\"";
        assert!(found.fix.contains(program), "{found:?}");
        // The switch alone says nothing: a profile may allow it.
        assert_eq!(check(&machine, &WORKS)[0].state, Good);
        let none = Probe {
            namespaces: Tried::Fails(28),
            ..Probe::default()
        };
        write(&machine, "/proc/sys/user/max_user_namespaces", "0\n");
        let found = &check(&machine, &none)[0];
        assert!(
            found.next.contains("max_user_namespaces=15000"),
            "{found:?}"
        );
        assert!(found.what.contains("No space left"), "{found:?}");
        assert!(
            found
                .fix
                .contains("/etc/sysctl.d/60-gantry-user-max-user-namespaces.conf"),
            "{found:?}"
        );
    }

    #[test]
    fn ids_are_counted_for_both_files() {
        let root = tempfile::tempdir().unwrap();
        let machine = machine(root.path(), 1000);
        let state = || check(&machine, &WORKS)[1].state;
        assert_eq!(state(), Note);
        write(&machine, "/etc/subuid", "ada:100000:65536\n");
        assert_eq!(state(), Note, "no groups");
        write(&machine, "/etc/subgid", "1000:100000:65536\n");
        assert_eq!(state(), Good);
    }
}
