//! Health checks in Docker's words: what was asked for, and what was found.

use gantry_runtime::HealthPlan;
use gantry_shim::Health;
use gantry_wire as wire;
use gantry_wire::{ContainerConfig, HealthConfig, Timestamp};
use jiff::SignedDuration;

use crate::{Error, Result};

/// Docker's defaults, in milliseconds.
const INTERVAL: u64 = 30_000;
const TIMEOUT: u64 = 30_000;
const START_INTERVAL: u64 = 5_000;
const RETRIES: u32 = 3;

/// What the supervisor is to do; nothing without a test.
pub(crate) fn plan(config: &ContainerConfig) -> Option<HealthPlan> {
    let health = config.healthcheck.as_ref()?;
    let (kind, rest) = health.test.split_first()?;
    let test = match kind.as_str() {
        "CMD" => rest.to_vec(),
        "CMD-SHELL" => {
            let mut shell = config.shell.clone();
            if shell.is_empty() {
                shell = ["/bin/sh", "-c"].map(str::to_owned).into();
            }
            shell.extend(rest.first().cloned());
            shell
        }
        _ => return None,
    };
    let milliseconds = |nanoseconds: i64, otherwise: u64| match nanoseconds {
        ..=0 => otherwise,
        given => (given / 1_000_000).unsigned_abs().max(1),
    };
    Some(HealthPlan {
        test,
        interval_ms: milliseconds(health.interval, INTERVAL),
        timeout_ms: milliseconds(health.timeout, TIMEOUT),
        start_period_ms: milliseconds(health.start_period, 0),
        start_interval_ms: milliseconds(health.start_interval, START_INTERVAL),
        retries: match u32::try_from(health.retries) {
            Ok(0) | Err(_) => RETRIES,
            Ok(given) => given,
        },
    })
}

/// Docker's checks of the values.
pub(crate) fn check(health: &HealthConfig) -> Result<()> {
    const LEAST: i64 = 1_000_000;
    for (name, value) in [
        ("Interval", health.interval),
        ("Timeout", health.timeout),
        ("StartPeriod", health.start_period),
        ("StartInterval", health.start_interval),
    ] {
        if value != 0 && value < LEAST {
            return Err(Error::Invalid(format!(
                "{name} in Healthcheck cannot be less than 1ms"
            )));
        }
    }
    if health.retries < 0 {
        return Err(Error::Invalid(
            "Retries in Healthcheck cannot be negative".to_owned(),
        ));
    }
    Ok(())
}

/// `HEALTHCHECK` of a Dockerfile: `NONE`, or options and `CMD` with a command, which `words` splits.
pub(crate) fn instruction(
    text: &str,
    words: impl FnOnce(&str) -> Vec<String>,
) -> Result<HealthConfig> {
    let mut health = HealthConfig::default();
    let mut rest = text.trim();
    while rest.starts_with("--") {
        let (option, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        take_option(&mut health, option)?;
        rest = after.trim_start();
    }
    let (kind, command) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    match kind.to_ascii_uppercase().as_str() {
        "NONE" => health.test = vec!["NONE".to_owned()],
        "CMD" if command.trim().is_empty() => {
            return Err(Error::Invalid(
                "Missing command after HEALTHCHECK CMD".to_owned(),
            ));
        }
        "CMD" if command.trim_start().starts_with('[') => {
            health.test = vec!["CMD".to_owned()];
            health.test.extend(words(command.trim()));
        }
        "CMD" => health.test = ["CMD-SHELL", command.trim()].map(str::to_owned).into(),
        other => {
            return Err(Error::Invalid(format!(
                "Unknown type {other:?} in HEALTHCHECK (try CMD)"
            )));
        }
    }
    check(&health)?;
    Ok(health)
}

fn take_option(health: &mut HealthConfig, option: &str) -> Result<()> {
    let unknown = || Error::Invalid(format!("Unknown flag: {option}"));
    let (name, value) = option.split_once('=').ok_or_else(unknown)?;
    let wrong = || Error::Invalid(format!("invalid value for {name}: {value:?}"));
    if name == "--retries" {
        health.retries = value.parse().map_err(|_| wrong())?;
        return Ok(());
    }
    let time: SignedDuration = value.parse().map_err(|_| wrong())?;
    let time = i64::try_from(time.as_nanos()).map_err(|_| wrong())?;
    match name {
        "--interval" => health.interval = time,
        "--timeout" => health.timeout = time,
        "--start-period" => health.start_period = time,
        "--start-interval" => health.start_interval = time,
        _ => return Err(unknown()),
    }
    Ok(())
}

/// `State.Health` of inspect.
pub(crate) fn state(health: &Health) -> wire::HealthState {
    let time = |nanoseconds: u64| {
        Timestamp::from_nanosecond(i128::from(nanoseconds)).unwrap_or(wire::NEVER)
    };
    let log = health.log.iter().map(|result| wire::HealthLog {
        start: time(result.start),
        end: time(result.end),
        exit_code: result.code,
        output: result.output.clone(),
    });
    wire::HealthState {
        status: health.status.as_str().to_owned(),
        failing_streak: health.failing_streak,
        log: log.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(test: &[&str]) -> ContainerConfig {
        ContainerConfig {
            healthcheck: Some(HealthConfig {
                test: test.iter().map(|&word| word.to_owned()).collect(),
                interval: 2_000_000_000,
                ..HealthConfig::default()
            }),
            ..ContainerConfig::default()
        }
    }

    #[test]
    fn a_test_is_a_command_or_a_line_for_the_shell() {
        let plan = |test: &[&str]| super::plan(&config(test)).map(|plan| plan.test);
        assert_eq!(plan(&["CMD", "a", "b"]).unwrap(), ["a", "b"]);
        assert_eq!(
            plan(&["CMD-SHELL", "a b"]).unwrap(),
            ["/bin/sh", "-c", "a b"]
        );
        assert_eq!(plan(&["NONE"]), None);
        assert_eq!(plan(&[]), None);
        let plan = super::plan(&config(&["CMD", "a"])).unwrap();
        assert_eq!(
            (plan.interval_ms, plan.timeout_ms, plan.retries),
            (2000, 30_000, 3)
        );
    }

    #[test]
    fn an_instruction_has_options_and_a_command() {
        let read = |text| instruction(text, |words| serde_json::from_str(words).unwrap());
        let health = read("--interval=1m30s --retries=5 CMD curl -f http://localhost/").unwrap();
        assert_eq!(health.test, ["CMD-SHELL", "curl -f http://localhost/"]);
        assert_eq!((health.interval, health.retries), (90_000_000_000, 5));
        assert_eq!(read("CMD [\"a\", \"b\"]").unwrap().test, ["CMD", "a", "b"]);
        assert_eq!(read("NONE").unwrap().test, ["NONE"]);
        for wrong in [
            "CMD",
            "RUN x",
            "--often CMD x",
            "--interval=soon CMD x",
            "--timeout=1us CMD x",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
