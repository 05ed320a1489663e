//! The working side of a task.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use gantry_store::{CancelFlag, LayerProgress, LayerState, Progress, ProgressEvent};
use gantry_wire::gantry::{Failure, Task, TaskKind, TaskPart, TaskResult, TaskState};

use super::{REPORT_EVERY, Tasks};
use crate::Error;

/// Reports one task; it ends with [`finish`](Self::finish) or [`fail`](Self::fail), and as failed
/// when it is dropped before.
#[derive(Debug)]
pub(crate) struct TaskHandle {
    tasks: Tasks,
    cancel: CancelFlag,
    id: String,
    report: Mutex<Report>,
}

#[derive(Debug)]
struct Report {
    task: Task,
    told: Instant,
}

impl TaskHandle {
    pub(super) fn new(tasks: Tasks, task: Task, cancel: CancelFlag) -> Self {
        Self {
            tasks,
            cancel,
            id: task.id.clone(),
            report: Mutex::new(Report {
                task,
                told: Instant::now(),
            }),
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// How many bytes there are to do, where that is known before the work begins.
    pub fn expect(&self, total: u64) {
        let mut report = self.report();
        report.task.total = Some(total);
        self.tasks.keep(&report.task);
    }

    /// Shows all parts of the work anew; what was there already is not work.
    pub fn show(&self, parts: Vec<TaskPart>, step: &str) {
        let mut report = self.report();
        let settled = parts
            .iter()
            .zip(&report.task.parts)
            .any(|(new, old)| new.step != old.step);
        report.task.parts = parts;
        add_up(&mut report.task, step);
        if settled || report.told.elapsed() >= REPORT_EVERY {
            report.told = Instant::now();
            self.tasks.keep(&report.task);
        }
    }

    /// Raised when somebody cancels the task.
    pub fn cancel_flag(&self) -> &CancelFlag {
        &self.cancel
    }

    /// The task is done.
    pub fn finish(&self, result: TaskResult) {
        self.end(TaskState::Done, |task| {
            if let Some(total) = task.total {
                task.done = total;
            }
            task.result = Some(result);
        });
    }

    /// The task did not happen; nothing of it stays.
    pub fn fail(&self, error: &Error) {
        if matches!(error, Error::Cancelled) {
            self.end(TaskState::Cancelled, |_| {});
        } else {
            self.end(TaskState::Failed, |task| {
                task.failure = Some(failure(error));
            });
        }
    }

    fn end(&self, state: TaskState, last: impl FnOnce(&mut Task)) {
        let mut report = self.report();
        if report.task.state.is_final() {
            return;
        }
        report.task.state = state;
        report.task.finished = Some(jiff::Timestamp::now());
        last(&mut report.task);
        self.tasks.keep(&report.task);
    }

    fn report(&self) -> MutexGuard<'_, Report> {
        // Every critical section leaves the report whole, so a panic elsewhere does not spoil it.
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TaskHandle {
    fn drop(&mut self) {
        self.fail(&Error::Internal("the work ended without a result".into()));
    }
}

/// Stops the task of a Docker client that went away, as Docker does. One that is over stays so.
#[derive(Debug)]
pub(crate) struct CancelOnDrop(pub(crate) Arc<TaskHandle>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel_flag().cancel();
    }
}

impl Progress for TaskHandle {
    fn report(&self, event: ProgressEvent) {
        let mut report = TaskHandle::report(self);
        let changed = match event {
            ProgressEvent::Read { bytes, total } => {
                step(&mut report.task, "reading", bytes, total);
                false
            }
            ProgressEvent::Written { bytes, total } => {
                step(&mut report.task, "writing", bytes, total);
                false
            }
            ProgressEvent::Layer(layer) => part(&mut report.task, &layer),
        };
        if changed || report.told.elapsed() >= REPORT_EVERY {
            report.told = Instant::now();
            self.tasks.keep(&report.task);
        }
    }
}

fn step(task: &mut Task, name: &str, bytes: u64, total: Option<u64>) {
    if task.step != name {
        name.clone_into(&mut task.step);
    }
    task.done = bytes;
    task.total = total.or(task.total);
}

/// Enters a layer's progress; true when more than bytes changed. Bytes are told again soon, but what
/// a layer does may stay as it is for long.
fn part(task: &mut Task, layer: &LayerProgress) -> bool {
    let id = layer
        .digest
        .map_or_else(|| layer.name.clone(), |digest| digest.to_string());
    let part = TaskPart {
        id,
        done: layer.bytes,
        total: layer.total,
        step: match layer.state {
            LayerState::Waiting => "waiting",
            LayerState::Downloading => "downloading",
            LayerState::Hashing => "hashing",
            LayerState::Downloaded | LayerState::Unpacking => "unpacking",
            LayerState::Verified => "verified",
            LayerState::AlreadyHere => "present",
        }
        .to_owned(),
        present: layer.state == LayerState::AlreadyHere,
    };
    // A layer is known by its place in the archive until its digest is computed.
    let known = task
        .parts
        .iter_mut()
        .find(|known| known.id == part.id || known.id == layer.name);
    let changed = known.as_ref().is_none_or(|known| known.step != part.step);
    match known {
        Some(known) => *known = part,
        None => task.parts.push(part),
    }
    // Nothing but layers is pulled; what was here is not work.
    if task.kind == TaskKind::Pull {
        add_up(task, "downloading");
    }
    changed
}

/// Makes the whole the sum of the parts that are work.
fn add_up(task: &mut Task, step: &str) {
    let work = || task.parts.iter().filter(|part| !part.present);
    let done = work().map(|part| part.done).sum();
    let total = work().filter_map(|part| part.total).sum();
    (task.done, task.total) = (done, Some(total));
    step.clone_into(&mut task.step);
}

/// An error in the parts that a card shows.
pub(crate) fn failure(error: &Error) -> Failure {
    Failure {
        code: error.code().to_owned(),
        what: error.to_string(),
        why: error.why(),
        next: error.next().to_owned(),
        facts: error
            .facts()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), serde_json::Value::String(value)))
            .collect(),
    }
}
