//! User namespaces, and the ids that a user may put into them.

use gantry_wire::gantry::Finding;

use super::machine::Machine;
use super::probe::{Probe, Tried};
use super::{good, note, problem};
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
        (Tried::Works, Tried::Works) => good("namespaces", "the engine runs as root"),
        (failed, _) => problem(
            "namespaces",
            format!("root may not make a mount namespace ({})", said(failed)),
            "The engine needs one; a container that is not privileged does not have the right.",
            "Run the engine with CAP_SYS_ADMIN, or as an ordinary user.",
        ),
    }
}

fn user_namespace(machine: &Machine, probe: &Probe) -> Finding {
    const CHECK: &str = "user-namespace";
    const WHY: &str = "A user who is not root runs containers in a user namespace.";
    match (probe.namespaces, probe.power) {
        (Tried::Works, Tried::Works) => good(CHECK, "user namespaces work"),
        (Tried::Works, denied) => {
            // The namespace is made and its capabilities are denied: AppArmor, on Ubuntu 24.04 and
            // later, whatever else the machine says.
            let what = format!(
                "a user namespace can be made but has no capabilities ({})",
                said(denied)
            );
            let restricted =
                machine.read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1";
            let next = if restricted {
                "Install Gantry's AppArmor profile (the Debian package brings it), or: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
            } else {
                "A security module denies them: look into the kernel's log (sudo dmesg | grep -i denied)."
            };
            problem(CHECK, what, WHY, next)
        }
        (failed, _) => {
            let next = if machine.read("/proc/sys/user/max_user_namespaces") == "0" {
                "sudo sysctl user.max_user_namespaces=15000"
            } else if machine.read("/proc/sys/kernel/unprivileged_userns_clone") == "0" {
                "sudo sysctl kernel.unprivileged_userns_clone=1"
            } else {
                "Allow unprivileged user namespaces on this machine, or run the engine as root."
            };
            let what = format!("no user namespace can be made ({})", said(failed));
            problem(CHECK, what, WHY, next)
        }
    }
}

fn ids(machine: &Machine) -> Finding {
    const CHECK: &str = "subordinate-ids";
    const WHY: &str = "With one id only, images with files of several owners and programs that change their user do not work.";
    let user = &machine.user;
    let count = |file: &str| -> u32 {
        let ranges = subids::ranges(&machine.at(file), user, machine.uid);
        ranges.iter().map(|range| range.count).sum()
    };
    let (users, groups) = (count("/etc/subuid"), count("/etc/subgid"));
    let least = users.min(groups);
    if least >= ENOUGH {
        let ranges = subids::ranges(&machine.at("/etc/subuid"), user, machine.uid);
        let first = ranges.first().map_or(0, |range| range.start);
        return good(
            CHECK,
            format!(
                "{least} subordinate ids: root of a container is {user} here, its user 1 is {first}, and files of others are nobody's there"
            ),
        );
    }
    let what = match least {
        0 => format!("no subordinate ids for {user} in /etc/subuid and /etc/subgid"),
        some => format!("only {some} subordinate ids for {user}"),
    };
    let next = format!(
        "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {user} (with a range that is free)"
    );
    note(CHECK, what, WHY, next)
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
