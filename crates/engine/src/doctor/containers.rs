//! The containers on disk.

use gantry_wire::gantry::Finding;

use super::machine::Machine;
use super::problem;
use crate::container::{ContainerId, Folder, View};

/// The folders of all containers.
pub(super) fn all(machine: &Machine) -> impl Iterator<Item = Folder> + use<> {
    let containers = machine.data.join("containers");
    let entries = std::fs::read_dir(&containers).into_iter().flatten();
    entries.flatten().filter_map(move |entry| {
        let id = ContainerId::parse(entry.file_name().to_str()?).ok()?;
        Some(Folder::new(&containers, &id))
    })
}

/// Those whose record cannot be read, which is why no engine lists them.
pub(super) fn check(machine: &Machine) -> Vec<Finding> {
    let damaged = all(machine).filter_map(|folder| {
        let error = View::read(&folder).err()?;
        // A folder without a record is half made, and swept at the next start.
        folder.config().exists().then(|| {
            let found = problem(
                "containers",
                "container-record",
                error.to_string(),
                "The container is not listed. As long as nobody knows what it needs, no layer and no volume is thrown away.",
                format!(
                    "Bring the file back from a backup and start the engine anew. Without one, save what the container wrote ({}) and remove its folder.",
                    folder.upper().display()
                ),
            );
            found
                .with("error", &error)
                .with("upper", folder.upper().display())
        })
    });
    damaged.collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use gantry_file::Durability;

    use super::super::machine::tests::machine;
    use super::*;
    use crate::container::tests::view;

    #[test]
    fn a_record_that_cannot_be_read_is_told_of() {
        let root = tempfile::tempdir().unwrap();
        let machine = machine(root.path(), 0);
        assert_eq!(check(&machine), []);
        let view = view();
        let folder = Folder::new(&machine.data.join("containers"), view.id());
        fs::create_dir_all(folder.path()).unwrap();
        assert_eq!(check(&machine), []);
        view.save(&folder, Durability::Durable).unwrap();
        assert_eq!(check(&machine), []);
        fs::write(folder.config(), "{").unwrap();
        let found = &check(&machine)[0];
        assert!(found.what.contains(view.id().as_str()), "{found:?}");
        assert!(found.next.contains("upper"), "{found:?}");
    }
}
