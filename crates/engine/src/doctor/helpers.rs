//! The programs that the engine calls.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use gantry_wire::gantry::Finding;

use super::machine::Machine;
use super::{fix, good, note, problem, with_fix};

pub(super) fn check(machine: &Machine) -> Vec<Finding> {
    let folder = machine.gantry.as_deref().and_then(Path::parent);
    let mut findings = vec![shim(folder)];
    if !machine.is_root() {
        findings.push(mappers(machine));
    }
    findings
}

/// The supervisor, which stands beside this program.
fn shim(folder: Option<&Path>) -> Finding {
    match folder.map(|folder| folder.join("gantry-shim")) {
        Some(shim) if shim.is_file() => {
            let path = shim.display();
            good("shim", "shim", path.to_string()).with("path", path)
        }
        _ => problem(
            "shim",
            "shim-missing",
            "gantry-shim is not beside this program",
            "It starts and supervises every container.",
            "Install Gantry again, whole.",
        ),
    }
}

/// Both map the subordinate ids, for which they need root's right to.
fn mappers(machine: &Machine) -> Finding {
    const CHECK: &str = "id-mapping-helpers";
    const WHY: &str =
        "Without them there is one id only, and images with files of several owners do not work.";
    for name in ["newuidmap", "newgidmap"] {
        let Some(path) = machine.program(name) else {
            let missing = note(
                CHECK,
                "id-mapping-helper-missing",
                format!("{name} is missing"),
                WHY,
                "sudo apt install uidmap (shadow-utils on Fedora, shadow on Arch)",
            );
            let missing = missing.with("name", name);
            return with_fix(missing, fix::package(machine, "uidmap"));
        };
        let set_uid = path
            .metadata()
            .is_ok_and(|found| found.mode() & 0o4000 != 0);
        let mut capability = [0; 64];
        let capable = rustix::fs::getxattr(&path, "security.capability", &mut capability).is_ok();
        if !set_uid && !capable {
            let what = format!(
                "{} is neither setuid nor has it capabilities",
                path.display()
            );
            // Root's power is for nothing that somebody else could have put there.
            let Some(path) = machine.of_the_system(&path) else {
                let next = "Take its folder out of PATH: it is not the one of the system.";
                let foreign = note(CHECK, "id-mapping-helper-foreign", what, WHY, next);
                return foreign.with("path", path.display());
            };
            let path = path.to_string_lossy();
            let next = format!("sudo chmod u+s {path}");
            let powerless = note(CHECK, "id-mapping-helper-powerless", what, WHY, &next);
            let powerless = powerless.with("path", &path).with("command", next);
            return with_fix(powerless, fix::command(&["chmod", "u+s", &path]));
        }
    }
    good(CHECK, "id-mapping-helpers", "newuidmap and newgidmap")
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    use gantry_wire::gantry::FindingState::{Good, Note, Problem};

    use super::super::machine::tests::{machine, write};
    use super::*;

    #[test]
    fn missing_and_powerless_helpers_are_named() {
        let root = tempfile::tempdir().unwrap();
        let mut machine = machine(root.path(), 1000);
        machine.gantry = Some(root.path().join("gantry"));
        let found = || check(&machine);
        assert_eq!((found()[0].state, found()[1].state), (Problem, Note));
        write(&machine, "/gantry-shim", "");
        assert!(found()[1].what.contains("newuidmap is missing"));
        for name in ["newuidmap", "newgidmap"] {
            write(&machine, &format!("/usr/bin/{name}"), "");
        }
        assert!(found()[1].next.contains("chmod u+s"));
        assert!(found()[1].fix.starts_with("chmod u+s /"));
        write(&machine, "/home/ada/bin/newuidmap", "");
        machine.path = vec!["/home/ada/bin".into()];
        let other = &check(&machine)[1];
        assert!(other.what.contains("/home/ada/bin/newuidmap"), "{other:?}");
        assert!(
            other.fix.is_empty() && other.next.contains("PATH"),
            "{other:?}"
        );
        machine.path.clear();
        let found = || check(&machine);
        for name in ["newuidmap", "newgidmap"] {
            let path = machine.at(&format!("/usr/bin/{name}"));
            set_permissions(path, Permissions::from_mode(0o4755)).unwrap();
        }
        assert_eq!((found()[0].state, found()[1].state), (Good, Good));
    }
}
