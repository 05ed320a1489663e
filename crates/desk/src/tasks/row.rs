use std::{collections::HashMap, path::Path};

use gantry_view::{Task, TaskImage, TaskKind, TaskLayer, TaskLayerState, TaskState};
use gantry_wire::gantry;

use crate::{failure::told, images, time::millis};

/// The row of a task; `None` for kinds that the window does not show.
pub(crate) fn row(task: gantry::Task, images: &HashMap<String, gantry::Image>) -> Option<Task> {
    let kind = match task.kind {
        gantry::TaskKind::Load => TaskKind::Import,
        gantry::TaskKind::Save => TaskKind::Export,
        gantry::TaskKind::Commit => TaskKind::Commit,
        gantry::TaskKind::Backup => TaskKind::Backup,
        gantry::TaskKind::Restore => TaskKind::Restore,
        gantry::TaskKind::Pull => TaskKind::Pull,
        gantry::TaskKind::Push => TaskKind::Push,
        _ => return None,
    };
    let result = task.result.unwrap_or_default();
    let path = result.path.unwrap_or_else(|| {
        let subject = task.subject.clone();
        if subject.starts_with('/') {
            subject
        } else {
            String::new()
        }
    });
    let ids = result
        .ids
        .into_iter()
        .map(Some)
        .chain(std::iter::repeat(None));
    let named = result.images.into_iter().zip(ids);
    Some(Task {
        id: task.id,
        kind,
        title: title(&task.subject),
        path,
        state: match task.state {
            gantry::TaskState::Running => TaskState::Running,
            gantry::TaskState::Done => TaskState::Done,
            gantry::TaskState::Failed => TaskState::Failed,
            gantry::TaskState::Cancelled => TaskState::Cancelled,
        },
        done_bytes: task.done,
        total_bytes: task.total.unwrap_or_default(),
        layers: task.parts.into_iter().map(layer).collect(),
        started_at: task.started.as_millisecond(),
        finished_at: task.finished.and_then(millis),
        images: named.map(|(name, id)| image(name, id, images)).collect(),
        failure: task.failure.map(|failure| told(failure, String::new())),
    })
}

/// A file by its name, everything else as it is.
fn title(subject: &str) -> String {
    match Path::new(subject).file_name() {
        Some(name) if subject.starts_with('/') => name.to_string_lossy().into_owned(),
        _ => subject.to_owned(),
    }
}

fn layer(part: gantry::TaskPart) -> TaskLayer {
    TaskLayer {
        digest: part.id,
        size: part.total.unwrap_or_default(),
        done: part.done,
        state: match part.step.as_str() {
            "downloading" => TaskLayerState::Downloading,
            "uploading" => TaskLayerState::Uploading,
            "hashing" => TaskLayerState::Hashing,
            "unpacking" => TaskLayerState::Unpacking,
            "writing" => TaskLayerState::Writing,
            "verified" => TaskLayerState::Verified,
            "present" => TaskLayerState::AlreadyHere,
            _ if part.present => TaskLayerState::AlreadyHere,
            _ => TaskLayerState::Waiting,
        },
    }
}

fn image(name: String, id: Option<String>, images: &HashMap<String, gantry::Image>) -> TaskImage {
    let named = || images.values().find(|row| row.tags.contains(&name));
    let known = match &id {
        Some(id) => images.get(id),
        None => named(),
    };
    let id = id
        .or_else(|| known.map(|row| row.id.clone()))
        .unwrap_or_default();
    TaskImage {
        reference: if name == id { String::new() } else { name },
        size: known.map_or(0, |row| row.size),
        runnable: known.is_none_or(|row| row.runnable),
        platform: known.map(images::platform).unwrap_or_default(),
        id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finished_import_names_its_images() {
        let known = gantry::Image {
            id: "sha256:a".into(),
            os: "linux".into(),
            architecture: "arm64".into(),
            runnable: false,
            size: 7,
            ..gantry::Image::default()
        };
        let task = gantry::Task {
            subject: "/home/me/a.tar".into(),
            state: gantry::TaskState::Done,
            result: Some(gantry::TaskResult {
                images: vec!["web:1".into(), "sha256:b".into()],
                ids: vec!["sha256:a".into(), "sha256:b".into()],
                ..gantry::TaskResult::default()
            }),
            ..gantry::Task::default()
        };
        let row = row(task, &[(known.id.clone(), known)].into()).expect("a row");
        assert_eq!((&*row.title, &*row.path), ("a.tar", "/home/me/a.tar"));
        assert_eq!(row.images[0].platform, "linux/arm64");
        assert!(!row.images[0].runnable);
        assert_eq!(row.images[1].reference, "");
    }

    #[test]
    fn work_of_other_kinds_is_not_shown() {
        let task = gantry::Task {
            kind: gantry::TaskKind::Prune,
            ..gantry::Task::default()
        };
        assert!(row(task, &HashMap::new()).is_none());
    }
}
