//! The images on disk.

use std::path::Path;

use gantry_store::{Damage, Verified};
use gantry_wire::gantry::{Finding, FindingState};

use super::{Treatment, good, note, problem};
use crate::host::{EnterError, RootLock};

const CHECK: &str = "store";

pub(super) fn check(data: &Path, treatment: Treatment) -> Vec<Finding> {
    let found = gantry_store::verify(data);
    if found.damages.is_empty() {
        let whole = good(CHECK, "store", summary(&found))
            .with("images", found.images)
            .with("blobs", found.blobs)
            .with("size", size(&found))
            .with("layers", found.layers);
        return vec![whole];
    }
    let mended = match treatment {
        Treatment::Look => Vec::new(),
        Treatment::Repair => match repair(data, &found.damages) {
            Ok(mended) => mended,
            Err(why) => return vec![why],
        },
    };
    let describe = |damage: &Damage| {
        let mut finding = describe(damage);
        if mended.contains(damage) {
            finding.state = FindingState::Repaired;
            if let Damage::Database(_) = damage {
                finding.next = String::new();
            }
        } else if treatment == Treatment::Look && can_be_mended(damage) {
            finding.next = format!("gantry doctor --repair; {}", finding.next);
            finding = finding.with("command", "gantry doctor --repair");
        }
        finding
    };
    found.damages.iter().map(describe).collect()
}

fn summary(found: &Verified) -> String {
    format!(
        "{} images, {} blobs ({}, all as their digests say), {} layers",
        found.images,
        found.blobs,
        size(found),
        found.layers
    )
}

fn size(found: &Verified) -> String {
    format!("{:.1} MB", found.bytes as f64 / 1e6)
}

fn can_be_mended(damage: &Damage) -> bool {
    matches!(damage, Damage::Database(_) | Damage::WrongBlob { .. })
}

/// Mends while no engine runs.
fn repair(data: &Path, damages: &[Damage]) -> Result<Vec<Damage>, Finding> {
    const WHY: &str = "Images are damaged and were not repaired.";
    let _lock = RootLock::take(data).map_err(|error| match error {
        EnterError::AlreadyRunning { pid, .. } => problem(
            CHECK,
            "store-in-use",
            format!("the engine (process {pid}) uses the store"),
            WHY,
            format!("Stop the engine (kill {pid}; containers go on), then try again."),
        )
        .with("pid", pid),
        other => problem(CHECK, "store-locked", other.to_string(), WHY, other.next())
            .with("error", other),
    })?;
    gantry_store::repair(data, damages).map_err(|error| {
        problem(CHECK, "store-not-repaired", error.to_string(), WHY, "").with("error", error)
    })
}

fn describe(damage: &Damage) -> Finding {
    let named = |images: &[String]| images.join(", ");
    let load = |images: &[String]| format!("load {} again", named(images));
    match damage {
        Damage::Catalogue(why) => problem(
            CHECK,
            "store-catalogue",
            format!("images.json cannot be read: {why}"),
            "It says which images are here; the engine does not start without it.",
            "Bring the file back from a backup. Without one, move it away and load the images again; containers keep their layers.",
        )
        .with("error", why),
        Damage::Database(why) => note(
            CHECK,
            "store-database",
            format!("gantry.db cannot be read: {why}"),
            "It only makes starts quicker, and is made again from the layers.",
            "the engine makes it again at its next start",
        )
        .with("error", why),
        Damage::MissingBlob { blob, images } => problem(
            CHECK,
            "store-blob-missing",
            format!("{blob} of {} is missing", named(images)),
            "Containers run, but the image cannot be saved.",
            load(images),
        )
        .with("blob", blob)
        .with("images", named(images)),
        Damage::WrongBlob { blob, images } => problem(
            CHECK,
            "store-blob-wrong",
            format!("{blob} of {} is damaged", named(images)),
            "Its bytes are not what its digest says; the disk may be failing.",
            load(images),
        )
        .with("blob", blob)
        .with("images", named(images)),
        Damage::Layer { layer, images, why } => problem(
            CHECK,
            "store-layer",
            format!(
                "the layer {layer} of {} cannot be used: {why}",
                named(images)
            ),
            "Containers of these images do not start.",
            format!("remove {} and {}", named(images), load(images)),
        )
        .with("layer", layer)
        .with("images", named(images))
        .with("error", why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_mended_only_when_asked_and_only_without_an_engine() {
        let data = tempfile::tempdir().unwrap();
        let states = |treatment| -> Vec<_> {
            let found = check(data.path(), treatment);
            found.into_iter().map(|finding| finding.state).collect()
        };
        assert_eq!(states(Treatment::Repair), [FindingState::Good]);
        std::fs::write(data.path().join("gantry.db"), "nonsense".repeat(999)).unwrap();
        assert_eq!(states(Treatment::Look), [FindingState::Note]);
        let engine = RootLock::take(data.path()).unwrap();
        assert_eq!(states(Treatment::Repair), [FindingState::Problem]);
        drop(engine);
        assert_eq!(states(Treatment::Repair), [FindingState::Repaired]);
        assert_eq!(states(Treatment::Look), [FindingState::Good]);
    }
}
