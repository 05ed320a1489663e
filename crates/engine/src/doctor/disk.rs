//! The disk of the data root: room, and whether an overlay can be on it.

use gantry_wire::gantry::Finding;

use super::machine::Machine;
use super::probe::{Probe, Tried};
use super::{good, note, problem};

const LITTLE: u64 = 2 << 30;
const NONE: u64 = 100 << 20;

pub(super) fn overlay(machine: &Machine, probe: &Probe) -> Finding {
    const CHECK: &str = "overlay";
    const WHY: &str = "A container's files are an overlay over its image's layers.";
    let data = machine.data.display();
    let found = match probe.overlay {
        Tried::Works if machine.is_root() => good(CHECK, "overlay", format!("works in {data}")),
        Tried::Works => {
            let what = format!("works in {data}, as a user (userxattr)");
            good(CHECK, "overlay-of-a-user", what)
        }
        Tried::Untried => problem(
            CHECK,
            "overlay-untried",
            format!("it could not be tried in {data}"),
            WHY,
            "See the lines before; the folder must be writable.",
        ),
        Tried::Fails(error) => {
            let known = machine
                .read("/proc/filesystems")
                .lines()
                .any(|line| line.ends_with("overlay"));
            let error = std::io::Error::from_raw_os_error(error);
            let what = format!("refused in {data}: {error}");
            let found = if known {
                let next = "Put the data root on a local filesystem such as ext4, xfs or btrfs (--root, or GANTRY_ROOT).";
                problem(CHECK, "overlay-refused", what, WHY, next)
            } else {
                let next = "sudo modprobe overlay, and for every start: echo overlay | sudo tee /etc/modules-load.d/gantry.conf";
                problem(CHECK, "overlay-unknown", what, WHY, next)
            };
            found.with("error", error)
        }
    };
    found.with("data", data)
}

pub(super) fn space(machine: &Machine) -> Finding {
    const CHECK: &str = "disk";
    const NEXT: &str = "Free some: gantry system df shows what images and containers take.";
    let place = machine.data.ancestors().find(|place| place.is_dir());
    let found = place.and_then(|place| rustix::fs::statvfs(place).ok());
    let Some(found) = found else {
        let unreadable = problem(
            CHECK,
            "disk-unreadable",
            format!("{} cannot be looked at", machine.data.display()),
            "Images and containers are kept there.",
            "Choose another folder with --root.",
        );
        return unreadable.with("data", machine.data.display());
    };
    let free = found.f_bavail * found.f_frsize;
    let size = format!("{:.1} GB", free as f64 / 1e9);
    let what = format!("{size} free for {}", machine.data.display());
    let told = |found: Finding| {
        let found = found.with("free", &size);
        found.with("data", machine.data.display())
    };
    // Filesystems without a fixed number of files count 0 of 0.
    if found.f_files > 0 && found.f_favail < 1000 {
        let found_files = found.f_favail;
        let what = format!("{what}, but only {found_files} more files");
        let why = "Every file of an image needs one.";
        let found = problem(CHECK, "disk-no-files", what, why, NEXT);
        return told(found.with("files", found_files));
    }
    told(if free < NONE {
        let why = "Nothing can be loaded or written.";
        problem(CHECK, "disk-full", what, why, NEXT)
    } else if free < LITTLE {
        note(CHECK, "disk-little", what, "An image may need more.", NEXT)
    } else {
        good(CHECK, "disk", what)
    })
}

#[cfg(test)]
mod tests {
    use gantry_wire::gantry::FindingState::{Good, Problem};

    use super::super::machine::tests::{machine, write};
    use super::*;

    #[test]
    fn a_missing_module_is_told_apart_from_a_filesystem_that_refuses() {
        let root = tempfile::tempdir().unwrap();
        let machine = machine(root.path(), 1000);
        let refused = Probe {
            overlay: Tried::Fails(22),
            ..Probe::default()
        };
        let next = || overlay(&machine, &refused).next;
        assert!(next().contains("modprobe overlay"));
        write(
            &machine,
            "/proc/filesystems",
            "nodev\tproc\nnodev\toverlay\n",
        );
        assert!(next().contains("local filesystem"));
        assert_eq!(overlay(&machine, &Probe::default()).state, Problem);
    }

    #[test]
    fn room_is_measured_where_the_data_will_be() {
        let root = tempfile::tempdir().unwrap();
        let found = space(&machine(root.path(), 0));
        assert!(found.state <= Good || !found.next.is_empty(), "{found:?}");
        assert!(found.what.contains("GB free"), "{found:?}");
    }
}
