//! How a container is, by its own check: kept beside its record, so that it is known whoever asks
//! later.

use std::io;
use std::path::Path;

use gantry_file::read_json;
use serde::{Deserialize, Serialize};

use crate::record::write;

/// The name of [`Health`] in the container's directory.
pub const HEALTH_FILE: &str = "health.json";

/// How many results are kept.
const KEPT: usize = 5;

/// What the checks of one run found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    pub status: HealthStatus,
    /// Failures since the last success that counted.
    pub failing_streak: u32,
    /// The last results, the oldest first.
    pub log: Vec<ProbeResult>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    /// No check has succeeded, and not enough have failed.
    #[default]
    Starting,
    Healthy,
    Unhealthy,
}

impl HealthStatus {
    /// The word that Docker has for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
        }
    }
}

/// One check. Times are nanoseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeResult {
    pub start: u64,
    pub end: u64,
    /// Of the command; -1 where it could not be started or took too long.
    pub code: i32,
    /// The beginning of what it wrote to both streams.
    pub output: String,
}

impl Health {
    /// Reads `health.json` of a container's directory; `None` if there is none.
    pub fn read(directory: &Path) -> io::Result<Option<Self>> {
        read_json(&directory.join(HEALTH_FILE))
    }

    /// Writes `health.json`.
    pub fn write(&self, directory: &Path) -> io::Result<()> {
        write(&directory.join(HEALTH_FILE), self)
    }

    /// Takes a result in. A failure `forgiven` does not count: the container is still starting.
    pub fn take(&mut self, result: ProbeResult, retries: u32, forgiven: bool) {
        if result.code == 0 {
            self.failing_streak = 0;
            self.status = HealthStatus::Healthy;
        } else if !(forgiven && self.status == HealthStatus::Starting) {
            self.failing_streak = self.failing_streak.saturating_add(1);
            if self.failing_streak >= retries {
                self.status = HealthStatus::Unhealthy;
            }
        }
        if self.log.len() >= KEPT {
            self.log.drain(..=self.log.len() - KEPT);
        }
        self.log.push(result);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(code: i32) -> ProbeResult {
        ProbeResult {
            start: 1,
            end: 2,
            code,
            output: code.to_string(),
        }
    }

    #[test]
    fn as_many_failures_as_retries_make_it_unhealthy_and_one_success_heals() {
        let mut health = Health::default();
        let mut seen = Vec::new();
        for code in [1, 1, 1, 0, 1, 1] {
            health.take(result(code), 3, false);
            seen.push((health.status, health.failing_streak));
        }
        use HealthStatus::{Healthy, Starting, Unhealthy};
        let expected = [
            (Starting, 1),
            (Starting, 2),
            (Unhealthy, 3),
            (Healthy, 0),
            (Healthy, 1),
            (Healthy, 2),
        ];
        assert_eq!(seen, expected);
        let codes: Vec<_> = health.log.iter().map(|result| result.code).collect();
        assert_eq!(codes, [1, 1, 0, 1, 1]);
    }

    #[test]
    fn failures_while_it_starts_are_forgiven_until_it_was_well() {
        let mut health = Health::default();
        health.take(result(1), 1, true);
        assert_eq!(
            (health.status, health.failing_streak),
            (HealthStatus::Starting, 0)
        );
        health.take(result(0), 1, true);
        health.take(result(1), 1, true);
        assert_eq!(health.status, HealthStatus::Unhealthy);
    }
}
