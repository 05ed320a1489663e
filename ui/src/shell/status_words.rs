//! A container's state in a glyph and a word, the same everywhere.

use gantry_view::{Container, ContainerState};

use crate::{i18n::Text, parts::StatusKind, state::Verb};

/// The glyph: what was asked for and is not answered yet, else the state.
pub fn status_of(container: &Container, verb: Option<Verb>) -> StatusKind {
    match verb {
        Some(Verb::Start | Verb::Resume) => return StatusKind::Starting,
        Some(Verb::Restart) => return StatusKind::Restarting,
        Some(Verb::Stop | Verb::Kill | Verb::Pause | Verb::Remove) => return StatusKind::Stopping,
        None => {}
    }
    match container.state {
        ContainerState::Running => StatusKind::Running,
        ContainerState::Paused => StatusKind::Paused,
        ContainerState::Restarting => StatusKind::Restarting,
        ContainerState::Removing => StatusKind::Stopping,
        ContainerState::Dead => StatusKind::Failed,
        ContainerState::Exited | ContainerState::Created if container.has_problem() => {
            StatusKind::Failed
        }
        ContainerState::Exited => StatusKind::Exited,
        ContainerState::Created => StatusKind::Created,
    }
}

/// The word beside the glyph.
pub fn status_words(text: Text, container: &Container, verb: Option<Verb>) -> &'static str {
    if let Some(verb) = verb {
        return text.verbs.going_on(verb);
    }
    let words = text.containers;
    match container.state {
        ContainerState::Running => words.running(),
        ContainerState::Paused => words.paused(),
        ContainerState::Restarting => words.restarting(),
        ContainerState::Removing => words.removing(),
        ContainerState::Dead => words.dead(),
        ContainerState::Exited | ContainerState::Created if container.has_problem() => {
            words.failed()
        }
        ContainerState::Exited => words.exited(),
        ContainerState::Created => words.created(),
    }
}

/// Why a container has a problem, in plain words; `None` when it has none.
pub fn problem_words(text: Text, container: &Container) -> Option<String> {
    if !container.has_problem() {
        return None;
    }
    let words = text.containers;
    Some(match container.exit_code {
        _ if container.oom_killed => words.out_of_memory().to_owned(),
        _ if !container.error.is_empty() => container.error.clone(),
        Some(code) => words.ended_with(code),
        None => words.dead().to_owned(),
    })
}
