//! The status column: `Up 3 minutes`, `Exited (0) 2 hours ago`.

use gantry_shim::HealthStatus;
use gantry_wire::{ContainerState, NEVER, Timestamp};

use super::state::State;

/// The sentence that `docker ps` prints.
pub(crate) fn status(state: &State, now: Timestamp) -> String {
    let since = |time: Timestamp| human_duration((now.as_second() - time.as_second()).max(0));
    match state.status {
        ContainerState::Running => {
            let health = state.health.as_ref().map(|health| match health.status {
                HealthStatus::Starting => " (health: starting)",
                HealthStatus::Healthy => " (healthy)",
                HealthStatus::Unhealthy => " (unhealthy)",
            });
            format!(
                "Up {}{}",
                since(state.started_at),
                health.unwrap_or_default()
            )
        }
        ContainerState::Paused => format!("Up {} (Paused)", since(state.started_at)),
        ContainerState::Restarting => {
            format!(
                "Restarting ({}) {} ago",
                state.exit_code,
                since(state.finished_at)
            )
        }
        ContainerState::Removing => "Removal In Progress".to_owned(),
        ContainerState::Dead => "Dead".to_owned(),
        ContainerState::Created => "Created".to_owned(),
        ContainerState::Exited if state.finished_at == NEVER => String::new(),
        ContainerState::Exited => {
            format!(
                "Exited ({}) {} ago",
                state.exit_code,
                since(state.finished_at)
            )
        }
    }
}

/// An approximate length of time, in the words and with the limits of Docker's units.HumanDuration.
pub(crate) fn human_duration(seconds: i64) -> String {
    let minutes = seconds / 60;
    // Docker rounds the hours to the nearest.
    let hours = (seconds + 1800) / 3600;
    match () {
        () if seconds < 1 => "Less than a second".to_owned(),
        () if seconds == 1 => "1 second".to_owned(),
        () if seconds < 60 => format!("{seconds} seconds"),
        () if minutes == 1 => "About a minute".to_owned(),
        () if minutes < 60 => format!("{minutes} minutes"),
        () if hours == 1 => "About an hour".to_owned(),
        () if hours < 48 => format!("{hours} hours"),
        () if hours < 24 * 7 * 2 => format!("{} days", hours / 24),
        () if hours < 24 * 30 * 2 => format!("{} weeks", hours / 24 / 7),
        () if hours < 24 * 365 * 2 => format!("{} months", hours / 24 / 30),
        () => format!("{} years", seconds / 3600 / 24 / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_docker_words_them() {
        let hour = 3600;
        let day = 24 * hour;
        for (seconds, expected) in [
            (0, "Less than a second"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "About a minute"),
            (119, "About a minute"),
            (120, "2 minutes"),
            (59 * 60, "59 minutes"),
            (hour, "About an hour"),
            (89 * 60, "About an hour"),
            (90 * 60, "2 hours"),
            (47 * hour, "47 hours"),
            (48 * hour, "2 days"),
            (13 * day, "13 days"),
            (14 * day, "2 weeks"),
            (60 * day, "2 months"),
            (23 * 30 * day, "23 months"),
            (730 * day, "2 years"),
        ] {
            assert_eq!(human_duration(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn each_state_has_its_sentence() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut state = State {
            started_at: at(100),
            ..State::default()
        };
        assert_eq!(status(&state, at(103)), "Created");
        state.status = ContainerState::Running;
        assert_eq!(status(&state, at(103)), "Up 3 seconds");
        state.health = Some(gantry_shim::Health::default());
        assert_eq!(status(&state, at(103)), "Up 3 seconds (health: starting)");
        state.status = ContainerState::Paused;
        assert_eq!(status(&state, at(400)), "Up 5 minutes (Paused)");
        state.status = ContainerState::Exited;
        (state.exit_code, state.finished_at) = (137, at(400));
        assert_eq!(status(&state, at(520)), "Exited (137) 2 minutes ago");
        state.status = ContainerState::Restarting;
        assert_eq!(status(&state, at(401)), "Restarting (137) 1 second ago");
    }
}
