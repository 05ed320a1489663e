//! Work that the engine does by itself: followed to its end, and cancelled with the command.

use futures_util::StreamExt;
use gantry_client::Client;
use gantry_wire::gantry::{Change, Failure, Task, TaskResult, TaskStarted, TaskState};
use indicatif::ProgressBar;

use crate::exit::Exit;

/// Waits for a task, with `bar` telling how far it is. Ctrl+C cancels it; what comes of it is not
/// left in the engine's list of tasks.
pub(crate) async fn follow(
    client: &Client,
    started: &TaskStarted,
    bar: &ProgressBar,
) -> anyhow::Result<TaskResult> {
    let ended = tokio::select! {
        ended = end(client, &started.task, bar) => ended?,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            client.cancel_task(&started.task).await?;
            bar.finish_and_clear();
            return Err(Exit::silent(130).into());
        }
    };
    bar.finish_and_clear();
    // Whoever looks at the list of tasks later has no use for it.
    client.cancel_task(&started.task).await?;
    match ended.state {
        TaskState::Done => Ok(ended.result.unwrap_or_default()),
        _ => Err(Exit::with(1, sentence(ended.failure.unwrap_or_default())).into()),
    }
}

/// The task at its end. The first change is a snapshot, so an early end is not missed.
async fn end(client: &Client, id: &str, bar: &ProgressBar) -> anyhow::Result<Task> {
    let mut updates = client.updates(None).await?;
    while let Some(update) = updates.next().await {
        let found = match update?.change {
            Change::Snapshot(snapshot) => snapshot.tasks.into_iter().find(|task| task.id == id),
            Change::Task(task) if task.id == id => Some(*task),
            _ => None,
        };
        let Some(task) = found else { continue };
        if let Some(total) = task.total {
            bar.set_length(total);
        }
        bar.set_position(task.done);
        if task.state != TaskState::Running {
            return Ok(task);
        }
    }
    anyhow::bail!("the engine went away");
}

fn sentence(failure: Failure) -> String {
    [failure.what, failure.why, failure.next]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
