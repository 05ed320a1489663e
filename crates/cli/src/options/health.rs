//! `--health-…`: how the container finds out whether it is well.

use anyhow::{Context, bail};
use clap::Args;
use gantry_wire::HealthConfig;
use jiff::SignedDuration;

#[derive(Debug, Clone, Default, Args)]
pub(super) struct HealthOptions {
    /// Command that tells whether it is well
    #[arg(long, value_name = "COMMAND")]
    health_cmd: Option<String>,
    /// Time between two checks, such as 30s
    #[arg(long, value_name = "TIME")]
    health_interval: Option<String>,
    /// Most time that a check may take
    #[arg(long, value_name = "TIME")]
    health_timeout: Option<String>,
    /// Failures in a row that make it unhealthy
    #[arg(long, value_name = "N")]
    health_retries: Option<i64>,
    /// Time that it needs to start, in which failures do not count
    #[arg(long, value_name = "TIME")]
    health_start_period: Option<String>,
    /// Time between two checks while it starts
    #[arg(long, value_name = "TIME")]
    health_start_interval: Option<String>,
    /// Do not run the image's check
    #[arg(long)]
    no_healthcheck: bool,
}

impl HealthOptions {
    /// What is asked for; nothing leaves the image's.
    pub(super) fn config(&self) -> anyhow::Result<Option<HealthConfig>> {
        let command = self
            .health_cmd
            .as_ref()
            .filter(|command| !command.is_empty());
        let mut config = HealthConfig {
            retries: self.health_retries.unwrap_or_default(),
            interval: time("--health-interval", self.health_interval.as_deref())?,
            timeout: time("--health-timeout", self.health_timeout.as_deref())?,
            start_period: time("--health-start-period", self.health_start_period.as_deref())?,
            start_interval: time(
                "--health-start-interval",
                self.health_start_interval.as_deref(),
            )?,
            ..HealthConfig::default()
        };
        if let Some(command) = command {
            config.test = vec!["CMD-SHELL".to_owned(), command.clone()];
        }
        let asks = config != HealthConfig::default();
        if !self.no_healthcheck {
            return Ok(asks.then_some(config));
        }
        if asks {
            bail!("--no-healthcheck conflicts with --health-* options");
        }
        config.test = vec!["NONE".to_owned()];
        Ok(Some(config))
    }
}

/// Nanoseconds.
fn time(option: &'static str, text: Option<&str>) -> anyhow::Result<i64> {
    let Some(text) = text else { return Ok(0) };
    let time: SignedDuration = text.parse().context(option)?;
    if time.is_negative() {
        bail!("{option} cannot be negative");
    }
    i64::try_from(time.as_nanos()).context(option)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_become_a_check_and_nothing_leaves_the_images() {
        assert_eq!(HealthOptions::default().config().unwrap(), None);
        let mut options = HealthOptions {
            health_cmd: Some("true".to_owned()),
            health_interval: Some("1m30s".to_owned()),
            ..HealthOptions::default()
        };
        let config = options.config().unwrap().unwrap();
        assert_eq!(config.test, ["CMD-SHELL", "true"]);
        assert_eq!(config.interval, 90_000_000_000);
        options.no_healthcheck = true;
        assert!(options.config().is_err());
        let none = HealthOptions {
            no_healthcheck: true,
            ..HealthOptions::default()
        };
        assert_eq!(none.config().unwrap().unwrap().test, ["NONE"]);
        assert!(time("--health-timeout", Some("-1s")).is_err());
    }
}
