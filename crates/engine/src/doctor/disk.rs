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
    match probe.overlay {
        Tried::Works if machine.is_root() => good(CHECK, format!("works in {data}")),
        Tried::Works => good(CHECK, format!("works in {data}, as a user (userxattr)")),
        Tried::Untried => problem(
            CHECK,
            format!("it could not be tried in {data}"),
            WHY,
            "See the lines before; the folder must be writable.",
        ),
        Tried::Fails(error) => {
            let known = machine
                .read("/proc/filesystems")
                .lines()
                .any(|line| line.ends_with("overlay"));
            let next = if known {
                "Put the data root on a local filesystem such as ext4, xfs or btrfs (--root, or GANTRY_ROOT)."
            } else {
                "sudo modprobe overlay, and for every start: echo overlay | sudo tee /etc/modules-load.d/gantry.conf"
            };
            let error = std::io::Error::from_raw_os_error(error);
            problem(CHECK, format!("refused in {data}: {error}"), WHY, next)
        }
    }
}

pub(super) fn space(machine: &Machine) -> Finding {
    const CHECK: &str = "disk";
    const NEXT: &str = "Free some: gantry system df shows what images and containers take.";
    let place = machine.data.ancestors().find(|place| place.is_dir());
    let found = place.and_then(|place| rustix::fs::statvfs(place).ok());
    let Some(found) = found else {
        return problem(
            CHECK,
            format!("{} cannot be looked at", machine.data.display()),
            "Images and containers are kept there.",
            "Choose another folder with --root.",
        );
    };
    let free = found.f_bavail * found.f_frsize;
    let what = format!(
        "{:.1} GB free for {}",
        free as f64 / 1e9,
        machine.data.display()
    );
    // Filesystems without a fixed number of files count 0 of 0.
    if found.f_files > 0 && found.f_favail < 1000 {
        let what = format!("{what}, but only {} more files", found.f_favail);
        return problem(CHECK, what, "Every file of an image needs one.", NEXT);
    }
    if free < NONE {
        problem(CHECK, what, "Nothing can be loaded or written.", NEXT)
    } else if free < LITTLE {
        note(CHECK, what, "An image may need more.", NEXT)
    } else {
        good(CHECK, what)
    }
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
